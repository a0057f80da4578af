import { isDeepStrictEqual as ofNode } from 'node:util';

/** Tells whether two values are equal as data. */
export const isDeepStrictEqual = ofNode;
