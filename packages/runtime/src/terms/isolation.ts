import { z } from '#zod';

/**
 * How a value passes from one process of a node to another: as it is (`'share'`), frozen (`'freeze'`), or as a copy that
 * is made, or refused, by the rules of the wire (`'clone'`).
 */
export type MessageIsolation = 'share' | 'freeze' | 'clone';

export const isolationSchema = z.enum(['share', 'freeze', 'clone'], "'share', 'freeze' or 'clone'");

/** Passes values from one process of a node to another. */
export interface Isolation {
  /**
   * @param path what the value is called in an error text, such as `message`
   * @returns what the receiver gets
   * @throws UnsendableError if it would have to be copied, and cannot be
   */
  pass(value: unknown, path: string): unknown;
}

/** Values pass as they are. */
export const sharing: Isolation = { pass: (value) => value };

/**
 * Marks a request of the runtime's own whose parts are the caller's living objects, such as the function that starts a
 * child: inside a node it passes as it is. The wire does not see the mark, and refuses what cannot travel.
 */
export const byReference = Symbol('byReference');

/** The same request, marked so. */
export function passByReference<Request extends object>(request: Request): Request {
  return { ...request, [byReference]: true };
}

/** Tells whether something is marked so. */
export function isByReference(message: unknown): boolean {
  return typeof message === 'object' && message !== null && byReference in message;
}
