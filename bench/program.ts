import { fork, type ChildProcess } from 'node:child_process';

/** Starts another program of this folder in an OS process of its own. */
export function startProgram(name: string): ChildProcess {
  return fork(require.resolve(`./${name}`));
}
