// A publish-subscribe server. It monitors its subscribers, on whichever node they live, and forgets those that go.
import {
  GenServer,
  localName,
  reply,
  startNode,
  type Call,
  type CallResult,
  type Down,
  type From,
  type Pid,
} from '@trestle/runtime';

type PsCall =
  | Call<{ type: 'subscribe'; topic: string }, boolean>
  | Call<{ type: 'subscribers'; topic: string }, Pid[]>
  | Call<{ type: 'broadcast'; topic: string; message: unknown }, boolean>;

export class PubSub extends GenServer<PsCall> {
  private readonly topics = new Map<string, Set<Pid>>();

  override handleCall(request: PsCall, from: From): CallResult {
    const subscribers = this.topics.get(request.topic) ?? new Set<Pid>();
    switch (request.type) {
      case 'subscribe':
        this.topics.set(request.topic, subscribers.add(from.pid));
        this.self.monitor(from.pid);
        return reply(request, true);
      case 'subscribers':
        return reply(request, [...subscribers]);
      case 'broadcast':
        for (const pid of subscribers) if (pid !== from.pid) this.self.send(pid, request.message);
        return reply(request, true);
    }
  }

  override handleInfo(message: Down): void {
    console.log('DOWN for reason', message.reason);
    for (const subscribers of this.topics.values()) subscribers.delete(message.pid as Pid);
  }
}
const PS = localName<PubSub>('ps');

async function main(): Promise<void> {
  const cookie = 'pub-sub-example-cookie';
  const zed = await startNode({ name: 'zed@127.0.0.1', cookie });
  const foo = await startNode({ name: 'foo@127.0.0.1', cookie });
  await zed.start(PubSub, { name: PS });

  const received = new Promise<unknown>((resolve) => {
    foo.spawn(async (self) => {
      await self.call(PS.on('zed@127.0.0.1'), { type: 'subscribe', topic: 'news' });
      await zed.call(PS, { type: 'broadcast', topic: 'news', message: { type: 'msg', text: 'yo' } });
      resolve(await self.receive());
      await self.receive(); // it stays, until its node goes
    });
  });
  console.log(await received);
  const nodedown = new Promise((resolve) => zed.events.once('nodedown', resolve));
  await foo.disconnect('zed@127.0.0.1');
  await nodedown;
  console.log('subscribers left:', (await zed.call(PS, { type: 'subscribers', topic: 'news' })).length);
  await Promise.all([foo.stop(), zed.stop()]);
}

void main();

// prints:
// { type: 'msg', text: 'yo' }
// DOWN for reason noconnection
// subscribers left: 0
