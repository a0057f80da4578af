import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

it('the end of a process goes its way though a listener of its signal throws: Node reports that', async () => {
  const program = join(__dirname, 'programs', 'throwing-listeners.ts');
  const args = ['--conditions=source', '-r', 'ts-node/register', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({ heard: ['over', 'over', 'free'], uncaught: ['bad listener'] });
});
