import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bundleRuntime } from '../build/bundle-runtime';

const root = join(__dirname, '..');

/** Not in the packages themselves: a checkout that has a `dist` runs from that. */
const target = join(root, 'node_modules/.cache/trestle-bench');

/**
 * Compiles what is not up to date of the packages, as they are published, and beside them the programs of this folder,
 * as those of a user: what is measured has no compiler in its heap.
 * @returns the folder of the programs
 */
export function build(): string {
  const { status } = spawnSync('npx', ['tsc', '-b', join(__dirname, 'published/programs.json')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the build has failed');
  for (const name of ['runtime', 'cluster', 'cache']) install(name);
  bundleRuntime(join(target, 'node_modules/@trestle/runtime'));
  return join(target, 'bench');
}

/** Completes a compiled package: its manifest, and what it depends on in another version than the checkout. */
function install(name: string): void {
  const source = join(root, 'packages', name);
  const installed = join(target, 'node_modules/@trestle', name);
  copyFileSync(join(source, 'package.json'), join(installed, 'package.json'));
  const own = join(source, 'node_modules');
  const link = join(installed, 'node_modules');
  rmSync(link, { force: true });
  if (existsSync(own)) symlinkSync(own, link);
}
