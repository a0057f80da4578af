// The modules of "Exploring Distributed Elixir", preloaded by its shells: an agent, KV and PS.
import {
  GenServer,
  reply,
  startAgent,
  type Agent,
  type Call,
  type CallResult,
  type Down,
  type From,
  type Pid,
} from '@trestle/runtime';

export { startAgent, type Agent };

type KvCall =
  | Call<{ type: 'get'; key: string }, unknown>
  | Call<{ type: 'set'; key: string; value: unknown }, boolean>
  | Call<{ type: 'keys' }, string[]>;

/** A simple key-value server. */
export class KV extends GenServer<KvCall> {
  private readonly entries = new Map<string, unknown>();

  override handleCall(request: KvCall): CallResult {
    switch (request.type) {
      case 'get':
        return reply(request, this.entries.get(request.key));
      case 'set':
        this.entries.set(request.key, request.value);
        return reply(request, true);
      case 'keys':
        return reply(request, [...this.entries.keys()]);
    }
  }
}

type PsCall =
  | Call<{ type: 'subscribe'; topic: string }, boolean>
  | Call<{ type: 'unsubscribe'; topic: string }, boolean>
  | Call<{ type: 'subscribers'; topic: string }, Pid[]>
  | Call<{ type: 'broadcast'; topic: string; message: unknown }, boolean>;

/** A simple publish-subscribe server, in its second version: it forgets subscribers that go down. */
export class PS extends GenServer<PsCall> {
  private readonly topics = new Map<string, Pid[]>();

  override handleCall(request: PsCall, { pid: sender }: From): CallResult {
    const { topic } = request;
    const subscribers = this.topics.get(topic) ?? [];
    switch (request.type) {
      case 'subscribe':
        if (!subscribers.includes(sender)) this.topics.set(topic, [sender, ...subscribers]);
        this.self.monitor(sender);
        return reply(request, true);
      case 'unsubscribe':
        this.topics.set(topic, without(sender, subscribers));
        return reply(request, true);
      case 'subscribers':
        return reply(request, subscribers);
      case 'broadcast':
        for (const subscriber of without(sender, subscribers)) this.self.send(subscriber, request.message);
        return reply(request, true);
    }
  }

  override handleInfo(down: Down): void {
    const pid = down.pid as Pid;
    console.log(`DOWN ${pid} for reason ${down.reason as string}`);
    for (const [topic, subscribers] of this.topics) this.topics.set(topic, without(pid, subscribers));
  }
}

function without(pid: Pid, pids: readonly Pid[]): Pid[] {
  return pids.filter((other) => other !== pid);
}
