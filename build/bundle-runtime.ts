import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { bundleModules } from './bundle-modules';
import { bundleZod } from './bundle-zod';

const runtime = join(__dirname, '../packages/runtime');

/** The doors of the package by the sources that they open to, and the program of the shell. */
const doors = ['index', 'internal', 'testing', 'xstate', 'browser'];
const shell = 'shell/main';

/**
 * Puts the compiled modules of a `@trestle/runtime` into one file, `bundled/runtime.js`, and beside it the doors that
 * open to it: to read and keep one file takes half of what four hundred take. A page gets a file of its own, with the
 * platform of browsers.
 * @param folder the package, compiled into its `dist`
 */
export function bundleRuntime(folder: string): void {
  const dist = join(folder, 'dist');
  const bundled = join(dist, 'bundled');
  rmSync(bundled, { recursive: true, force: true });
  bundleZod(join(dist, 'zod.js'));
  const write = (name: string, text: string): void => {
    writeFileSync(join(bundled, name), text);
  };
  const bundle = (file: string, modules: readonly string[], platform: string): void => {
    const entries = modules.map((path) => `${path}.js`);
    const { code, map } = bundleModules(dist, entries, (name) => ownModule(name, platform), bundled);
    write(`${file}.js`, `${code}//# sourceMappingURL=${file}.js.map\n`);
    write(`${file}.js.map`, map);
  };
  mkdirSync(bundled, { recursive: true });
  bundle('runtime', [...doors, shell], 'platform');
  bundle('page-runtime', ['browser'], 'platform/browser');
  for (const door of doors) write(`${door}.js`, textOf('runtime', door));
  write('page.js', textOf('page-runtime', 'browser'));
  write('shell.js', `'use strict';\nrequire('./runtime.js')('${shell}.js');\n`);
}

/** The imports of the manifest, but for those of sources. What the package depends on stays outside: who repairs it repairs it here. */
function ownModule(name: string, platform: string): string | undefined {
  if (name === '#zod') return 'zod.js';
  return name.startsWith('#platform/') ? `${name.replace('#platform', platform)}.js` : undefined;
}

/** A door, with its names as modules and bundlers find them in CommonJS. */
function textOf(file: string, door: string): string {
  const lines = namesOf(door).map((name) => `exports.${name} = door.${name};`);
  return ["'use strict';", `const door = require('./${file}.js')('${door}.js');`, ...lines, ''].join('\n');
}

/** The values that a door exports. */
function namesOf(door: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [join(runtime, 'src', `${door}.ts`)],
    ...{ bundle: true, write: false, metafile: true, outdir: runtime, format: 'esm', logLevel: 'error' },
    ...{ platform: 'node', packages: 'external', conditions: ['source'] },
  });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

if (require.main === module) bundleRuntime(runtime);
