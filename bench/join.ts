import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Cluster } from './other-node';

/** What the OS process of nodes that join a cluster is told. */
export interface Joining extends Cluster {
  readonly names: readonly string[];
  readonly hidden: boolean;
  /** The node they connect to, as soon as it is there. */
  readonly first: string;
  /** How many nodes each of them is connected to when all have joined. */
  readonly connections: number;
}

/** Builds the package as it is published, if it is not up to date: the OS processes that join use that. */
export function build(): void {
  const cwd = join(__dirname, '..');
  const { status } = spawnSync('npx', ['tsc', '-b', 'packages/runtime/tsconfig.build.json'], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the build has failed');
}

/** Starts an OS process whose nodes join a cluster. */
export function startJoining(joining: Joining): {
  readonly child: ChildProcess;
  readonly joined: Promise<void>;
} {
  const child = fork(join(__dirname, 'joining-process.js'), { execArgv: [] });
  const joined = new Promise<void>((resolve, reject) => {
    child.once('message', () => {
      resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`an OS process has ended with ${String(code)}`));
    });
  });
  child.send(joining);
  return { child, joined };
}

/** Ends an OS process, and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
