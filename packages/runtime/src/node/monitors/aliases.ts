import type { AliasKind, MonitorAliasKind } from '../../terms/alias';
import type { Ref } from '../../terms/ref';
import type { ControlSignal } from '../../terms/signal';
import type { LocalProcess } from '../../process/local-process';

/** An alias that is active. */
interface ActiveAlias {
  readonly process: LocalProcess;
  readonly kind: AliasKind | MonitorAliasKind;
  readonly processEnded: () => void;
}

/** The active aliases of the processes of a node. A process that has none pays for none. */
export class Aliases {
  private readonly active = new Map<Ref, ActiveAlias>();

  constructor(private readonly host: { route(signal: ControlSignal): void; monitorEnded(ref: Ref): void }) {}

  /** How many there are. */
  get size(): number {
    return this.active.size;
  }

  /** Lets `ref` stand for a process until what its kind says. */
  add(ref: Ref, process: LocalProcess, kind: AliasKind | MonitorAliasKind): void {
    const processEnded = (): void => void this.active.delete(ref);
    process.onEnd(processEnded);
    this.active.set(ref, { process, kind, processEnded });
  }

  /** Delivers a message that was sent to an alias; it is dropped if the alias is not active. */
  deliver(ref: Ref, message: unknown): void {
    const alias = this.active.get(ref);
    if (alias === undefined) return;
    const { process, kind } = alias;
    if (kind === 'reply' || kind === 'replyDemonitor') this.drop(ref, alias);
    if (kind === 'replyDemonitor') this.demonitor(ref, process);
    process.deliver(message, null);
  }

  /** @returns whether it was an active alias of `process`, which it is no more */
  remove(ref: Ref, process: LocalProcess): boolean {
    const alias = this.active.get(ref);
    if (alias?.process !== process) return false;
    this.drop(ref, alias);
    return true;
  }

  /** A monitor is over: its alias may end with it. */
  monitorEnded(ref: Ref): void {
    const alias = this.active.get(ref);
    if (alias !== undefined && alias.kind !== 'explicitUnalias') this.drop(ref, alias);
  }

  private drop(ref: Ref, alias: ActiveAlias): void {
    this.active.delete(ref);
    alias.process.offEnd(alias.processEnded);
  }

  private demonitor(ref: Ref, process: LocalProcess): void {
    const to = process.removeMonitor(ref);
    if (to === undefined) return;
    this.host.monitorEnded(ref);
    this.host.route({ kind: 'demonitor', ref, from: process.pid, to });
  }
}
