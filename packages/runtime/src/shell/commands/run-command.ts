import { existsSync } from 'node:fs';
import { BadArgumentError } from '../../terms/errors';
import type { Node } from '../../node/node';
import { unreadablePlace } from '../prompt/error-text';
import { loadModule } from './load-module';
import { startCommandNode, type NodeCommandOptions } from './node-command';
import { onStopSignal } from './stop-signals';
import { reportError } from './user-error';

type Main = (node: Node, args: readonly string[]) => unknown;

/**
 * `trestle run FILE`: starts a node and calls what the file exports as its default, or as `main`, with the node and
 * the arguments. Goes on for as long as the node runs; a signal stops the node in order.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: NodeCommandOptions,
): Promise<void> {
  if (!existsSync(file)) throw new BadArgumentError({ call: 'run', expected: 'a file', got: file });
  const node = await startCommandNode(options);
  onStopSignal(() => void node.stop());
  const state = { hasStopped: false };
  const stopped = node.stopped.then(() => (state.hasStopped = true));
  try {
    const main = await loadMain(file).catch((error: unknown) => {
      throw located(error, file);
    });
    await Promise.race([main(node, args), stopped]);
  } catch (error) {
    // What a program throws because its node was stopped is no failure of it.
    if (state.hasStopped) return;
    reportError(error, { ...options, frames: true });
    process.exitCode = 1;
    await node.stop();
  }
  await stopped;
}

/** Of a module that cannot be read Node tells nobody the place: the error says at least what was loaded. */
function located(error: unknown, file: string): unknown {
  if (error instanceof SyntaxError && unreadablePlace(error) === undefined) {
    error.message += ` (in ${file}, or in what it imports)`;
  }
  return error;
}

async function loadMain(file: string): Promise<Main> {
  const { default: exported, main } = await loadModule(file);
  const found = exported ?? main;
  if (typeof found === 'function') return found as Main;
  throw new BadArgumentError({
    call: `run ${file}`,
    expected: 'a default export: async (node, args) => …, or one named main',
    got: found,
  });
}
