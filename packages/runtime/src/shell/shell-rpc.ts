import type { Rpc } from '../node/rpc';
import { remoteModule } from '../rpc/remote-module';
import type { ShellProcess } from './shell-process';

/** The `rpc` of the prompt: what a command waits for fails when the command is given up. */
export function shellRpc(shell: ShellProcess): Rpc {
  const { rpc } = shell.node;
  const call: Rpc['call'] = (...args) => shell.unlessGivenUp(rpc.call(...args));
  return {
    call,
    multicall: (...args) => shell.unlessGivenUp(rpc.multicall(...args)),
    cast: (...args) => {
      rpc.cast(...args);
    },
    module: (name) => remoteModule(call, name),
  };
}
