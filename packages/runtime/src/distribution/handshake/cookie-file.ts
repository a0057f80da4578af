import { linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../terms/clock';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';

/** Bytes of chance in a cookie that is made here. */
const cookieBytes = 24;
/** What others may do with a file, of its mode. */
const othersBits = 0o077;

const call = 'startNode';

/** Where the cookie of this user's nodes is. */
export function cookieFile(homeDirectory: string): string {
  return join(homeDirectory, '.trestle.cookie');
}

/**
 * Reads the cookie of a file, which is made if it is missing.
 * @throws BadArgumentError if others may read it, or it is empty, or it can be neither read nor made
 */
export function readCookieFile(path: string, random: Random): string {
  try {
    if (!exists(path)) create(path, random);
    return checkCookieFile(path);
  } catch (error) {
    if (error instanceof BadArgumentError) throw error;
    throw new BadArgumentError({
      call,
      expected: `a cookie file at ${path}`,
      got: prose((error as NodeJS.ErrnoException).code ?? String(error)),
    });
  }
}

function checkCookieFile(path: string): string {
  const mode = statSync(path).mode & 0o777;
  // Windows has no such modes.
  if (process.platform !== 'win32' && (mode & othersBits) !== 0) {
    const expected = `the cookie file ${path} to be its owner's alone (chmod 400)`;
    throw new BadArgumentError({ call, expected, got: prose(`mode 0${mode.toString(8)}`) });
  }
  const cookie = readFileSync(path, 'utf8').trim();
  if (cookie === '')
    throw new BadArgumentError({ call, expected: `a cookie in the file ${path}`, got: prose('nothing') });
  return cookie;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Writes a new cookie beside the file and links it into place: of two nodes that start at once one wins, and nobody
 * sees half a cookie.
 */
function create(path: string, random: Random): void {
  const hex = (length: number): string => Buffer.from(random.bytes(length)).toString('hex');
  const draft = `${path}.${hex(6)}`;
  writeFileSync(draft, hex(cookieBytes), { mode: 0o400, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
