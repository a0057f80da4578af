import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { bundleRuntime } from '../../build/bundle-runtime';
import { root } from './os-cluster';

/**
 * Puts `@trestle/runtime` into the `node_modules` of a folder as npm would install it: compiled, with what it depends on.
 * @returns the path of its program, `trestle`
 */
export function installPublished(folder: string): string {
  const target = install(folder, 'runtime');
  bundleRuntime(target);
  cpSync(join(root, 'packages/runtime/bin'), join(target, 'bin'), { recursive: true });
  return join(target, 'bin/trestle.js');
}

/** Puts all three packages into the `node_modules` of a folder, as `installPublished` does the first. */
export function installAllPublished(folder: string): void {
  installPublished(folder);
  install(folder, 'cluster');
  install(folder, 'cache');
}

/** Puts a package that the checkout has into the `node_modules` of a folder. */
export function installFromCheckout(folder: string, name: string, from = root): void {
  const path = join(folder, 'node_modules', name);
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const own = join(from, 'node_modules', name);
  symlinkSync(existsSync(own) ? own : join(root, 'node_modules', name), path);
}

/** Compiles one of the packages into a folder. */
function install(folder: string, name: string): string {
  const source = join(root, 'packages', name);
  const target = join(folder, 'node_modules/@trestle', name);
  compile(join(source, 'src'), join(target, 'dist'));
  cpSync(join(source, 'package.json'), join(target, 'package.json'));
  const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const others = Object.keys(dependencies).filter((dependency) => !dependency.startsWith('@trestle/'));
  for (const dependency of others) installFromCheckout(folder, dependency, source);
  return target;
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
    sourcemap: true,
    logLevel: 'error',
  });
}
