import type { NodeName } from '@trestle/runtime';

/** Which write something is of. Of two versions of a key one is newer, and all nodes agree which. */
export interface Version {
  /** When it was written, by the hybrid clock of the node that wrote it. */
  readonly stamp: number;
  /** The node that wrote it: it decides between two writes of one stamp. */
  readonly origin: NodeName;
}

/** Above 0 if `a` is newer than `b`, below if it is older; 0 if they are one version. */
export function compareVersions(a: Version, b: Version): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp;
  if (a.origin === b.origin) return 0;
  return a.origin > b.origin ? 1 : -1;
}
