import { checkCookie } from '../../node/options/cookie-options';
import type { Random } from '../../terms/clock';
import { checkCookies, Cookie } from './cookie';
import { cookieFile, readCookieFile } from './cookie-file';

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
  if (given !== undefined) return [new Cookie(checkCookie('startNode', given, 'TRESTLE_COOKIE'))];
  return [new Cookie(readCookieFile(cookieFile(homeDirectory), random))];
}
