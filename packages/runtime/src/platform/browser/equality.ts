import { dequal } from 'dequal';

/** Tells whether two values are equal as data. */
export const isDeepStrictEqual: (one: unknown, other: unknown) => boolean = dequal;
