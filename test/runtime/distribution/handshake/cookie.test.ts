import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { readCookies } from '../../../../packages/runtime/src/distribution/handshake/read-cookies';
import { systemRandom } from '../../../../packages/runtime/src/node/system/system-random';
import { BadArgumentError } from '../../../../packages/runtime/src/terms/errors';
import type { Random } from '../../../../packages/runtime/src/terms/clock';

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trestle-cookie-'));
  file = join(home, '.trestle.cookie');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function read(
  options: { cookie?: string | string[]; env?: Record<string, string>; random?: Random } = {},
): string {
  const { cookie, env = {}, random = systemRandom } = options;
  return readCookies({ cookie, env, homeDirectory: home, random })
    .map((each) => each.reveal())
    .join(' then ');
}

describe('the cookie', () => {
  it('is the option, else TRESTLE_COOKIE, else the file in the home directory', () => {
    writeFileSync(file, 'of the file\n', { mode: 0o400 });
    expect(read({ cookie: 'given', env: { TRESTLE_COOKIE: 'of the environment' } })).toBe('given');
    expect(read({ env: { TRESTLE_COOKIE: 'of the environment' } })).toBe('of the environment');
    expect(read()).toBe('of the file');
  });

  it('may be several, of which the first is used', () => {
    expect(read({ cookie: ['new', 'old'] })).toBe('new then old');
  });

  it('is made with at least 128 bits of chance, for the owner alone to read, if there is none', () => {
    const cookie = read();
    expect(cookie).toMatch(/^[0-9a-f]{32,}$/);
    expect(statSync(file).mode & 0o777).toBe(0o400);
    expect(read()).toBe(cookie);
    expect(readdirSync(home)).toEqual(['.trestle.cookie']);
  });

  it('is the same for two nodes that start at once and both find none', () => {
    let inner = '';
    // The second node starts while the first is about to make its cookie.
    const random: Random = {
      ...systemRandom,
      bytes: (length) => {
        if (inner === '') inner = read();
        return systemRandom.bytes(length);
      },
    };
    expect(read({ random })).toBe(inner);
    expect(readdirSync(home)).toEqual(['.trestle.cookie']);
  });

  it.each([0o444, 0o440, 0o644, 0o402])('is refused if others may use its file (mode %o)', (mode) => {
    writeFileSync(file, 'top secret');
    chmodSync(file, mode);
    expect(() => read()).toThrow(BadArgumentError);
    expect(() => read()).toThrow(
      `startNode: expected the cookie file ${file} to be its owner's alone (chmod 400), got mode 0${mode.toString(8)}`,
    );
  });

  it('is refused if its file is empty', () => {
    writeFileSync(file, ' \n', { mode: 0o400 });
    expect(() => read()).toThrow(`startNode: expected a cookie in the file ${file}, got nothing`);
  });

  it('is refused if its file can neither be read nor made', () => {
    rmSync(home, { recursive: true });
    expect(() => read()).toThrow(`startNode: expected a cookie file at ${file}, got ENOENT`);
  });

  it('is refused if it is given and empty', () => {
    expect(() => read({ cookie: '' })).toThrow(
      'startNode: expected cookie to be a string that is not empty, got an empty one',
    );
    for (const text of ['', ' '])
      expect(() => read({ env: { TRESTLE_COOKIE: text } })).toThrow(
        'expected TRESTLE_COOKIE to be a string that is not empty',
      );
    expect(() => read({ cookie: 5 as never })).toThrow('got a value of type number');
    expect(() => read({ cookie: ['secret', ''] })).toThrow(
      'expected cookie.1 to be a string that is not empty, got an empty one',
    );
    const many = Array.from({ length: 9 }, (_, index) => `secret ${String(index)}`);
    for (const cookie of [[], many]) {
      expect(() => read({ cookie })).toThrow('expected cookie to be a string, or an array of 1 to 8 strings');
    }
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('prints as [cookie], wherever it is printed', () => {
    const cookie = new Cookie('secret');
    const options = { showHidden: true, depth: null } as const;
    const printed = [
      String(cookie),
      inspect(cookie),
      inspect({ deep: { cookie } }, options),
      inspect(cookie, { ...options, customInspect: false }),
      format('%s %o %O %j', cookie, cookie, cookie, cookie),
      JSON.stringify({ cookie, ...cookie }),
      Object.values(cookie).join(),
    ].join('\n');
    expect(printed).not.toContain('secret');
    expect(printed).toContain('[cookie]');
  });
});
