import type { ExitReason } from '../../terms/exit-reason';

/** Who waits for a server to start. */
export interface StartListener {
  /** What `init` gets. */
  readonly args: unknown;
  started(): void;
  failed(reason: ExitReason): void;
}
