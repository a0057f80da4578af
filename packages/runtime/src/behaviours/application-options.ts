import type { ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import type { Self } from '../node/node';

/** How an application is started. */
export interface ApplicationOptions {
  /** What log lines call it. */
  readonly name: string;
  /** Starts the root of the supervision tree, linked to `self`, and returns its pid. */
  readonly start: (self: Self) => Pid | Promise<Pid>;
  /** Called before the tree is stopped. OTP: `prep_stop/1`. */
  readonly prepStop?: () => void | Promise<void>;
  /** Called after the tree has stopped: cleans up. OTP: `stop/1`. */
  readonly stop?: () => void | Promise<void>;
  /**
   * What the end of the root by itself means: `'permanent'`, the node stops as well; `'transient'`, it does so after a
   * failure; `'temporary'`, it goes on. Default `'permanent'`. OTP: the type of `application:start/2`.
   */
  readonly type?: 'permanent' | 'transient' | 'temporary';
  /**
   * Whether the application is what its OS process is for. Then SIGTERM and SIGINT stop the node in order and end the
   * process with code 0 (a second one ends it at once), and when the application stops the node because it has ended
   * by itself, the process ends with code 1. Default `true`.
   */
  readonly handleSignals?: boolean;
  /** Milliseconds the stop in order may take; then what is left is killed. Default `Infinity`. */
  readonly stopTimeoutMs?: number;
}

/** A running application. */
export interface Application {
  /** What log lines call it. */
  readonly name: string;
  /** Its own process, that started the root. */
  readonly pid: Pid;
  /** The root of its supervision tree. */
  readonly root: Pid;
  /** Stops it in order: `prepStop`, the tree from its last child to its first, `stop`. The node goes on. */
  stop(): Promise<void>;
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<ExitReason>;
}
