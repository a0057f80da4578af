import { isUtf8, type Buffer } from '#platform/buffer';
import { BadFrameError } from './bad-frame';

/** What stands in the place of bytes that are no UTF-8; it may have been sent as well. */
const replacement = '\ufffd';

/**
 * The text of some bytes, as a flat string of its own.
 * @throws BadFrameError if they are not well-formed UTF-8
 */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  // Without the name of the encoding Node need not look it up.
  const text = bytes.toString(undefined, start, end);
  // Replacements are rare, and a string of ASCII is known to have none: most texts are looked through once.
  if (text.includes(replacement) && !isUtf8(bytes.subarray(start, end))) {
    throw new BadFrameError('a text that is not UTF-8');
  }
  return text;
}
