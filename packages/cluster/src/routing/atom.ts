import { BadArgumentError } from '@trestle/runtime';
import { hashWords, kindConstant } from './jenkins-hash';

const ATOM = kindConstant(3);
/** Erlang's limit, in characters. */
const MAX_NAME_LENGTH = 255;

/** A name that hashes as an Erlang atom, not as a string. Made by `atom`. */
export class Atom {
  private readonly nameHash: number;

  constructor(readonly name: string) {
    this.nameHash = hashName(Buffer.from(name));
  }

  /** The hash of this atom after what `hash` stands for; an atom that comes first is its name's hash, unstirred. */
  hashAfter(hash: number): number {
    return hash === 0 ? this.nameHash : hashWords(this.nameHash, 0, ATOM, hash);
  }
}

/**
 * Makes an atom for `phash2`. OTP: `'toto'` in Erlang, `:toto` in Elixir; an Elixir module is `atom('Elixir.Kv')`.
 *
 * @param name up to 255 characters
 * @returns a value that hashes as the Erlang atom of that name; make it once, its hash is computed here
 * @throws BadArgumentError if the name is no string or is too long
 */
export function atom(name: string): Atom {
  if (typeof name !== 'string' || Array.from(name).length > MAX_NAME_LENGTH) {
    throw new BadArgumentError({
      call: 'atom',
      expected: `a string of at most ${String(MAX_NAME_LENGTH)} characters`,
      got: name,
    });
  }
  return new Atom(name);
}

/** P. J. Weinberger's hash, as Erlang's atom table has it: four bits per byte, the top four folded back in. */
function hashName(utf8: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < utf8.length; at++) {
    let byte = utf8[at] ?? 0;
    const next = utf8[at + 1] ?? 0;
    // Atoms were Latin-1 once: a character of that set still counts as its one byte.
    if ((byte & 0xfe) === 0xc2 && (next & 0xc0) === 0x80) {
      byte = ((byte << 6) | (next & 0x3f)) & 0xff;
      at++;
    }
    hash = (hash << 4) + byte;
    const top = hash & 0xf0000000;
    hash = (hash ^ (top >>> 24)) & 0x0fffffff;
  }
  return hash;
}
