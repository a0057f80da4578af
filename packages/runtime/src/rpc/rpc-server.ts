import { errorToData } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import type { Call } from '../terms/protocol';
import { localName } from '../terms/address';
import { rpcServerName } from '../terms/rpc-server-name';
import {
  noReply,
  type CallResult,
  type Next,
  type ReplyPort,
  replyPort,
} from '../behaviours/gen-server/call-result';
import { GenServer } from '../behaviours/gen-server/gen-server';
import { refuseCall, refuseCast } from '../behaviours/gen-server/refused-request';
import { RemoteFrom } from '../distribution/connection/remote-from';
import { BaseVerbs } from '../node/verbs/base-verbs';
import { originOf } from '../node/signals/cast-origin';
import { describeCode, refusedReport } from '../node/code/refused-code';
import { isPromise } from '../terms/promise';
import { runs } from './body';
import type { ExposedFunction, ExposedModules } from './exposed';
import type { Apply } from './rpc-order';
import { failureOf, type RpcResult } from './rpc-result';

type ApplyRequest = Call<Apply, RpcResult>;

/** The server that calls exposed functions for other nodes: one on every node. OTP: `rex`. */
export class RpcServer extends GenServer<ApplyRequest, Apply, ExposedModules> {
  private modules!: ExposedModules;

  override init(modules: ExposedModules): void {
    this.modules = modules;
  }

  override handleCall(request: ApplyRequest, from: From): CallResult {
    if (!isApply(request)) return refuseCall(this, request, from);
    const port: ReplyPort<RpcResult> = replyPort(request, from);
    const pid = this.perform(request, from.identify().node, (result) => {
      this.answer(port, request, result);
    });
    // No answer waits for a long one of another function, and each comes behind what its function has sent, as in OTP.
    if (pid !== undefined && from instanceof RemoteFrom) from.answeredBy(pid);
    return noReply();
  }

  /** Nobody waits for the end: a function that fails is a crash of its process, for the log. */
  override handleCast(request: Apply): Next {
    if (!isApply(request)) return refuseCast(this, request);
    const caller = originOf(request);
    let fn: ExposedFunction;
    try {
      fn = this.functionOf(request, caller);
    } catch (error) {
      this.self.log.report('warning', refusedReport('rpc.cast', request, error, caller));
      return undefined;
    }
    this.self.spawn((self): unknown => runs(fn, self, request.args));
    return undefined;
  }

  /**
   * Does what is asked in a process of its own, whose end tells if it is ended before it is done. OTP: erpc does so too.
   */
  private perform(request: Apply, caller: NodeName, done: (result: RpcResult) => void): Pid | undefined {
    const { args } = request;
    const fn = this.find(request, caller, done);
    if (fn === undefined) return undefined;
    const { local } = BaseVerbs.launcherOf('rpc', this.self, false);
    const pid = this.self.spawn((self) => {
      const isOver = (): boolean => !local.node.isAlive(self.pid);
      return finish(() => runs(fn, self, args), isOver, done);
    });
    // A call has one answer: the end of a process that is done is none.
    local.table.get(pid)?.onEnd((reason) => {
      done({ status: 'killed', reason });
    });
    return pid;
  }

  private find(
    request: Apply,
    caller: NodeName,
    done: (result: RpcResult) => void,
  ): ExposedFunction | undefined {
    try {
      return this.functionOf(request, caller);
    } catch (error) {
      done(failureOf(error));
      return undefined;
    }
  }

  /** @throws NotExposedError, FunctionsNotAcceptedError */
  private functionOf(request: Apply, caller?: NodeName): ExposedFunction {
    // No function travels: whoever sends one under that name is of this node.
    if ('here' in request && typeof request.here === 'function') return request.here as ExposedFunction;
    if ('source' in request && typeof request.source === 'string') {
      const { local } = BaseVerbs.launcherOf('rpc', this.self, false);
      return local.foreignFunctions.take('rpc', request.source) as ExposedFunction;
    }
    const { module, fn } = request as { readonly module: string; readonly fn: string };
    return this.modules.find('rpc', module, fn, caller);
  }

  /** A result that cannot travel is an error of the function that returned it. */
  private answer(port: ReplyPort<RpcResult>, request: Apply, result: RpcResult): void {
    try {
      port.send(result);
    } catch (error) {
      const called = describeCode(request);
      const data = errorToData(error);
      this.self.log.report('error', { type: 'reply', called, error: data });
      port.send({ status: 'threw', error: data });
    }
  }
}

/** Whether a request is one: peers may send anything. */
function isApply(request: unknown): request is Apply {
  const { type, args, module, fn, source, here } = (request ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'apply' || !Array.isArray(args)) return false;
  const isNamed = typeof module === 'string' && typeof fn === 'string';
  return isNamed || typeof source === 'string' || typeof here === 'function';
}

/** The name of the rpc server on every node. */
export const rpcServer = localName<RpcServer>(rpcServerName);

/** Executes a function and tells how it ended, at once unless it returns a promise. */
function finish(
  execute: () => unknown,
  isOver: () => boolean,
  done: (result: RpcResult) => void,
): Promise<void> | undefined {
  const returned = (value: unknown): void => {
    done({ status: 'returned', value });
  };
  const failed = (error: unknown): void => {
    // What code runs into whose process was ended in its midst is no failure of its own.
    if (!isOver()) done(failureOf(error));
  };
  try {
    const result = execute();
    if (isPromise(result)) return Promise.resolve(result).then(returned, failed);
    returned(result);
  } catch (error) {
    failed(error);
  }
  return undefined;
}
