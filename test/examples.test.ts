import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './support/free-port';

const folder = join(__dirname, '../examples');
const run = promisify(execFile);
const fromSource = ['--conditions=source', '-r', 'ts-node/register'];
const files = readdirSync(folder).filter((file) => /^\d\d-.*\.ts$/.test(file));

/** What an example says it prints: its last lines, as comments. */
function expectedOutput(source: string): string {
  const [, block = ''] = source.split('// prints:\n');
  return block.replaceAll(/^\/\/ /gm, '');
}

describe('examples', () => {
  it('are numbered from 01 without a gap', () => {
    expect(files.map((file) => Number(file.slice(0, 2)))).toEqual(files.map((_, index) => index + 1));
  });

  it.each(files)('%s prints what it says, can be read in a minute, and ends by itself', async (file) => {
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    expect(source.split('\n').length).toBeLessThanOrEqual(81);
    expect(expectedOutput(source)).not.toBe('');
    const env = {
      ...process.env,
      NO_COLOR: '1',
      TRESTLE_MAPPER_PORT: String(await freePort()),
    };
    const { stdout } = await run(process.execPath, [...fromSource, path], { env });
    expect(stdout).toBe(expectedOutput(source));
  });
});
