// Asks the process of the same name on every other node. The article's `SimpleCluster.Ping`.
import { inspect } from 'node:util';
import {
  GenServer,
  localName,
  reply,
  type Call,
  type CallResult,
  type From,
  type Node,
} from '@trestle/runtime';

type PingCall = Call<{ type: 'ping' }, ['ok', node: string, 'pong']>;

export class Ping extends GenServer<PingCall> {
  override handleCall(request: PingCall, from: From): CallResult {
    const { node } = this.self;
    node.log.info(`--- Receiving ping from ${from.pid}`);
    return reply(request, ['ok', node.name, 'pong']);
  }
}

export const PING = localName<Ping>('SimpleCluster.Ping');

/** Pings every connected node, and logs the answers. */
export async function ping(node: Node): Promise<'ok'> {
  const answers = await Promise.all(node.list().map((other) => node.call(PING.on(other), { type: 'ping' })));
  node.log.info(inspect(answers));
  return 'ok';
}
