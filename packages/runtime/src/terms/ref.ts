import { BadArgumentError } from './errors';
import { placeIn } from './place';

declare const refBrand: unique symbol;

/** A reference, unique in the cluster: identifies a monitor or a timer. A printable string. OTP: `reference()`. */
export type Ref = string & { readonly [refBrand]: true };

/** How every reference begins. */
const opening = '#Ref<';

/** Makes references that no other node, and no other life of this node, makes. */
export class RefSource {
  private readonly prefix: string;
  private readonly suffix: string;
  private count = 0;

  constructor(node: string, creation: number) {
    this.prefix = `${opening}${node}/`;
    this.suffix = `/${creation.toString(36)}>`;
  }

  next(): Ref {
    this.count += 1;
    return (this.prefix + String(this.count) + this.suffix) as Ref;
  }

  /** A reference for what stands in a numbered place, which was used so often before. */
  placed(place: number, uses: number): Ref {
    return (this.prefix + String(place) + '.' + String(uses) + this.suffix) as Ref;
  }

  /** Reads the place out of a reference of this node; any place, to look at, of another string. */
  placeOf(ref: string): number {
    return placeIn(ref, this.prefix.length);
  }
}

/** Checks a reference at the door. */
export function checkRef(call: string, value: unknown): Ref {
  if (!isRef(value)) throw new BadArgumentError({ call, expected: 'a reference', got: value });
  return value;
}

/** The node a reference was made on. OTP: `node(Ref)`. */
export function nodeOfRef(ref: Ref): string {
  return ref.slice(opening.length, ref.indexOf('/'));
}

/** A quicker look than `isRef`: names cannot begin as references do. */
export function isRefShaped(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(opening);
}

/** Tells whether a value has the form of a reference. */
export function isRef(value: unknown): value is Ref {
  return typeof value === 'string' && /^#Ref<[^/<>\s]+\/\d+(\.\d+)?\/[0-9a-z]+>$/.test(value);
}
