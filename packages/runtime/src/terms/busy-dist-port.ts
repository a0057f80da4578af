import type { NodeName } from './node-name';
import type { Pid } from './pid';

/** More waits to leave for another node than should: who sends with `suspend` waits. OTP: `busy_dist_port`. */
export interface BusyDistPort {
  readonly type: 'busyDistPort';
  readonly node: NodeName;
  /** How many bytes wait to leave for it. */
  readonly bytes: number;
  /** Who waits to send to it, first come first. */
  readonly waiting: readonly Pid[];
}

/** So much has left by a busy connection that nobody waits any more; or the connection is lost, and what waited is dropped. */
export interface FreeDistPort {
  readonly type: 'freeDistPort';
  readonly node: NodeName;
  /** For how many milliseconds it was busy. */
  readonly forMs: number;
}
