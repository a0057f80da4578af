import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import type { NodeName } from '../../terms/node-name';
import { durationSchema, nodeNameSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';

/** Whom a new cookie is for, and what becomes of the one before. */
export interface SetCookieOptions {
  /** How long the cookies that were good so far stay good, in ms, for both who dials and who is dialled. Default 0. */
  readonly acceptOldForMs?: number | undefined;
  /** The one node the cookie is for. Default: every node that has none of its own. */
  readonly node?: NodeName | undefined;
}

const schema: z.ZodType<SetCookieOptions> = z.strictObject({
  acceptOldForMs: durationSchema.optional(),
  node: nodeNameSchema.optional(),
});

/**
 * Checks a cookie at the door. What was given is never shown: it may be a secret at the wrong place.
 * @throws BadArgumentError unless it is a string with more than space in it
 */
export function checkCookie(call: string, cookie: unknown, what = 'cookie'): string {
  if (typeof cookie === 'string' && cookie.trim() !== '') return cookie;
  const got = prose(typeof cookie === 'string' ? 'an empty one' : `a value of type ${typeof cookie}`);
  throw new BadArgumentError({ call, expected: `${what} to be a string that is not empty`, got });
}

/**
 * Checks a new cookie at the door. OTP's `set_cookie` has the node first and the cookie behind it: that is not shown either.
 * @throws BadArgumentError if something is wrong
 */
export function checkSetCookie(cookie: unknown, options: SetCookieOptions): void {
  checkCookie('setCookie', cookie);
  if (typeof options !== 'object') {
    const expected = 'a cookie, and options such as { node }, behind it';
    throw new BadArgumentError({
      call: 'setCookie',
      expected,
      got: prose(`a value of type ${typeof options}`),
    });
  }
  checkOptions('setCookie', schema, options);
}
