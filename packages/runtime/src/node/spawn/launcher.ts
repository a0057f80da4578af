import type { LocalProcess } from '../../process/local-process';
import type { LocalNode } from '../local-node';

/** Who starts a process, and where. */
export interface Launcher {
  readonly local: LocalNode;
  /** The process that starts it, if a process does. */
  readonly starter: LocalProcess | null;
  /** Whether to link it to its starter. */
  readonly link: boolean;
  /** Makes the new process the child of who asked for it from elsewhere, before anything of it runs. */
  readonly adopt?: (process: LocalProcess) => void;
  /** Hears that a server has started, before anything else of it runs. */
  readonly started?: (process: LocalProcess) => void;
}

/**
 * Makes a new process its starter's child, and links them, if they are to be linked, before anything of it runs.
 * @returns the starter it is linked to
 */
export function linkToStarter(
  { starter, link, adopt }: Launcher,
  process: LocalProcess,
): LocalProcess | null {
  if (starter === null) {
    adopt?.(process);
    return null;
  }
  process.parent = starter.pid;
  process.leader = starter.leader;
  if (!link) return null;
  starter.addLink(process.pid);
  process.addLink(starter.pid);
  return starter;
}
