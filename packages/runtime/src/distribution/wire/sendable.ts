import type { Limits } from './limits';

/**
 * Checks that a value can travel to another node.
 * @param path what the value is called in the error text, such as `message`
 * @throws UnsendableError with the path of the first value that cannot
 */
export function checkSendable(_value: unknown, _path: string, _limits?: Limits): void {
  throw new Error('not written yet');
}
