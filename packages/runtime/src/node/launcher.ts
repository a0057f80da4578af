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

/**
 * Links a new process to its starter, if it is to be linked, before anything of it runs.
 * @returns the starter it is linked to
 */
export function linkToStarter({ starter, link }: Launcher, process: LocalProcess): LocalProcess | null {
  if (!link || starter === null) return null;
  starter.addLink(process.pid);
  process.addLink(starter.pid);
  return starter;
}
