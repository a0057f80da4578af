import type { NodeName } from './node-name';

/** A connected node lives, but its event loop has not turned for long: what is asked of it waits. */
export interface NodeBusy {
  readonly type: 'nodeBusy';
  readonly node: NodeName;
  /** For how many milliseconds, when its pulse was asked. */
  readonly forMs: number;
}

/** A node that was busy has been heard again. */
export interface NodeReady {
  readonly type: 'nodeReady';
  readonly node: NodeName;
  /** For how many milliseconds it was busy. */
  readonly forMs: number;
}
