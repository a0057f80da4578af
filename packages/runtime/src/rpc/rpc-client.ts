import { z } from 'zod';
import {
  BadArgumentError,
  CallTimeoutError,
  NodeDownError,
  NotExposedError,
  RemoteError,
  RemoteExitError,
  RemoteKilledError,
} from '../terms/errors';
import { checkNodeName, type NodeName } from '../terms/node-name';
import { isDuration } from '../terms/duration';
import { durationSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';
import type { LocalNode } from '../node/local-node';
import type { Exposed, RpcModule, RpcOptions, RpcOutcome } from '../node/rpc';
import type { RpcService } from '../node/running-node';
import type { ExposedModules } from './exposed';
import { remoteModule } from './remote-module';
import { rpcServer, type Mfa, type RpcResult } from './rpc-server';

/** Calls functions of other nodes, by way of the rpc server that every node has. */
export class RpcClient implements RpcService {
  constructor(
    private readonly local: LocalNode,
    private readonly modules: ExposedModules,
  ) {}

  expose(module: string, functions: Exposed): void {
    this.modules.expose(module, functions);
  }

  async call(
    node: NodeName,
    module: string,
    fn: string,
    args: readonly unknown[] = [],
    options?: RpcOptions,
  ): Promise<unknown> {
    return this.request(node, { module, fn, args }, options);
  }

  async multicall(
    nodes: readonly NodeName[],
    module: string,
    fn: string,
    args: readonly unknown[] = [],
    options?: RpcOptions,
  ): Promise<RpcOutcome[]> {
    checkNodes(nodes);
    const outcomes = await Promise.allSettled(
      nodes.map((node) => this.call(node, module, fn, args, options)),
    );
    return outcomes.map((outcome, index) => ({ node: nodes[index] as NodeName, ...outcome }));
  }

  cast(node: NodeName, module: string, fn: string, args: readonly unknown[] = []): void {
    const mfa = checkMfa('rpc.cast', { module, fn, args });
    this.local.gen.cast(rpcServer.on(checkNodeName('rpc.cast', node)), { type: 'apply', ...mfa });
  }

  module<T>(name: string): RpcModule<T> {
    return remoteModule((...args) => this.call(...args), name);
  }

  private async request(node: NodeName, what: Mfa, options?: RpcOptions): Promise<unknown> {
    checkNodeName('rpc.call', node);
    checkMfa('rpc.call', what);
    const timeoutMs = timeoutOf('rpc.call', options);
    const call = `rpc ${what.module}.${what.fn} on ${node}`;
    try {
      const result = await this.local.gen.call(rpcServer.on(node), { type: 'apply', ...what }, timeoutMs);
      return valueOf(call, result as RpcResult);
    } catch (error) {
      throw inWordsOf(call, timeoutMs, error);
    }
  }
}

const rpcOptions: z.ZodType<RpcOptions> = z.strictObject({
  timeoutMs: durationSchema.optional(),
}) as z.ZodType<RpcOptions>;

function timeoutOf(call: string, options: RpcOptions | undefined): number {
  if (options === undefined) return Infinity;
  const timeoutMs = (options as RpcOptions | null)?.timeoutMs;
  return isDuration(timeoutMs) ? timeoutMs : (checkOptions(call, rpcOptions, options).timeoutMs ?? Infinity);
}

function checkNodes(nodes: unknown): void {
  if (Array.isArray(nodes)) return;
  throw new BadArgumentError({ call: 'rpc.multicall', expected: 'an array of node names', got: nodes });
}

function checkMfa(call: string, what: Mfa): Mfa {
  if (typeof what.module !== 'string')
    throw new BadArgumentError({ call, expected: "a module's name", got: what.module });
  if (typeof what.fn !== 'string')
    throw new BadArgumentError({ call, expected: "a function's name", got: what.fn });
  if (!Array.isArray(what.args))
    throw new BadArgumentError({ call, expected: 'an array of arguments', got: what.args });
  return what;
}

function valueOf(call: string, result: RpcResult): unknown {
  switch (result.status) {
    case 'returned':
      return result.value;
    case 'threw':
      throw new RemoteError(call, result.error);
    case 'exited':
      throw new RemoteExitError(call, result.reason);
    case 'killed':
      throw new RemoteKilledError(call, result.reason);
    case 'notExposed':
      throw new NotExposedError(call, result.what);
  }
}

/** The failures of the underlying call, in words of the rpc. */
function inWordsOf(call: string, timeoutMs: number, error: unknown): unknown {
  if (error instanceof NodeDownError) return new NodeDownError(call, error.node);
  if (error instanceof CallTimeoutError) return new CallTimeoutError(call, timeoutMs);
  // The function was called; its result stayed where it was.
  if (error instanceof RemoteError) return new RemoteError(call, error.cause);
  return error;
}
