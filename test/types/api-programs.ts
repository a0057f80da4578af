// The programs of the documentation: they must compile as they stand.
import {
  childSpec,
  GenServer,
  localName,
  noReply,
  Process,
  reply,
  replyPort,
  startNode,
  startSupervisor,
  supervisorSpec,
  type Call,
  type CallResult,
  type From,
  type Pid,
  type ReplyPort,
} from '@trestle/runtime';

type Ping = { type: 'ping'; from: Pid<Pong> };
type Pong = { type: 'pong'; n: number };

export async function pingPong(): Promise<void> {
  const node = await startNode(); // 'nonode@nohost': no network
  const ponger = node.spawn<Ping>(async (self) => {
    for (let n = 1; ; n++) {
      const { from } = await self.receive('ping'); // selective: others stay in the mailbox, in order
      self.send(from, { type: 'pong', n });
    }
  });
  node.spawn<Pong>(async (self) => {
    const ref = self.monitor(ponger);
    self.send(ponger, { type: 'ping', from: self.pid });
    const first = await self.receive(['pong', 'DOWN']); // Pong | Down
    const down = await self.receive('DOWN', { where: (d) => d.ref === ref, afterMs: 50 }); // Down | undefined
    return [first, down];
  });
  await node.stop();
}

class Counter extends Process<{ type: 'add'; n: number }> {
  private total = 0;
  override async run(): Promise<void> {
    for (;;) this.total += (await this.receive('add')).n;
  }
}

export async function counting(): Promise<void> {
  const node = await startNode();
  const counter = node.start(Counter);
  node.send(counter, { type: 'add', n: 1 });
}

type KvCall =
  | Call<{ type: 'get'; key: string }, string | undefined>
  | Call<{ type: 'put'; key: string; value: string }, number>
  | Call<{ type: 'waitFor'; key: string }, string>;
type KvCast = { type: 'delete'; key: string };

export class KvServer extends GenServer<KvCall, KvCast, { limit: number }> {
  private readonly entries = new Map<string, string>();
  private readonly waiting: ReplyPort<string>[] = [];

  override handleCall(request: KvCall, from: From): CallResult {
    switch (request.type) {
      case 'get':
        return reply(request, this.entries.get(request.key));
      case 'put':
        this.entries.set(request.key, request.value);
        return reply(request, this.entries.size);
      case 'waitFor':
        this.waiting.push(replyPort(request, from)); // answered later, by anyone
        return noReply();
    }
  }
  override handleCast(request: KvCast): void {
    this.entries.delete(request.key);
  }
}
export const KV = localName<KvServer>('kv');

export async function keyValue(): Promise<void> {
  const node = await startNode();
  const kv = await node.start(KvServer, { args: { limit: 100 }, name: KV });
  const value: string | undefined = await node.call(kv, { type: 'get', key: 'x' });
  node.cast(KV, { type: 'delete', key: 'x' });
  const size: number = await node.call(
    KV.on('b@127.0.0.1'),
    { type: 'put', key: 'x', value: value ?? '1' },
    { timeoutMs: 1_000 },
  );
  node.log.info(`${size} entries`);
}

class Feed extends GenServer {}
class Indexer extends GenServer {}

export async function supervisionTree(): Promise<void> {
  const node = await startNode();
  await startSupervisor(node, {
    name: 'app',
    strategy: 'oneForOne',
    intensity: { restarts: 3, withinMs: 5_000 },
    children: [
      childSpec(KvServer, { args: { limit: 100 }, name: KV, restart: 'permanent' }),
      supervisorSpec({
        id: 'workers',
        strategy: 'restForOne',
        children: [childSpec(Feed), childSpec(Indexer, { shutdownMs: 10_000 })],
      }),
    ],
  });
}

export async function nodes(): Promise<void> {
  const node = await startNode({ name: 'n1@127.0.0.1' });
  const connected: boolean = await node.connect('n2@127.0.0.1');
  const answer: 'pong' | 'pang' = await node.ping('n3@127.0.0.1');
  const names: string[] = node.list();
  node.expose('Stats', { uptime: () => process.uptime() });
  await node.rpc.call('n2@127.0.0.1', 'Node', 'list', []);
  const stats = node.rpc.module<{ uptime(): number }>('Stats');
  const uptime: number = await stats.on('n2@127.0.0.1').uptime();
  node.log.info(`${connected} ${answer} ${names.join(' ')} ${uptime}`);
}
