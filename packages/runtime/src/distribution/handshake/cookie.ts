import { inspect } from 'node:util';
import type { Random } from '../../terms/clock';
import { checkCookie } from '../../node/cookie-options';
import { BadArgumentError } from '../../terms/errors';
import { cookieFile, readCookieFile } from './cookie-file';
import { maxProofs } from './handshake-message';

const call = 'startNode';

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

export interface CookieOptions {
  readonly cookie?: string | readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly random: Random;
}

/**
 * The cookies of this node, the one in use first: those of the option, else that of `TRESTLE_COOKIE`, else that of the
 * file `~/.trestle.cookie`, which is made if it is missing. OTP: `~/.erlang.cookie`.
 * @throws BadArgumentError if one that counts is empty, or is in a file that others may read
 */
export function readCookies({ cookie, env, homeDirectory, random }: CookieOptions): Cookie[] {
  if (cookie !== undefined) return checkCookies(cookie).map((secret) => new Cookie(secret));
  const given = env['TRESTLE_COOKIE'];
  if (given !== undefined) return [new Cookie(checkCookie(call, given, 'TRESTLE_COOKIE'))];
  return [new Cookie(readCookieFile(cookieFile(homeDirectory), random))];
}

/** @throws BadArgumentError unless it is a cookie, or some of them; which does not show them */
export function checkCookies(given: unknown): string[] {
  if (!Array.isArray(given)) return [checkCookie(call, given)];
  if (given.length === 0 || given.length > maxProofs) {
    const expected = `cookie to be a string, or an array of 1 to ${String(maxProofs)} strings`;
    throw new BadArgumentError({ call, expected, got: `${String(given.length)} of them` });
  }
  return given.map((secret, index) => checkCookie(call, secret, `cookie.${String(index)}`));
}
