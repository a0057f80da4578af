import type { Random } from '../../terms/clock';

/** The shared secret of a cluster. It prints as `[cookie]`, wherever it is printed. */
export class Cookie {
  constructor(_secret: string) {}

  /** The secret itself. OTP: `erlang:get_cookie/0`. */
  reveal(): string {
    throw new Error('not written yet');
  }
}

export interface CookieOptions {
  readonly cookie?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly random: Random;
}

/** The cookie of this node: the option, else `TRESTLE_COOKIE`, else the file `~/.trestle.cookie`. */
export function readCookie(_options: CookieOptions): Cookie {
  throw new Error('not written yet');
}
