/** The packages as npm installs them: compiled, with a zod of their own beside the one that the user has. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { installAllPublished } from '../support/published-package';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-published-'));
  installAllPublished(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What a program of a user answers, who has the packages installed. */
function answerOf(program: string): unknown {
  const file = join(folder, 'program.js');
  writeFileSync(file, `${program}\nvoid main().then((answer) => console.log(JSON.stringify(answer)));\n`);
  return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 }));
}

it('loads of zod, with all three packages and a node started, only its own file', () => {
  const loaded = answerOf(`
    const { startNode } = require('@trestle/runtime');
    const { startCache } = require('@trestle/cache');
    require('@trestle/cluster'); require('@trestle/runtime/testing');
    async function main() {
      const node = await startNode();
      await node.stop();
      return Object.keys(require.cache).filter((path) => /zod/.test(path));
    }`);
  expect(loaded).toStrictEqual([join(folder, 'node_modules/@trestle/runtime/dist/zod.js')]);
});

it('says of wrong options what it says from its sources', async () => {
  const options = [{ port: 'x' }, { name: 'a' }, { watchdog: { afterMs: -1 } }, { wrong: 1 }];
  const program = (load: string): string => `
    ${load}
    const options = ${JSON.stringify(options)};
    const main = () => Promise.all(options.map((one) => startNode(one).catch((error) => error.message)));`;
  const { startNode } = await import('@trestle/runtime');
  const fromSource = options.map((one) =>
    startNode(one as object).catch((error: unknown) => (error as Error).message),
  );
  const published = answerOf(program("const { startNode } = require('@trestle/runtime');"));
  expect(published).toStrictEqual(await Promise.all(fromSource));
});

it('takes the schemas of the zod that its user has, and refuses by them', () => {
  const answer = answerOf(`
    const { defineApplication, startApplication, startNode, silentLogger } = require('@trestle/runtime');
    const { startCache } = require('@trestle/cache');
    const { z } = require('zod');
    const message = (error) => error.message.split('\\n')[0];
    async function main() {
      const node = await startNode({ logger: silentLogger });
      const age = z.strictObject({ age: z.number().default(7) });
      const cache = await startCache(node, { name: 'people', nodes: [node.name], schemas: { kept: age } });
      const kept = cache.namespace('kept');
      const own = cache.namespace('own', { schema: age });
      await kept.put('ann', {});
      await own.put('bob', { age: 8 });
      const values = [await kept.get('ann'), await own.get('bob')];
      const refused = await own.put('eve', { age: 'old' }).catch(message);
      let noSchema; try { cache.namespace('none', { schema: {} }); } catch (error) { noSchema = message(error); }
      await node.stop();
      return { values, refused, noSchema };
    }`) as { values: unknown; refused: string; noSchema: string };
  expect(answer.values).toStrictEqual([{ age: 7 }, { age: 8 }]);
  expect(answer.refused).toContain('age to be of type number');
  expect(answer.noSchema).toContain('a zod schema');
});

it('has in its tarball what it loads', () => {
  const cwd = join(folder, 'node_modules/@trestle/runtime');
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(text) as [{ files: { path: string }[] }];
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['dist/zod.js', 'dist/index.js']));
});

it('is bundled for a browser without a module of Node, and with no other zod', async () => {
  const entry = join(folder, 'page.js');
  writeFileSync(entry, "import { startBrowserNode } from '@trestle/runtime/browser'; startBrowserNode({});");
  const { metafile, outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, metafile: true, logLevel: 'silent' },
    platform: 'browser',
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes('zod'));
  expect(inputs.map((path) => path.replace(/^.*node_modules\//, ''))).toStrictEqual([
    '@trestle/runtime/dist/zod.js',
  ]);
  expect(outputFiles[0]!.text).not.toMatch(/require\(["']node:/);
});
