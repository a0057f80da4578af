import { GenServer, reply, type Call, type CallResult, type Node, type ServerPid } from '@trestle/runtime';
import type { Places } from './both-places';

export type CounterCall = Call<{ type: 'get' }, number> | Call<{ type: 'later' }, number>;
export type CounterCast = { type: 'add'; n: number } | { type: 'crash' };

/** A server to look into: it counts, keeps the messages it got, and crashes when it is told to. */
export class Counter extends GenServer<CounterCall, CounterCast, { traps: boolean } | undefined> {
  private count = 0;
  private readonly seen: unknown[] = [];
  override init(args?: { traps: boolean }): undefined {
    this.self.trapExit(args?.traps ?? false);
    return undefined;
  }
  override handleCall(request: CounterCall): CallResult | Promise<CallResult> {
    if (request.type === 'later') return Promise.resolve().then(() => reply(request, this.count));
    return reply(request, this.count);
  }
  override handleCast(request: CounterCast): void {
    if (request.type === 'crash') throw new Error('crash');
    this.count += request.n;
  }
  override handleInfo(message: unknown): void {
    this.seen.push(message);
  }
}

/** A counter on `there`, to be asked from `here`. */
export async function counterOn({ there }: Places, traps = false): Promise<ServerPid<Counter>> {
  return there.start(Counter, { args: { traps } });
}

export function add(node: Node, counter: ServerPid<Counter>, n: number): void {
  node.cast(counter, { type: 'add', n });
}
