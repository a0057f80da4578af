import type { NodeName } from '../terms/node-name';
import type { LocalNode } from '../node/local-node';
import type { Exposed, RpcModule, RpcOptions, RpcOutcome, RpcRequest, RpcResponse } from '../node/rpc';
import type { RpcService } from '../node/running-node';
import type { Verbs } from '../node/verbs';
import type { ExposedModules } from './exposed';
import { remoteModule } from './remote-module';
import { castOf, checkNodes, rpcOrderOf, type RpcOrder, type RpcTarget } from './rpc-order';
import { inWordsOf, valueOf, type RpcResult } from './rpc-result';
import { rpcServer } from './rpc-server';
import { SentRpc } from './sent-rpc';

/** Calls functions of other nodes, by way of the rpc server that every node has. */
export class RpcClient implements RpcService {
  constructor(
    private readonly local: LocalNode,
    private readonly modules: ExposedModules,
  ) {}

  expose(module: string, functions: Exposed): void {
    this.modules.expose(module, functions);
  }

  // What a function returns on another node is for its caller to check.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async call(node: NodeName, ...target: RpcTarget): Promise<any> {
    return this.perform(rpcOrderOf('rpc.call', this.local, node, target));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async multicall(nodes: readonly NodeName[], ...target: RpcTarget): Promise<RpcOutcome<any>[]> {
    const [call, { local }] = ['rpc.multicall', this];
    const names = checkNodes(call, nodes);
    // Also where there is no node to call: what is wrong is wrong.
    rpcOrderOf(call, local, local.name, target);
    const outcomes = await Promise.allSettled(
      names.map((node) => this.perform(rpcOrderOf(call, local, node, target))),
    );
    return outcomes.map((outcome, index) => ({ node: names[index] as NodeName, ...outcome }));
  }

  cast(node: NodeName, ...target: RpcTarget): void {
    const { local } = this;
    local.gen.cast(rpcServer.on(node), castOf(local, rpcOrderOf('rpc.cast', local, node, target)));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  sendRequest(on: Verbs, node: NodeName, ...target: RpcTarget): RpcRequest<any> {
    return new SentRpc(on, rpcOrderOf('rpc.sendRequest', this.local, node, target));
  }

  async receiveResponse<Result>(
    on: Verbs,
    request: RpcRequest<Result>,
    options?: RpcOptions,
  ): Promise<Result> {
    return SentRpc.of('rpc.receiveResponse', request).receive(on, options);
  }

  async waitResponse<Result>(
    on: Verbs,
    request: RpcRequest<Result>,
    options?: RpcOptions,
  ): Promise<RpcResponse<Result>> {
    return SentRpc.of('rpc.waitResponse', request).wait(on, options);
  }

  checkResponse<Result>(message: unknown, request: RpcRequest<Result>): RpcResponse<Result> {
    return SentRpc.of('rpc.checkResponse', request).check(message);
  }

  module<T>(name: string): RpcModule<T> {
    return remoteModule((node: NodeName, ...target: RpcTarget) => this.call(node, ...target), name);
  }

  private async perform(order: RpcOrder): Promise<unknown> {
    const { node, request, timeoutMs } = order;
    try {
      const result = await this.local.gen.call(rpcServer.on(node), request, timeoutMs);
      return valueOf(order, result as RpcResult);
    } catch (error) {
      throw inWordsOf(order, error);
    }
  }
}
