import type { Destination } from '../../terms/address';
import type { FrameCursor } from './frame-cursor';
import { KnownBytes } from './known-bytes';

/** Who is sent to so many times without another between. */
const timesOfUsual = 16;

/** Who is sent to again and again: that address is recognized by its bytes, and need not be read. */
export class UsualReceiver {
  private usual: { readonly destination: Destination; readonly bytes: KnownBytes } | null = null;
  private last = '';
  private times = 0;

  /** Passes over the usual address. @returns `null` if another follows */
  take(cursor: FrameCursor): Destination | null {
    const { usual } = this;
    return usual !== null && cursor.skipIf(usual.bytes) ? usual.destination : null;
  }

  /** Another one was read, which begins at a place and ends at the cursor. */
  note(destination: Destination, cursor: FrameCursor, start: number): void {
    const name = typeof destination === 'string' ? destination : destination.name;
    this.times = name === this.last ? this.times + 1 : 0;
    this.last = name;
    if (this.times === timesOfUsual)
      this.usual = { destination, bytes: new KnownBytes(cursor.bytes.subarray(start, cursor.position)) };
  }
}
