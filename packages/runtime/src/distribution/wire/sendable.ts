import type { ValueLimits } from '../../node/distribution';
import type { LocalNode } from '../../node/local-node';
import { CborBlock } from './cbor-block';
import { defaultLimits } from './limits';
import { ValueEncoder } from './value-encoder';

/**
 * Checks that a value can travel to another node (see `ValueEncoder` for what may).
 * @param path what the value is called in the error text, such as `message`
 * @throws UnsendableError with the path of the first value that cannot
 */
export function checkSendable(value: unknown, path: string, limits: ValueLimits = defaultLimits): void {
  // Writing it is the check: there is one place that says what may travel.
  new ValueEncoder(new CborBlock(), limits).encode(value, path, 0);
}

/** What can travel from a node to others, by the limits that it was started with. */
export class Sendables {
  constructor(private readonly local: LocalNode) {}

  /** Whether a value has to be checked at all: most are texts, and most texts travel. */
  mayRefuse(value: unknown): boolean {
    // A character takes three bytes at most; the rest is for what travels with it.
    return typeof value !== 'string' || value.length > this.limits.maxFrameBytes / 4;
  }

  /** @throws UnsendableError as `checkSendable` */
  check(value: unknown, path: string): void {
    checkSendable(value, path, this.limits);
  }

  private get limits(): ValueLimits {
    return this.local.distribution.limits ?? defaultLimits;
  }
}
