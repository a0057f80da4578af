import { inspect } from 'node:util';
import type { Random } from '../../terms/clock';
import { BadArgumentError } from '../../terms/errors';
import { cookieFile, readCookieFile } from './cookie-file';

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
  readonly cookie?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly random: Random;
}

/**
 * The cookie of this node: the option, else `TRESTLE_COOKIE`, else the file `~/.trestle.cookie`, which is made if it
 * is missing. OTP: `~/.erlang.cookie`.
 * @throws BadArgumentError if the one that counts is empty, or is a file that others may read
 */
export function readCookie({ cookie, env, homeDirectory, random }: CookieOptions): Cookie {
  const given = cookie ?? env['TRESTLE_COOKIE'];
  if (given === undefined) return new Cookie(readCookieFile(cookieFile(homeDirectory), random));
  if (typeof given === 'string' && given.trim() !== '') return new Cookie(given);
  const which = cookie === undefined ? 'TRESTLE_COOKIE' : 'cookie';
  // What was given is not shown: it may be a secret at the wrong place.
  throw new BadArgumentError({
    call: 'startNode',
    expected: `${which}: a string that is not empty`,
    got: typeof given === 'string' ? '' : `a ${typeof given}`,
  });
}
