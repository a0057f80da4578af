import type { Rpc } from '../node/rpc';
import { remoteModule } from '../rpc/remote-module';
import type { ShellProcess } from './shell-process';

/** The `rpc` of the prompt: what a command waits for fails when the command is given up. */
export function shellRpc(shell: ShellProcess): Rpc {
  const { rpc } = shell.node;
  // Overloads are not seen through: what is passed on is what came.
  const call = ((...args: Parameters<Rpc['call']>) => shell.unlessGivenUp(rpc.call(...args))) as Rpc['call'];
  return {
    call,
    multicall: ((...args: Parameters<Rpc['multicall']>) =>
      shell.unlessGivenUp(rpc.multicall(...args))) as Rpc['multicall'],
    cast: ((...args: Parameters<Rpc['cast']>) => {
      rpc.cast(...args);
    }) as Rpc['cast'],
    sendRequest: ((...args: Parameters<Rpc['sendRequest']>) =>
      rpc.sendRequest(...args)) as Rpc['sendRequest'],
    receiveResponse: (...args) => shell.unlessGivenUp(rpc.receiveResponse(...args)),
    waitResponse: (...args) => shell.unlessGivenUp(rpc.waitResponse(...args)),
    checkResponse: (...args) => rpc.checkResponse(...args),
    module: (name) => remoteModule(call, name),
  };
}
