import { existsSync } from 'node:fs';
import { BadArgumentError } from '../../terms/errors';
import { startCommandNode, type NodeCommandOptions } from './node-command';
import { startShell } from '../shell';
import { onStopSignal } from './stop-signals';

/** Options of `trestle shell`. */
export interface ShellCommandOptions extends NodeCommandOptions {
  readonly preload?: string | false;
  readonly history?: string | false;
  readonly inspect: boolean;
}

/**
 * `trestle shell`: starts a node and opens a shell on it; stops the node when the shell is left. The exit code of a shell
 * that nobody types into is 1 if its last command has failed, as that of a script of `sh`.
 */
export async function shellCommand(options: ShellCommandOptions): Promise<void> {
  const { preload, history, inspect } = options;
  if (typeof preload === 'string' && !existsSync(preload)) {
    throw new BadArgumentError({ call: '--preload', expected: 'a file', got: preload });
  }
  const node = await startCommandNode(options);
  onStopSignal(() => void node.stop());
  const { lastFailed } = await startShell(node, {
    inspect,
    ...(preload === undefined ? {} : { preload }),
    ...(history === undefined ? {} : { history }),
  });
  if (lastFailed && !process.stdin.isTTY) process.exitCode = 1;
  await node.stop();
}
