import type { NodeName } from '../terms/node-name';
import type { LocalNode } from '../node/local-node';
import type { AnySelf } from '../node/node';
import type {
  AddRpcTo,
  Exposed,
  RpcModule,
  RpcOutcome,
  RpcRequest,
  RpcRequests,
  RpcRequestsOptions,
} from '../node/rpc';
import type { RpcService } from '../node/running-node';
import type { Verbs } from '../node/verbs/verbs';
import { RequestIds } from '../behaviours/gen-server/requests/request-ids';
import { receiveResponse, type DeleteOptions } from '../behaviours/gen-server/requests/send-request';
import type { ExposedModules } from './exposed';
import { remoteModule } from './remote-module';
import { castOf, checkNodes, rpcOrderOf, type RpcOrder, type RpcTarget } from './rpc-order';
import { inWordsOf, valueOf, type RpcResult } from './rpc-result';
import { rpcServer } from './rpc-server';
import { SentRpc } from './sent-rpc';
import { checkAddTo, checkForOneOf, waitForOneOf } from './sent-rpcs';

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
    const order = rpcOrderOf('rpc.cast', local, node, target);
    local.gen.cast(rpcServer.on(node), castOf(local, order));
  }

  multicast(nodes: readonly NodeName[], ...target: RpcTarget): void {
    const [call, { local }] = ['rpc.multicast', this];
    const names = checkNodes(call, nodes);
    // Also where there is no node to cast to: what is wrong is wrong.
    rpcOrderOf(call, local, local.name, target);
    for (const node of names)
      local.gen.cast(rpcServer.on(node), castOf(local, rpcOrderOf(call, local, node, target)));
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  sendRequest(on: Verbs, node: NodeName, ...target: unknown[]): RpcRequest<any> {
    const call = 'rpc.sendRequest';
    const at = typeof target[0] === 'function' ? 2 : 3;
    const addTo = target[at] as AddRpcTo<unknown, unknown> | undefined;
    checkAddTo(call, addTo);
    const sent = new SentRpc(on, rpcOrderOf(call, this.local, node, target.slice(0, at) as RpcTarget));
    addTo?.requests.add(sent, addTo.label);
    return sent;
  }

  async receiveResponse(
    on: Verbs,
    what: RpcRequest | RpcRequests<unknown, unknown>,
    options?: RpcRequestsOptions,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ): Promise<any> {
    if (what instanceof RequestIds) return receiveResponse(on as AnySelf, what, options);
    return SentRpc.of('rpc.receiveResponse', what as RpcRequest).receiveResult(on, options);
  }

  async waitResponse(
    on: Verbs,
    what: RpcRequest | RpcRequests<unknown, unknown>,
    options?: RpcRequestsOptions,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ): Promise<any> {
    if (what instanceof RequestIds) return waitForOneOf(on, what, options);
    return SentRpc.of('rpc.waitResponse', what as RpcRequest).waitForResult(on, options);
  }

  checkResponse(
    message: unknown,
    what: RpcRequest | RpcRequests<unknown, unknown>,
    options?: DeleteOptions,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ): any {
    if (what instanceof RequestIds) return checkForOneOf(message, what, options);
    return SentRpc.of('rpc.checkResponse', what as RpcRequest).resultIn(message);
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
