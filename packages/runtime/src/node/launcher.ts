import type { LocalProcess } from '../process/local-process';
import type { LocalNode } from './local-node';

/** Who starts a process, and where. */
export interface Launcher {
  readonly local: LocalNode;
  /** The process that starts it, if a process does. */
  readonly starter: LocalProcess | null;
  /** Whether to link it to its starter. */
  readonly link: boolean;
}
