import type { Node } from './node/node';
import type { ShellOptions } from './shell/shell-options';

/**
 * Opens a shell on a node in this terminal: JavaScript with `Node`, `rpc`, `send`, `call` and the other words in the
 * global scope. Its parts are loaded on first use. The node goes on when the shell is left. OTP: iex.
 * @param options.preload a file whose exports become bindings (default: `.trestle.ts` or `.js`, here or at home)
 * @param options.history a file for what is typed (default: `~/.trestle_history` on a terminal)
 * @param options.inspect whether DevTools may attach, from this host only (default `true`)
 * @returns resolves when the user leaves, or the node stops
 * @throws BadArgumentError if an option is wrong
 */
export async function startShell(node: Node, options: ShellOptions = {}): Promise<void> {
  const shell = await import('./shell/shell');
  await shell.startShell(node, options);
}
