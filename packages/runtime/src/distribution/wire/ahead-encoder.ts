import { CborBlock } from './cbor-block';
import { aheadDepth, EncodedValue } from './encoded-value';
import { ValueEncoder } from './value-encoder';

const limits = { maxDepth: aheadDepth, maxValues: 10_000, maxFrameBytes: 64 * 1024 };

/** Encodes values that are to travel together with others, before they do: what is wrong with one is its own matter. */
export class AheadEncoder {
  private readonly block = new CborBlock();
  private readonly encoder = new ValueEncoder(this.block, limits);
  /** A getter may encode while it is read. */
  private isBusy = false;

  /** @returns `undefined` if it cannot travel, or is so large or deep that it had better travel alone */
  encode(value: unknown): EncodedValue | undefined {
    if (this.isBusy) return undefined;
    this.isBusy = true;
    try {
      this.encoder.encode(value, 'value', 0);
      return new EncodedValue(this.block.cut(this.block.length), this.encoder.valuesOf(limits.maxValues));
    } catch {
      // Whoever sends it alone is told why.
      this.block.truncate(0);
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }
}
