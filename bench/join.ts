import type { ChildProcess } from 'node:child_process';
import type { Cluster } from './other-node';
import { startProgram } from './program';

/** What the OS process of nodes that join a cluster is told. */
export interface Joining extends Cluster {
  readonly names: readonly string[];
  readonly hidden: boolean;
  /** The node they connect to, as soon as it is there. */
  readonly first: string;
  /** How many nodes each of them is connected to when all have joined. */
  readonly connections: number;
}

/** Starts an OS process whose nodes join a cluster. */
export function startJoining(joining: Joining): {
  readonly child: ChildProcess;
  readonly joined: Promise<void>;
} {
  const child = startProgram('joining-process');
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
