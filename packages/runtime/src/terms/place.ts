/** The character code of `0`. */
const zero = 48;

/** Reads the number that begins at `start` in a pid or a reference: where to look, whatever the string is. */
export function placeIn(text: string, start: number): number {
  let place = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (digit < 0 || digit > 9) break;
    place = place * 10 + digit;
  }
  return place;
}
