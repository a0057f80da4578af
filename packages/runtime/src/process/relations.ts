import type { Destination } from '../terms/address';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { ControlSignal } from '../terms/signal';
import type { ExitReason } from '../terms/exit-reason';

/** Someone who monitors a process, and the name by which (if by a name). */
export interface Watcher {
  readonly pid: Pid;
  readonly byName: Destination | null;
}

/** Who is to hear of the end of a process: links, monitors in both directions, and code of this node. */
export class Relations {
  readonly links = new Set<Pid>();
  /** What this process monitors. */
  readonly monitors = new Map<Ref, Destination>();
  /** Who monitors it. */
  readonly watchers = new Map<Ref, Watcher>();
  readonly endListeners = new Set<(reason: ExitReason) => void>();

  /** The signals that the end of the process sends: monitors are given back, links and watchers told. */
  *farewells(pid: Pid, reason: ExitReason): IterableIterator<ControlSignal> {
    for (const [ref, to] of this.monitors) yield { kind: 'demonitor', ref, from: pid, to };
    for (const to of this.links) yield { kind: 'linkExit', from: pid, to, reason };
    for (const [ref, { pid: to, byName }] of this.watchers) {
      yield { kind: 'down', ref, to, pid: byName === null ? pid : byName, reason };
    }
  }
}
