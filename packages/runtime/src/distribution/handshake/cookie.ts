import { inspect } from '#platform/inspect';
import { checkCookie } from '../../node/options/cookie-options';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import { maxProofs } from './handshake-message';

/** The shared secret of a cluster. It prints as `[cookie]`, wherever it is printed. */
export class Cookie {
  // Not TypeScript's `private`: tools must not see it.
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The secret itself. OTP: `erlang:get_cookie/0`. */
  reveal(): string {
    return this.#secret;
  }

  toString(): string {
    return '[cookie]';
  }

  toJSON(): string {
    return '[cookie]';
  }

  [inspect.custom](): string {
    return '[cookie]';
  }
}

/** @throws BadArgumentError unless it is a cookie, or some of them; which does not show them */
export function checkCookies(given: unknown, call = 'startNode'): string[] {
  if (!Array.isArray(given)) return [checkCookie(call, given)];
  if (given.length === 0 || given.length > maxProofs) {
    const expected = `cookie to be a string, or an array of 1 to ${String(maxProofs)} strings`;
    throw new BadArgumentError({ call, expected, got: prose(`${String(given.length)} of them`) });
  }
  return given.map((secret, index) => checkCookie(call, secret, `cookie.${String(index)}`));
}
