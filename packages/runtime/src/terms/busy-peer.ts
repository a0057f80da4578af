import type { NodeName } from './node-name';
import type { Pid } from './pid';

/** More waits to leave for another node than should: who sends with `suspend` waits. OTP: `busy_dist_port`. */
export interface BusyPeer {
  readonly type: 'busyPeer';
  readonly node: NodeName;
  /** How many bytes wait to leave for it. */
  readonly bytes: number;
  /** Who waits to send to it, first come first. */
  readonly waiting: readonly Pid[];
}

/** So much has left for a busy node that nobody waits any more; or the connection is lost, and what waited is dropped. */
export interface FreePeer {
  readonly type: 'freePeer';
  readonly node: NodeName;
  /** For how many milliseconds it was busy. */
  readonly forMs: number;
}
