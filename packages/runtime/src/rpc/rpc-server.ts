import { NotExposedError } from '../terms/errors';
import { describeReason, errorToData, ProcessExit, type ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { Call } from '../terms/protocol';
import { localName } from '../terms/address';
import { noReply, type CallResult, type ReplyPort, replyPort } from '../behaviours/gen-server/call-result';
import { GenServer } from '../behaviours/gen-server/gen-server';
import { isPromise } from '../node/spawn';
import type { ExposedModules } from './exposed';

/** A function to call, by module and name, and what it is called with. OTP: `{M, F, A}`. */
export interface Mfa {
  readonly module: string;
  readonly fn: string;
  readonly args: readonly unknown[];
}

/** How a call of a function ended. OTP: erpc's separate failures. */
export type RpcResult =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'threw'; readonly error: unknown }
  | { readonly status: 'exited'; readonly reason: ExitReason }
  | { readonly status: 'notExposed'; readonly what: string };

type ApplyRequest = Call<{ readonly type: 'apply' } & Mfa, RpcResult>;

/** The server that calls exposed functions for other nodes: one on every node. OTP: `rex`. */
export class RpcServer extends GenServer<ApplyRequest, { readonly type: 'apply' } & Mfa, ExposedModules> {
  private modules!: ExposedModules;

  override init(modules: ExposedModules): void {
    this.modules = modules;
  }

  override handleCall(request: ApplyRequest, from: From): CallResult {
    const port: ReplyPort<RpcResult> = replyPort(request, from);
    this.perform(request, (result) => {
      this.answer(port, request, result);
    });
    return noReply();
  }

  override handleCast(request: { readonly type: 'apply' } & Mfa): void {
    this.perform(request, () => undefined);
  }

  /** Does what is asked; a function that returns a promise does not keep the next one waiting. */
  private perform(request: Mfa, done: (result: RpcResult) => void): void {
    try {
      const fn = this.modules.find(request.fn, request.module, request.fn);
      const result: unknown = fn(...request.args);
      if (!isPromise(result)) done({ status: 'returned', value: result });
      else {
        result.then(
          (value) => {
            done({ status: 'returned', value });
          },
          (error: unknown) => {
            done(failureOf(error));
          },
        );
      }
    } catch (error) {
      done(failureOf(error));
    }
  }

  /** A result that cannot travel is an error of the function that returned it. */
  private answer(port: ReplyPort<RpcResult>, request: Mfa, result: RpcResult): void {
    try {
      port.send(result);
    } catch (error) {
      const called = `${request.module}.${request.fn}`;
      const data = errorToData(error);
      this.self.log.report('error', { type: 'reply', called, error: data });
      port.send({ status: 'threw', error: data });
    }
  }
}

/** The name of the rpc server on every node. */
export const rpcServer = localName<RpcServer>('rpc');

function failureOf(error: unknown): RpcResult {
  if (error instanceof NotExposedError) return { status: 'notExposed', what: error.what };
  if (error instanceof ProcessExit) return { status: 'exited', reason: error.reason };
  const data = errorToData(error);
  return {
    status: 'threw',
    error:
      data === error ? { type: 'error', name: 'Error', message: describeReason(error), cause: error } : data,
  };
}
