import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from './os-cluster';

const source = join(root, 'packages/runtime');

/**
 * Puts `@trestle/runtime` into the `node_modules` of a folder as npm would install it: compiled, with what it depends on.
 * @returns the path of its program, `trestle`
 */
export function installPublished(folder: string): string {
  const target = join(folder, 'node_modules/@trestle/runtime');
  compile(join(source, 'src'), join(target, 'dist'));
  cpSync(join(source, 'bin'), join(target, 'bin'), { recursive: true });
  cpSync(join(source, 'package.json'), join(target, 'package.json'));
  const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) installFromCheckout(folder, name);
  return join(target, 'bin/trestle.js');
}

/** Puts a package that the checkout has into the `node_modules` of a folder. */
export function installFromCheckout(folder: string, name: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), path);
}

/** What `npm run build` makes, but for the types, in a tenth of the time. */
function compile(from: string, outdir: string): void {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' });
  buildSync({
    entryPoints: files.filter((file) => file.endsWith('.ts')).map((file) => join(from, file)),
    outdir,
    outbase: from,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
}
