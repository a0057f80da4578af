import { types as ofNode } from 'node:util';

/** Tells what a value is, whatever realm it comes from. */
export const types = ofNode;
