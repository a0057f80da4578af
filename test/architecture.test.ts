import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import {
  cycleViolations,
  escapeViolations,
  layerViolations,
  packageDirectionViolations,
  sideDoorViolations,
  undeclaredViolations,
} from './support/architecture/direction-rules';
import {
  barrelViolations,
  fileSizeViolations,
  functionSizeViolations,
  maxFileLines,
  maxFunctionLines,
  nameViolations,
} from './support/architecture/size-and-name-rules';
import { unheardRejections } from './support/architecture/rejection-rules';
import { importsOf, readSourceTree, type SourceTree } from './support/architecture/source-tree';

const root = join(__dirname, '..');

/** The packages a published package brings along, or says it needs. */
function declaredBy(packageName: string): string[] {
  const text = readFileSync(join(root, 'packages', packageName, 'package.json'), 'utf8');
  const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

describe('the source tree', () => {
  const tree = readSourceTree(root);

  it('holds the sources of all three packages', () => {
    const paths = [...tree.keys()];
    for (const name of ['runtime', 'cluster', 'cache']) {
      expect(paths.filter((path) => path.startsWith(`packages/${name}/src/`))).not.toStrictEqual([]);
    }
  });

  it('imports packages one way, cache -> cluster -> runtime, and through their two doors', () => {
    expect(packageDirectionViolations(tree)).toStrictEqual([]);
  });

  it('imports layers with a door of their own only by that door', () => {
    expect(sideDoorViolations(tree)).toStrictEqual([]);
  });

  it('imports the layers of each package one way, as runtime its shell -> rpc -> distribution -> behaviours -> node -> process -> terms', () => {
    expect(layerViolations(tree)).toStrictEqual([]);
  });

  it('has no circle of imports between files', () => {
    expect(cycleViolations(tree)).toStrictEqual([]);
  });

  it('has no relative import that leaves its package', () => {
    expect(escapeViolations(tree)).toStrictEqual([]);
  });

  it('imports only packages that its own package.json declares', () => {
    expect(undeclaredViolations(tree, declaredBy)).toStrictEqual([]);
  });

  it('has no barrel inside a folder', () => {
    expect(barrelViolations(tree)).toStrictEqual([]);
  });

  it('names files in kebab-case after what they hold, never util, helper, common or manager', () => {
    expect(nameViolations(tree)).toStrictEqual([]);
  });

  it(`has no file over ${maxFileLines} lines`, () => {
    expect(fileSizeViolations(tree)).toStrictEqual([]);
  });

  it(`has no function over ${maxFunctionLines} lines`, () => {
    expect(functionSizeViolations(tree)).toStrictEqual([]);
  });
});

describe('the tests', () => {
  const folder = join(root, 'test');
  // The programs of the documentation are there while its own test runs them.
  const isOfDocs = /^(readme-)?program-/;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !isOfDocs.test(path),
  );

  it('hear every promise that is to reject before they await another', () => {
    const found = paths.flatMap((path) =>
      unheardRejections(`test/${path}`, readFileSync(join(folder, path), 'utf8')),
    );
    expect(paths.length).toBeGreaterThan(100);
    expect(found).toStrictEqual([]);
  });
});

