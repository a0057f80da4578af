import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { isPid, type Pid } from '../../terms/pid';
import type { LocalProcess } from '../../process/local-process';
import { Log } from './log';
import type { LogFilter } from './log-filters';
import { expectedThreshold, isLogThreshold, type LogThreshold } from './log-level';
import type { LogOrigin } from './log-record';
import { LogSink, type LogSetup } from './log-sink';
import { ModuleLog } from './module-log';
import { ProcessLog } from './process-log';

/** Whose level: a module's, by its name or its class, or a process's. Without one, the node's. */
export interface LevelOwner {
  readonly module?: string | { readonly name: string };
  readonly pid?: Pid;
}

/** What the values are is said where they are used. */
const ownerSchema = z.strictObject({ module: z.unknown().optional(), pid: z.unknown().optional() });

/** The log of a node; its levels and filters can be changed while it runs. */
export class NodeLog extends Log {
  /** @internal @param find the living processes of the node */
  constructor(
    setup: LogSetup,
    private readonly find: (pid: Pid) => LocalProcess | undefined,
  ) {
    const sink = new LogSink(setup);
    super(sink, sink.levels.base);
  }

  /** A log for a part of the program that is no process: it has a level by its name, as a class of servers has. */
  of(module: string): Log {
    return new ModuleLog(this.sink, nameOf('log.of', module));
  }

  /** @internal The log of a process. */
  ofProcess(process: LocalProcess): ProcessLog {
    return new ProcessLog(this.sink, process);
  }

  /**
   * Says from which level on is written what the node, a module or a process logs, its crash included; the most
   * specific counts. A process's level ends with it. OTP: `logger:set_primary_config/2`, `logger:set_module_level/2`,
   * Elixir's `Logger.put_process_level/2`.
   * @throws BadArgumentError if the level is none, or the process does not live on this node
   */
  setLevel(level: LogThreshold, owner: LevelOwner = {}): void {
    if (!isLogThreshold(level))
      throw new BadArgumentError({ call: 'setLevel', expected: expectedThreshold, got: level });
    const { levels } = this.sink;
    const whose = this.ownerOf('setLevel', owner);
    if (whose === null) levels.setDefault(level);
    else if (typeof whose === 'string') levels.setModule(whose, level);
    else {
      if (!levels.processes.has(whose.pid)) whose.onEnd(() => levels.setProcess(whose.pid, null));
      levels.setProcess(whose.pid, level);
    }
  }

  /**
   * Takes the level of a module or of a process away. OTP: `logger:unset_module_level/1`.
   * @throws BadArgumentError if `owner` is neither
   */
  unsetLevel(owner: LevelOwner): void {
    const whose = this.ownerOf('unsetLevel', owner);
    if (whose === null)
      throw new BadArgumentError({ call: 'unsetLevel', expected: 'a module or a pid', got: owner });
    if (typeof whose === 'string') this.sink.levels.setModule(whose, null);
    else this.sink.levels.setProcess(whose.pid, null);
  }

  /** The level of the node, or the one that counts for a module. OTP: `logger:get_module_level/1`. */
  getLevel(owner: Pick<LevelOwner, 'module'> = {}): LogThreshold {
    const whose = this.ownerOf('getLevel', owner);
    return this.sink.levels.levelOf(typeof whose === 'string' ? whose : undefined);
  }

  /**
   * Adds a filter behind the others: it sees each record that its level lets pass. One that raises an error, or
   * returns something else, is taken out, and that is logged. OTP: `logger:add_primary_filter/2`.
   * @throws BadArgumentError if there is a filter with this id, or it is no function
   */
  addFilter(id: string, filter: LogFilter): void {
    this.sink.filters.add(id, filter);
  }

  /**
   * Takes a filter out. OTP: `logger:remove_primary_filter/1`.
   * @returns whether there was one
   */
  removeFilter(id: string): boolean {
    return this.sink.filters.remove(id);
  }

  /** Has the logger write what it holds back. */
  flush(): void {
    this.sink.flush();
  }

  protected override origin(): LogOrigin {
    return {};
  }

  private ownerOf(call: string, owner: LevelOwner): string | LocalProcess | null {
    checkOptions<unknown>(call, ownerSchema, owner);
    const { module, pid } = owner;
    if (module !== undefined && pid !== undefined)
      throw new BadArgumentError({ call, expected: 'a module or a pid, not both', got: { module, pid } });
    if (module !== undefined) return nameOf(call, module);
    if (pid === undefined) return null;
    const process = isPid(pid) ? this.find(pid) : undefined;
    if (process === undefined)
      throw new BadArgumentError({ call, expected: 'a living process of this node', got: pid });
    return process;
  }
}

/** The name of a module: its own, or that of its class. */
function nameOf(call: string, module: unknown): string {
  const name: unknown = typeof module === 'function' ? module.name : module;
  if (typeof name === 'string' && name !== '') return name;
  throw new BadArgumentError({ call, expected: 'a module: its name, or a class with a name', got: module });
}
