import { Buffer } from '#platform/buffer';
import { release } from '#platform/memory';

/** How many buffers are remembered. */
const places = 16;
/** A buffer is used for what takes a fourth of it at least. */
const wasteFactor = 4;

/**
 * Large buffers that have been used and may be used again: memory that the operating system has to give anew costs more
 * than to fill it. They are remembered, not kept: when there is need of memory, or time, they go.
 */
export class SpareMemory {
  private buffers: WeakRef<ArrayBuffer>[] = [];

  /** Nobody reads or writes this memory any more. What there is no place for is given back at once. */
  add(buffer: ArrayBuffer): void {
    const oldest = this.buffers.length === places ? this.buffers.shift()?.deref() : undefined;
    if (oldest !== undefined) release(new Uint8Array(oldest));
    this.buffers.push(new WeakRef(buffer));
  }

  /** Memory of at least `length` bytes, with whatever is in it. */
  take(length: number): Buffer<ArrayBuffer> {
    for (let i = this.buffers.length - 1; i >= 0; i -= 1) {
      const buffer = this.buffers[i]?.deref();
      if (buffer !== undefined && !fits(buffer, length)) continue;
      this.buffers.splice(i, 1);
      if (buffer !== undefined) return Buffer.from(buffer);
    }
    return Buffer.allocUnsafeSlow(length);
  }
}

function fits({ byteLength }: ArrayBuffer, length: number): boolean {
  return byteLength >= length && byteLength <= wasteFactor * length;
}
