/**
 * A value as the wire carries it, made before it travels: it is then what the value was, whatever becomes of that.
 * It stands for the value within a message to another node, and nowhere else.
 */
export class EncodedValue {
  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    /** How many values it holds. */
    readonly values: number,
  ) {}
}

/** A value that is encoded ahead is nested no deeper. */
export const aheadDepth = 16;
