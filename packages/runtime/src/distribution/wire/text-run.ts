import type { CborBlock } from './cbor-block';
import { major } from './wire-tags';

/** Shorter texts are written sooner one by one. */
const shortest = 24;
/** The length of a longer text is no character of ASCII. */
const longest = 127;
/** A run of so many characters gets no longer. */
const enough = 1024;

// Held here because a look into the global object is slow in a `vm` context, as under jest.
const { fromCharCode } = String;

/** The head of a text, as the characters of its bytes, by the text's length. */
const heads: readonly string[] = Array.from({ length: longest + 1 }, (_, length) =>
  fromCharCode((major.text << 5) | 24, length),
);

/** Whether a value is a text that others of its kind may be written together with. */
export function isTextOfRun(value: unknown): value is string {
  return typeof value === 'string' && value.length >= shortest && value.length <= longest;
}

/**
 * Writes texts of ASCII that stand one behind the other in a list, all at once: to join them takes less time than to
 * ask Node for each. The heads of such texts are ASCII as well, so what was joined is no longer in bytes unless
 * something else is among it.
 * @param first the text at the place `at`, which was read
 * @returns how many were written: none if there is only one, or one is not ASCII
 */
export function writeRun(block: CborBlock, list: readonly unknown[], at: number, first: string): number {
  let run = (heads[first.length] as string) + first;
  let next = at + 1;
  while (next < list.length && run.length < enough) {
    const text = list[next];
    if (!isTextOfRun(text)) break;
    run = run + (heads[text.length] as string) + text;
    next += 1;
  }
  return next - at > 1 && block.ascii(run) ? next - at : 0;
}
