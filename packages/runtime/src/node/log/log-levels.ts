import type { Pid } from '../../terms/pid';
import { rankOf, type LogThreshold } from './log-level';

/** Which records a node writes. */
export interface LogLevels {
  /** From which level on. Default `'info'`. OTP: the primary level. */
  readonly default?: LogThreshold;
  /** The levels of modules (classes of servers and processes, by name) that have one of their own. */
  readonly modules?: Readonly<Record<string, LogThreshold>>;
}

/** The least rank that is written: one object for all who log by the same level, so that a change reaches them. */
export interface Threshold {
  least: number;
}

/** The levels of one node: the most specific counts, of a process, of its module, of the node. */
export class LevelTable {
  /** What counts for whoever has no level of its own. */
  readonly base: Threshold = { least: 0 };
  /** The least rank of processes that have a level of their own: mostly none has. */
  readonly processes = new Map<Pid, number>();
  private readonly modules = new Map<string, LogThreshold>();
  private readonly thresholds = new Map<string, Threshold>();
  private level: LogThreshold;

  /** @param floor the level below which the logger takes nothing, whoever logs */
  constructor(
    private readonly floor: LogThreshold,
    { default: level = 'info', modules = {} }: LogLevels,
  ) {
    this.level = level;
    for (const [module, own] of Object.entries(modules)) this.modules.set(module, own);
    this.apply();
  }

  /** What counts for a module, now and later. */
  of(module: string | undefined): Threshold {
    if (module === undefined) return this.base;
    let threshold = this.thresholds.get(module);
    if (threshold === undefined) {
      threshold = { least: this.leastOf(this.levelOf(module)) };
      this.thresholds.set(module, threshold);
    }
    return threshold;
  }

  levelOf(module?: string): LogThreshold {
    return (module === undefined ? undefined : this.modules.get(module)) ?? this.level;
  }

  setDefault(level: LogThreshold): void {
    this.level = level;
    this.apply();
  }

  /** @param level `null`: the module has none of its own any more */
  setModule(module: string, level: LogThreshold | null): void {
    if (level === null) this.modules.delete(module);
    else this.modules.set(module, level);
    this.apply();
  }

  /** @param level `null`: the process has none of its own any more */
  setProcess(pid: Pid, level: LogThreshold | null): void {
    if (level === null) this.processes.delete(pid);
    else this.processes.set(pid, this.leastOf(level));
  }

  private apply(): void {
    this.base.least = this.leastOf(this.level);
    for (const [module, threshold] of this.thresholds) threshold.least = this.leastOf(this.levelOf(module));
  }

  private leastOf(level: LogThreshold): number {
    return Math.max(rankOf[this.floor], rankOf[level]);
  }
}
