/** Types what docs/shell.md shows, in its order, and compares what comes with what stands there. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OsCluster, root } from './support/os-cluster';
import type { OsShell } from './support/os-shell';

const page = readFileSync(join(root, 'docs/shell.md'), 'utf8');
const [, programText = '', preloadText = ''] = page.split('```ts\n').map((block) => block.split('```')[0]!);
const program = join(__dirname, `program-shop-${String(process.pid)}.ts`);
const started = join(__dirname, `program-started-${String(process.pid)}.ts`);
const preload = join(__dirname, `program-preload-${String(process.pid)}.ts`);
/** Says when the program of the page has done what it does. */
const startedText = `
  import type { Node } from '@trestle/runtime';
  import main from '${program.replace(/\.ts$/, '')}';
  export default async (node: Node) => { await main(node); console.log('open'); };`;

let cluster: OsCluster;

beforeEach(async () => {
  writeFileSync(program, programText);
  writeFileSync(started, startedText);
  writeFileSync(preload, preloadText);
  cluster = await OsCluster.start();
});

afterEach(async () => {
  await cluster.end();
  for (const file of [program, started, preload]) rmSync(file);
});

/** What is typed, at the prompt of a shell or at that of the system, and what the page says comes of it. */
interface Typed {
  readonly at: 'shell' | 'system';
  readonly command: string;
  readonly output: string;
}

/** What is typed on the page. */
function typed(): Typed[] {
  const blocks = page.split('```').filter((_, index) => index % 2 === 1);
  const sessions = blocks.filter((block) => block.startsWith('\n')).join('');
  return sessions
    .split(/^(?=\$ |desk@127\.0\.0\.1 \d+> )/m)
    .map((part) => /^(\$|desk\S+ \d+>) (.*)\n([^]*)$/.exec(part))
    .filter((found) => found !== null)
    .map(([, prompt, command = '', output = '']) => ({
      at: prompt === '$' ? 'system' : 'shell',
      command,
      output: output.trim(),
    }));
}

/** Numbers of ports and processes are others each time. */
function masked(text: string): string {
  return text.replaceAll(/port \d+/g, 'port N').replaceAll(/\/\d+\.\d+\/\w+>/g, '/N>');
}

/** Executes a command of the system, for which the page's files are where this test has put them. */
async function executed(command: string): Promise<string> {
  const trestle = `${process.execPath} ${join(root, 'packages/runtime/bin/trestle.js')}`;
  const ran = cluster.execute([
    'sh',
    '-c',
    command
      .replace('npx trestle shell', `${trestle} shell --preload ${preload}`)
      .replace('npx trestle', trestle),
  ]);
  await ran.exited;
  return ran.stdout.trim();
}

it('shows what comes of what is typed', async () => {
  const [, options = ''] = /`npx trestle run shop\.ts (.*)`/.exec(page) ?? [];
  const shop = cluster.trestle(['run', started, ...options.split(' ')]);
  await shop.prints(/open/);
  let desk: OsShell | undefined;
  const all = typed();
  const seen: Typed[] = [];
  for (const { at, command } of all) {
    const isStart = command.startsWith('npx trestle shell');
    if (isStart) desk = cluster.shell(undefined, ['--no-preload', ...command.split(' ').slice(3)]);
    const came = isStart ? '' : at === 'shell' ? await desk!.type(command) : await executed(command);
    seen.push({ at, command, output: masked(came) });
  }
  expect(seen).toStrictEqual(all.map((one) => ({ ...one, output: masked(one.output) })));
  expect(await shop.exited).toEqual({ code: 0, signal: null });
}, 60_000);

it('numbers its commands as a shell does', () => {
  const numbers = Array.from(page.matchAll(/^desk@127\.0\.0\.1 (\d+)> /gm), ([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toStrictEqual(numbers.map((_, index) => index + 1));
});
