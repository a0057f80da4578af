import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './support/free-port';

const run = promisify(execFile);
const folder = join(__dirname, '../docs');

/** The programs of a page: what imports something and prints something. */
function programsOf(page: string): { program: string; title: string }[] {
  const [, ...blocks] = readFileSync(join(folder, page), 'utf8').split('```ts\n');
  return blocks
    .map((block) => block.split('```')[0]!)
    .filter((program) => /^import .*console\.log/s.test(program))
    .map((program, index) => ({ program, title: `program ${String(index + 1)} of docs/${page}` }));
}

/** What a program says it prints: the comments behind its `console.log`. */
function expectedOutput(program: string): string {
  return Array.from(program.matchAll(/console\.log\(.*\/\/ (.*)\n/g), ([, line]) => `${line!}\n`).join('');
}

const programs = readdirSync(folder)
  .filter((page) => page.endsWith('.md'))
  .flatMap(programsOf);

it.each(programs)('$title runs, and prints what it says', async ({ program, title }) => {
  expect(expectedOutput(program)).not.toBe('');
  const name = title.replaceAll(/\W+/g, '-');
  const file = join(__dirname, `${name}-${String(process.pid)}.ts`);
  writeFileSync(file, program);
  try {
    const env = { ...process.env, NO_COLOR: '1', TRESTLE_MAPPER_PORT: String(await freePort()) };
    const { stdout } = await run(process.execPath, ['--conditions=source', '-r', 'ts-node/register', file], {
      env,
    });
    expect(stdout).toBe(expectedOutput(program));
  } finally {
    rmSync(file);
  }
});
