/** Bytes are compared four at a time. */
export const wordBytes = 4;

/*
 * Some bytes as words: one for each four of them, and for the last four if they are no multiple of four. Fewer than four
 * are one word.
 */

/** Whether the words of some bytes are those that stand in a list. */
export function hasWords(
  words: Int32Array,
  from: number,
  view: DataView,
  start: number,
  length: number,
): boolean {
  if (length < wordBytes) return words[from] === shortWord(view, start, length);
  const last = start + length - wordBytes;
  let at = from;
  for (let place = start; place < last; place += wordBytes)
    if (words[at++] !== view.getInt32(place, true)) return false;
  return words[at] === view.getInt32(last, true);
}

/** Writes the words of some bytes into a list. */
export function setWords(
  words: Int32Array,
  from: number,
  view: DataView,
  start: number,
  length: number,
): void {
  for (let passed = 0; passed < length; passed += wordBytes)
    words[from + passed / wordBytes] = wordAt(view, start, length, passed);
}

/** The word that begins at one of some bytes, or the last one if that begins before. */
export function wordAt(view: DataView, start: number, length: number, passed: number): number {
  return length < wordBytes
    ? shortWord(view, start, length)
    : view.getInt32(start + Math.min(passed, length - wordBytes), true);
}

function shortWord(view: DataView, start: number, length: number): number {
  let word = 0;
  for (let i = 0; i < length; i += 1) word = (word << 8) | view.getUint8(start + i);
  return word;
}
