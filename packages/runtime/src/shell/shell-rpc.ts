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
    multicast: ((...args: Parameters<Rpc['multicast']>) => {
      rpc.multicast(...args);
    }) as Rpc['multicast'],
    sendRequest: ((...args: Parameters<Rpc['sendRequest']>) =>
      rpc.sendRequest(...args)) as Rpc['sendRequest'],
    receiveResponse: ((...args: Parameters<Rpc['receiveResponse']>) =>
      shell.unlessGivenUp(rpc.receiveResponse(...args))) as Rpc['receiveResponse'],
    waitResponse: ((...args: Parameters<Rpc['waitResponse']>) =>
      shell.unlessGivenUp(rpc.waitResponse(...args))) as Rpc['waitResponse'],
    checkResponse: ((...args: Parameters<Rpc['checkResponse']>) =>
      rpc.checkResponse(...args)) as Rpc['checkResponse'],
    module: (name) => remoteModule(call, name),
  };
}
