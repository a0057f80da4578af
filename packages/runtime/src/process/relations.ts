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

/** Hears of the end of a process. */
export type EndListener = (reason: ExitReason) => void;

/**
 * Who is to hear of the end of a process: links, monitors in both directions, and code of this node. Each collection
 * is created on first use: most processes have one link and nothing else.
 */
export class Relations {
  links: Set<Pid> | null = null;
  /** What this process monitors. */
  monitors: Map<Ref, Destination> | null = null;
  /** Who monitors it. */
  watchers: Map<Ref, Watcher> | null = null;
  endListeners: Set<EndListener> | null = null;

  /** The signals that the end of the process sends: monitors are given back, links and watchers told. */
  *farewells(pid: Pid, reason: ExitReason): IterableIterator<ControlSignal> {
    for (const [ref, to] of this.monitors ?? []) yield { kind: 'demonitor', ref, from: pid, to };
    for (const to of this.links ?? []) yield { kind: 'linkExit', from: pid, to, reason };
    for (const [ref, { pid: to, byName }] of this.watchers ?? []) {
      yield { kind: 'down', ref, to, pid: byName ?? pid, reason };
    }
  }
}
