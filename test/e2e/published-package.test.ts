/** The packages as npm installs them: the runtime in one file, with a zod of its own beside the one that the user has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../support/os-cluster';
import { installAllPublished, installFromCheckout } from '../support/published-package';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-published-'));
  installAllPublished(folder);
  installFromCheckout(folder, 'xstate');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What a program of a user answers, who has the packages installed. */
function answerOf(program: string, options: readonly string[] = []): unknown {
  const file = join(folder, 'program.js');
  writeFileSync(file, `${program}\nvoid main().then((answer) => console.log(JSON.stringify(answer)));\n`);
  return JSON.parse(
    execFileSync(process.execPath, [...options, file], { encoding: 'utf8', timeout: 20_000 }),
  );
}

it('loads one file of its own for a node, and no zod but what is in it', () => {
  const loaded = answerOf(`
    const { startNode } = require('@trestle/runtime');
    async function main() {
      const node = await startNode();
      await node.stop();
      return Object.keys(require.cache).filter((path) => /zod|@trestle/.test(path));
    }`) as string[];
  const bundled = join(folder, 'node_modules/@trestle/runtime/dist/bundled');
  expect(loaded.filter((path) => !path.includes('/ws/'))).toStrictEqual([
    join(bundled, 'index.js'),
    join(bundled, 'runtime.js'),
  ]);
});

it('prints a line of code, and not a module, where an error is not caught', () => {
  const file = join(folder, 'uncaught.js');
  writeFileSync(file, "require('@trestle/runtime').localName(7);");
  const { stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 });
  expect(stderr).toContain('expected');
  const longest = Math.max(...stderr.split('\n').map((line) => line.length));
  expect(longest).toBeLessThan(1_000);
});

it('has one class of each name, whichever door it comes from', () => {
  const answer = answerOf(`
    const { GenServer } = require('@trestle/runtime');
    const { VirtualClock } = require('@trestle/runtime/testing');
    const { machineServer } = require('@trestle/runtime/xstate');
    const { Strategy } = require('@trestle/cluster');
    const { LocalNode } = require('@trestle/runtime/internal');
    const browser = require('@trestle/runtime/browser');
    const { createMachine } = require('xstate');
    async function main() {
      const machine = machineServer(createMachine({}));
      return [Strategy.prototype, machine.prototype].map((it) => it instanceof GenServer)
        .concat(browser.GenServer === GenServer, GenServer.name, LocalNode.name, typeof VirtualClock);
    }`);
  expect(answer).toStrictEqual([true, true, true, 'GenServer', 'LocalNode', 'function']);
});

it('opens its doors to modules, by the names of their sources', async () => {
  const file = join(folder, 'program.mjs');
  writeFileSync(
    file,
    `import { startNode } from '@trestle/runtime';
    import * as main from '@trestle/runtime'; import * as testing from '@trestle/runtime/testing';
    import * as xstate from '@trestle/runtime/xstate'; import * as internal from '@trestle/runtime/internal';
    import * as browser from '@trestle/runtime/browser';
    await (await startNode()).stop();
    const names = (door) => Object.keys(door).filter((name) => !/^(default|module.exports)$/.test(name)).toSorted();
    console.log(JSON.stringify([main, testing, xstate, internal, browser].map(names)));`,
  );
  const published = execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 });
  const doors = ['runtime', 'runtime/testing', 'runtime/xstate', 'runtime/internal', 'runtime/browser'];
  const sources = doors.map((door) => Object.keys(jest.requireActual<object>(`@trestle/${door}`)).toSorted());
  expect(JSON.parse(published)).toStrictEqual(sources);
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

it('tells by its map which line of which source a stack is about', () => {
  const answer = answerOf(
    `
    const { startNode } = require('@trestle/runtime');
    const main = () => startNode({ port: 'x' }).catch((error) => error.stack.split('\\n'));`,
    ['--enable-source-maps'],
  ) as string[];
  const text = readFileSync(join(root, 'packages/runtime/src/start-node.ts'), 'utf8');
  const line = text.split('\n').findIndex((code) => code.includes('checkNodeOptions(options);')) + 1;
  expect(answer.find((frame) => frame.includes('at startNode'))).toContain(
    `packages/runtime/src/start-node.ts:${line}:`,
  );
});

it('has in its tarball what it loads', () => {
  const cwd = join(folder, 'node_modules/@trestle/runtime');
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(text) as [{ files: { path: string }[] }];
  const programs = files.map(({ path }) => path).filter((path) => path.endsWith('.js'));
  const names = [
    'browser',
    'index',
    'internal',
    'page',
    'page-runtime',
    'runtime',
    'shell',
    'testing',
    'xstate',
  ];
  expect(programs.toSorted()).toStrictEqual(
    [
      'bin/register-source.js',
      'bin/trestle.js',
      ...names.map((name) => `dist/bundled/${name}.js`),
    ].toSorted(),
  );
});

it('is bundled for a browser without a module of Node, and with no other zod', async () => {
  const entry = join(folder, 'page.js');
  writeFileSync(
    entry,
    `import { GenServer, reply, startBrowserNode } from '@trestle/runtime/browser';
    class Echo extends GenServer { handleCall(request) { return reply(request, request.text); } }
    startBrowserNode({ name: 'page@browser', cookie: 'secret', connect: {}, WebSocket: class {} }).then(async (node) => {
      console.log(await node.call(await node.start(Echo), { type: 'echo', text: 'an echo' }));
      await node.stop();
      // What a page has for the next turn keeps Node.js awake.
      process.exit();
    });`,
  );
  const { metafile, outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, metafile: true, logLevel: 'silent' },
    platform: 'browser',
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => /zod|@trestle/.test(path));
  expect(inputs.map((path) => path.replace(/^.*@trestle/, '@trestle')).toSorted()).toStrictEqual([
    '@trestle/runtime/dist/bundled/page-runtime.js',
    '@trestle/runtime/dist/bundled/page.js',
  ]);
  const { text } = outputFiles[0]!;
  expect(text).not.toMatch(/require\(["']node:/);
  writeFileSync(join(folder, 'bundle.js'), text);
  const printed = execFileSync(process.execPath, [join(folder, 'bundle.js')], {
    ...{ encoding: 'utf8', timeout: 20_000 },
  });
  expect(printed).toBe('an echo\n');
});
