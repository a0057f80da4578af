import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { Activity } from '../../process/activity';
import type { LocalProcess } from '../../process/local-process';
import type { Callbacks } from './callbacks';

/** The loop of a server, as those see it that act on the server itself. */
export interface Served {
  readonly process: LocalProcess;
  /** The process that started it and is linked to it. */
  readonly parent: Pid | null;
  /** Whose callbacks are called: the server, or one that observes it. */
  server: Callbacks;
  /** The class of the server. */
  readonly module: string;
  /** Calls `terminate` and ends the process. */
  terminate(reason: ExitReason): void;
  handOver(activity: Activity): void;
  takeOver(): void;
  /** The process has ended. */
  ended(reason: ExitReason): void;
}