describe('the runtime in a browser', () => {
  const src = join(root, 'packages/runtime/src');
  const exportsOf = (file: string): string[] => {
    const text = readFileSync(join(src, file), 'utf8');
    const lists = Array.from(text.matchAll(/^export (?:type )?\{([^}]*)\}/gm), ([, list]) => list!);
    const declared = Array.from(
      text.matchAll(/^export (?:const \{ |const|function|class) ?(\w+)/gm),
      ([, name]) => name!,
    );
    const listed = lists.flatMap((list) => list.split(',').map((name) => name.replace('type ', '').trim()));
    return [...declared, ...listed].filter((name) => name !== '').toSorted();
  };

  it('has a twin of each part of the platform, with the same exports', () => {
    const parts = readdirSync(join(src, 'platform')).filter((name) => name.endsWith('.ts'));
    expect(readdirSync(join(src, 'platform/browser'))).toEqual(parts);
    const types = ['InspectOptionsStylized'];
    for (const part of parts) {
      const names = new Set(exportsOf(`platform/${part}`).filter((name) => !types.includes(name)));
      expect([part, ...new Set(exportsOf(`platform/browser/${part}`))]).toEqual([part, ...names]);
    }
  });

  it('is bundled without a module of Node', async () => {
    const { metafile, outputFiles, warnings } = await build({
      entryPoints: [join(src, 'browser.ts')],
      ...{ bundle: true, write: false, metafile: true, logLevel: 'silent' },
      platform: 'browser',
      conditions: ['source'],
    });
    expect(warnings).toStrictEqual([]);
    const inputs = Object.keys(metafile.inputs);
    const ofNode = /\/ws\/|src\/(platform\/[\w-]+|start-node|distribution\/(tls|port-mapper)\/[\w-]+)\.ts$/;
    expect(inputs.filter((path) => ofNode.test(path))).toStrictEqual([]);
    expect(outputFiles[0]!.text).not.toMatch(/require\(["']|from ["']node:/);
    expect(inputs).toContain('packages/runtime/src/platform/browser/buffer.ts');
  });
});

describe('the check of the source tree', () => {
  const treeOf = (files: Record<string, string>): SourceTree => new Map(Object.entries(files));
  const lines = (count: number): string => 'x();\n'.repeat(count);

  it('sees every form of import', () => {
    const text = `
      import a from 'a'; import type { B } from 'b'; import 'c'; import d = require('d');
      export { e } from 'e'; export * from 'f'; export type { G } from 'g';
      type H = import('h').H; type H2 = typeof import('h2');
      const i = import('i'); const j = require('j'); const k = import(\`k\`);
      // import 'comment'
      const text = "import 'text'";
    `;
    expect(importsOf('x.ts', text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'h2', 'i', 'j', 'k']);
  });

  it('refuses a package that imports one above it, itself, or past the doors', () => {
    const tree = treeOf({
      'packages/runtime/src/a.ts': "import { x } from '@trestle/cluster';",
      'packages/cluster/src/b.ts': "import type { X } from '@trestle/cache/internal';",
      'packages/cluster/src/c.ts': "import { x } from '@trestle/cluster';",
      'packages/cache/src/d.ts': "import { x } from '@trestle/runtime/src/node';",
      'packages/cache/src/e.ts':
        "import { x } from '@trestle/runtime'; export { y } from '@trestle/cluster/internal';",
    });
    expect(packageDirectionViolations(tree)).toEqual([
      'packages/runtime/src/a.ts imports @trestle/cluster',
      'packages/cluster/src/b.ts imports @trestle/cache/internal',
      'packages/cluster/src/c.ts imports @trestle/cluster',
      'packages/cache/src/d.ts imports @trestle/runtime/src/node',
    ]);
  });

  it('refuses an import of a layer with a door of its own past that door', () => {
    const tree = treeOf({
      'packages/runtime/src/index.ts': "export { machineServer } from './xstate/machine-class';",
      'packages/runtime/src/xstate.ts': "export { machineServer } from './xstate/machine-class';",
      'packages/runtime/src/testing.ts': "import './xstate/machine-class'; import './testing/settle';",
      'packages/runtime/src/xstate/machine-class.ts':
        "import './machine-server'; import '../testing/settle';",
      'packages/runtime/src/xstate/machine-server.ts': '',
      'packages/runtime/src/testing/settle.ts': '',
    });
    expect(sideDoorViolations(tree)).toEqual([
      'packages/runtime/src/index.ts imports packages/runtime/src/xstate/machine-class.ts',
      'packages/runtime/src/testing.ts imports packages/runtime/src/xstate/machine-class.ts',
      'packages/runtime/src/xstate/machine-class.ts imports packages/runtime/src/testing/settle.ts',
    ]);
  });

  it('refuses a layer that imports one above it, and a folder that is no layer', () => {
    const tree = treeOf({
      'packages/runtime/src/terms/pid.ts': "import type { Process } from '../process/process';",
      'packages/runtime/src/process/process.ts': "import { Pid } from '../terms/pid';",
      'packages/runtime/src/rpc/rpc.ts': "import { startNode } from '../start-node';",
      'packages/runtime/src/shell/shell.ts':
        "import { startNode } from '../start-node'; import { x } from '../index'; import '../rpc/rpc';",
      'packages/runtime/src/start-node.ts': "import { rpc } from './rpc/rpc'; import './shell/shell';",
      'packages/runtime/src/index.ts': "export { startNode } from './start-node';",
      'packages/runtime/src/extras/x.ts': '',
      'packages/cluster/src/names/x.ts': '',
      'packages/cache/src/server/cache-server.ts': '',
      'packages/cache/src/store/store.ts': "import '../server/cache-server'; import '../terms/cache-key';",
    });
    expect(layerViolations(tree)).toEqual([
      'packages/runtime/src/extras/x.ts is in no known layer',
      'packages/cluster/src/names/x.ts is in no known layer',
      'packages/runtime/src/terms/pid.ts imports packages/runtime/src/process/process.ts',
      'packages/runtime/src/rpc/rpc.ts imports packages/runtime/src/start-node.ts',
      'packages/runtime/src/shell/shell.ts imports packages/runtime/src/index.ts',
      'packages/cache/src/store/store.ts imports packages/cache/src/server/cache-server.ts',
    ]);
  });

  it('sees a promise that is to reject and waits for another, and one that is heard at once', () => {
    const text = `
      it('a', async () => {
        const late = call(); const heard = call();
        const failed = expect(heard).rejects.toThrow();
        await other();
        await expect(late).rejects.toThrow();
        await failed;
      });
      it('b', async () => {
        const [one, two] = [call(), call()];
        await expect(one).rejects.toThrow();
        await expect(two).rejects.toThrow();
        const at = call();
        await expect(at).rejects.toThrow(); await expect(at).rejects.toThrow();
      });`;
    expect(unheardRejections('x.test.ts', text)).toEqual(['x.test.ts:3 late', 'x.test.ts:10 two']);
  });

  it('refuses a circle of imports, even of types, and accepts two ways to one file', () => {
    const tree = treeOf({
      'packages/cluster/src/a.ts': "import './b'; import './d';",
      'packages/cluster/src/b.ts': "import type { C } from './c';",
      'packages/cluster/src/c.ts': "import './a'; import './d';",
      'packages/cluster/src/d.ts': '',
      'packages/cluster/src/e.ts': "import './e';",
    });
    expect(cycleViolations(tree)).toEqual([
      'packages/cluster/src/a.ts -> packages/cluster/src/b.ts -> packages/cluster/src/c.ts -> packages/cluster/src/a.ts',
      'packages/cluster/src/e.ts -> packages/cluster/src/e.ts',
    ]);
  });

  it('refuses a relative import that leaves the package', () => {
    const tree = treeOf({
      'packages/cluster/src/names/a.ts': "import '../../../runtime/src/index'; import '../../package.json';",
      'packages/cluster/src/b.ts': "import '../../../examples/x';",
    });
    expect(escapeViolations(tree)).toEqual([
      'packages/cluster/src/names/a.ts imports packages/runtime/src/index',
      'packages/cluster/src/b.ts imports examples/x',
    ]);
  });

  it('refuses an import of a package that is not declared', () => {
    const text = "import 'ws/lib/x'; import '@a/b/c'; import 'fs'; import 'node:net'; import './y';";
    const violations = undeclaredViolations(treeOf({ 'packages/cache/src/x.ts': text }), () => ['ws']);
    expect(violations.map((violation) => violation.split(',')[0])).toEqual([
      'packages/cache/src/x.ts imports @a/b',
      'packages/cache/src/x.ts imports fs',
    ]);
  });

  it('refuses a barrel inside a folder and accepts the door', () => {
    const tree = treeOf({ 'packages/cache/src/index.ts': '', 'packages/cache/src/store/index.ts': '' });
    expect(barrelViolations(tree)).toEqual(['packages/cache/src/store/index.ts']);
  });

  it('refuses names that are not kebab-case or say nothing', () => {
    const bad = [
      'Cache.ts',
      'cache_server.ts',
      'cacheServer.ts',
      'util.ts',
      'ring-helpers.ts',
      'common/ring.ts',
    ];
    const good = ['cache-server.ts', 'phash2.ts', 'routing/ring.ts'];
    const tree = treeOf(
      Object.fromEntries([...bad, ...good].map((name) => [`packages/cache/src/${name}`, ''])),
    );
    expect(nameViolations(tree)).toEqual(bad.map((name) => `packages/cache/src/${name}`));
  });

  it('refuses a file of 301 lines and accepts one of 300', () => {
    const tree = treeOf({ 'packages/cache/src/a.ts': lines(300), 'packages/cache/src/b.ts': lines(301) });
    expect(fileSizeViolations(tree)).toEqual(['packages/cache/src/b.ts has 301 lines']);
  });

  it('refuses a function, method or arrow of 41 lines and accepts one of 40', () => {
    const body = (count: number): string => `{\n${lines(count - 2)}}`;
    const tree = treeOf({
      'packages/cache/src/a.ts': `/** Not\n * counted.\n */\nfunction f() ${body(40)}`,
      'packages/cache/src/b.ts': `function f() ${body(41)}`,
      'packages/cache/src/c.ts': `class C {\nm() ${body(41)}\n}`,
      'packages/cache/src/d.ts': `const f = () => ${body(41)};`,
    });
    expect(functionSizeViolations(tree)).toEqual([
      'packages/cache/src/b.ts:1 has 41 lines',
      'packages/cache/src/c.ts:2 has 41 lines',
      'packages/cache/src/d.ts:1 has 41 lines',
    ]);
  });
});
