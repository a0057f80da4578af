import type { From, FromIdentity } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import type { Limits } from './limits';
import type { WireSignal } from './wire-signal';

/** What a reader of frames needs to know. */
export interface FrameReaderOptions {
  readonly limits: Limits;
  /** The node that reads: where the names live that arriving signals are sent to. */
  readonly localNode: NodeName;
  /** Makes the caller of a call that can be answered from here. */
  readonly portOf: (identity: FromIdentity) => From;
}

/** Decodes frames into signals. */
export class FrameReader {
  constructor(private readonly options: FrameReaderOptions) {}

  /**
   * Decodes a frame and hands on its signals in order.
   * @throws BadFrameError if the bytes are no frame; signals before the bad place may have been handed on
   */
  read(_frame: Uint8Array, _onSignal: (signal: WireSignal) => void): void {
    throw new Error('not written yet');
  }
}
