import { inspect as ofNode, type InspectOptionsStylized } from 'node:util';

export type { InspectOptionsStylized };

/** Any value as a text for people. */
export const inspect = ofNode;
