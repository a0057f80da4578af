import type { Destination } from '../terms/address';
import type { ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { ControlSignal } from '../terms/signal';
import type { SmallMap } from './small-map';

/** Hears of the end of a process. */
export type EndListener = (reason: ExitReason) => void;

/** The signal by which somebody began to monitor a process: who it is, and by what name (if by a name). */
export type Watcher = Extract<ControlSignal, { readonly kind: 'monitor' }>;

/**
 * Who is to hear of the end of a process: links, monitors in both directions, and code of this node. Each collection
 * is created on first use: most processes have one link and nothing else.
 */
export class Relations {
  links: SmallMap<Pid, true> | null = null;
  /** What this process monitors. */
  monitors: SmallMap<Ref, Destination> | null = null;
  /** Who monitors it. */
  watchers: SmallMap<Ref, Watcher> | null = null;
  endListeners: Set<EndListener> | null = null;

  /** Sends what the end of the process sends: monitors are given back, links and watchers told. */
  farewell(pid: Pid, reason: ExitReason, host: { follow(signal: ControlSignal): void }): void {
    this.monitors?.forEach((to, ref) => {
      host.follow({ kind: 'demonitor', ref, from: pid, to });
    });
    this.links?.forEach((_, to) => {
      host.follow({ kind: 'linkExit', from: pid, to, reason });
    });
    this.watchers?.forEach(({ from: to, to: target }, ref) => {
      host.follow({
        kind: 'down',
        ref,
        to,
        pid: typeof target === 'string' ? pid : target,
        from: pid,
        reason,
      });
    });
  }
}
