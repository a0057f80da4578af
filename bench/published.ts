import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleRuntime } from '../build/bundle-runtime';

const root = join(__dirname, '..');
const source = join(root, 'packages/runtime');

/** Not in the package itself: a checkout that has a `dist` runs from that. */
const target = join(root, 'node_modules/.cache/trestle-bench/runtime');

/** Compiles the package as it is published, if it is not up to date: OS processes start from that as those of users do. */
export function build(): void {
  const compiled = join(target, 'dist');
  const project = ['-p', join(source, 'tsconfig.build.json')];
  const outputs = ['--outDir', compiled, '--tsBuildInfoFile', join(compiled, '.tsbuildinfo')];
  const { status } = spawnSync('npx', ['tsc', ...project, ...outputs], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the build has failed');
  mkdirSync(target, { recursive: true });
  copyFileSync(join(source, 'package.json'), join(target, 'package.json'));
  bundleRuntime(target);
}

/** Starts a program of this folder, in JavaScript, which gets the path of the published package as its argument. */
export function startPublished(program: string): ChildProcess {
  return fork(join(__dirname, program), [target], { execArgv: [] });
}
