import type { NodeName } from '../../terms/node-name';
import { pidPrefix } from '../../terms/pid';

/** The nodes at the two ends of a connection, from the one that encodes or decodes. */
export interface WireEnds {
  readonly self: NodeName;
  readonly peer: NodeName;
}

/**
 * Shortens the pids of frequent signals: both ends know both names, so the name of the node, more than half of a pid,
 * need not travel with every call. What is left cannot be mistaken for a pid: it does not start with `<`. The decoder
 * puts the name before it again.
 */
export class ShortPids {
  private readonly prefix: string;

  /** @param node the node whose pids are shortened */
  constructor(node: NodeName) {
    this.prefix = pidPrefix(node);
  }

  /** Where the part of a pid that travels begins. */
  startOf(pid: string): number {
    return pid.startsWith(this.prefix) ? this.prefix.length : 0;
  }
}
