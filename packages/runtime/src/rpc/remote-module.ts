import type { RemoteModule, Rpc, RpcModule } from '../node/rpc';

/** The functions of a module that other nodes expose, each of them a call. */
export function remoteModule<T>(call: Rpc['call'], name: string): RpcModule<T> {
  return {
    // A proxy, because the functions are known to the compiler and to the other node only.
    on: (node, options) =>
      new Proxy({} as RemoteModule<T>, {
        get: (_target, fn) => {
          // `await` looks for `then`; a remote module is no promise.
          if (typeof fn !== 'string' || fn === 'then') return undefined;
          return (...args: unknown[]) => call(node, name, fn, args, options);
        },
      }),
  };
}
