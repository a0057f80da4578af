import { Buffer } from '#platform/buffer';
import type { From, FromIdentity } from '../../terms/from';
import type { Isolation } from '../../terms/isolation';
import { CborBlock } from './cbor-block';
import { FrameCursor } from './frame-cursor';
import type { Limits } from './limits';
import { ValueDecoder } from './value-decoder';
import { ValueEncoder } from './value-encoder';

/**
 * Copies what passes from one process of a node to another by writing and reading it as between nodes: there is one
 * place that says what may travel, what becomes of it, and how large it may be.
 */
export class Cloner implements Isolation {
  private readonly cursor = new FrameCursor();
  private readonly decoder: ValueDecoder;
  /** `null` while it is in use: a getter or proxy may send while it is read. */
  private block: CborBlock | null = new CborBlock();

  /** @param portOf makes a caller again of what is written of one */
  constructor(
    private readonly limits: Limits,
    portOf: (identity: FromIdentity) => From,
  ) {
    this.decoder = new ValueDecoder(this.cursor, limits, portOf);
  }

  pass(value: unknown, path: string): unknown {
    // What cannot change need not be copied; what cannot travel, a function for one, is refused below.
    if (value === null || isScalar(value)) return value;
    return this.read(this.write(value, path));
  }

  private write(value: unknown, path: string): Buffer {
    const block = this.block ?? new CborBlock();
    this.block = null;
    try {
      new ValueEncoder(block, this.limits).encode(value, path, 0);
      const bytes = block.cut(block.length);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    } finally {
      block.truncate(0);
      this.block = block;
    }
  }

  private read(bytes: Buffer): unknown {
    this.cursor.seek(bytes, 0);
    this.decoder.begin(1);
    return this.decoder.decode();
  }
}

function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return true;
    default:
      return false;
  }
}
