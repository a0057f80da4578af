import { CborBlock } from './cbor-block';
import { defaultLimits, type Limits } from './limits';
import { ValueEncoder } from './value-encoder';

/**
 * Checks that a value can travel to another node (see `ValueEncoder` for what may).
 * @param path what the value is called in the error text, such as `message`
 * @throws UnsendableError with the path of the first value that cannot
 */
export function checkSendable(value: unknown, path: string, limits: Limits = defaultLimits): void {
  // Writing it is the check: there is one place that says what may travel.
  new ValueEncoder(new CborBlock(), limits).encode(value, path, 0);
}
