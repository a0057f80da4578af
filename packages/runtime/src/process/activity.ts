import type { ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { Pid } from '../terms/pid';
import type { Label } from '../terms/signal';
import type { Runnable } from './scheduler';

/** What a process executes in a turn, for who wants to know what took so long. */
export interface Turn {
  /** The callback, or `'body'`. */
  readonly callback: string;
  /** The message that was handled, once it was: as it may be shown, `undefined` if there was none. */
  readonly message?: unknown;
}

/** The process of an activity, as it is named. */
export interface ActiveProcess {
  readonly pid: Pid;
  readonly name: string | null;
  readonly label: string | null;
}

/** What becomes of a message that comes: it is taken at once, it waits in the mailbox, or it needs a turn there. */
export type Arrival = 'taken' | 'waits' | 'due';

/** What runs inside a process: a body with `receive`, or the loop of a server. */
export interface Activity extends Runnable {
  readonly process: ActiveProcess;
  /** Whether it answers what is asked of a server itself; unless it says that it does not, it does. */
  readonly isServer?: boolean;
  /** The class that it runs. */
  readonly module: string;
  /** Whether it keeps the process from its messages. */
  readonly isPaused?: boolean;
  /** Whether it waits for a promise of a callback: when that settles, its code goes on outside of its turns. */
  readonly suspended: boolean;
  /** What its next turn executes, if that handles one message. Asked only where turns are slow. */
  turn(): Turn;
  /** The process has ended, whatever the activity is doing. */
  ended(reason: ExitReason): void;
  /** A message comes to the idle process; without this it gets a turn for it. */
  offer?(message: unknown, label: Label): Arrival;
  /**
   * The idle process is called by code that waits for the reply: it may handle the call in the midst of that, which
   * saves its turn and the way through the mailbox.
   * @returns whether it did
   */
  handleAtOnce?(request: unknown, from: From): boolean;
  /** A message was taken out of the mailbox by other means. */
  messageDropped?(index: number): void;
}

/** Whether what has turns is a process: not all is. */
export function isActivity(runnable: Runnable): runnable is Activity {
  return 'turn' in runnable;
}
