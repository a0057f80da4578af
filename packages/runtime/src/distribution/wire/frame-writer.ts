import type { Limits } from './limits';
import type { WireSignal } from './wire-signal';

/** Encodes signals as they are sent into frames: everything one event-loop turn sends travels in one. */
export class FrameWriter {
  constructor(private readonly limits: Limits) {}

  /**
   * Encodes a signal behind those that wait.
   * @throws UnsendableError if it holds a value that cannot travel: nothing was appended
   */
  append(_signal: WireSignal): void {
    throw new Error('not written yet');
  }

  /** The bytes that wait to be taken. */
  get byteLength(): number {
    return 0;
  }

  /**
   * Everything appended since the last take, as one frame. If that is more than `maxFrameBytes` it takes several
   * frames of whole signals: take until `byteLength` is 0. The bytes are the caller's, they are never overwritten.
   */
  take(): Uint8Array {
    throw new Error('not written yet');
  }
}
