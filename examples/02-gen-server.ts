// A key-value server. The type of each reply follows from its request, in the server and in the caller.
import {
  GenServer,
  localName,
  noReply,
  reply,
  replyPort,
  startNode,
  type Call,
  type CallResult,
  type From,
  type ReplyPort,
} from '@trestle/runtime';

type KvCall =
  | Call<{ type: 'get'; key: string }, string | undefined>
  | Call<{ type: 'put'; key: string; value: string }, number>
  | Call<{ type: 'waitFor'; key: string }, string>;
type KvCast = { type: 'delete'; key: string };

export class KvServer extends GenServer<KvCall, KvCast> {
  private readonly entries = new Map<string, string>();
  private readonly waiting = new Map<string, ReplyPort<string>>();

  override handleCall(request: KvCall, from: From): CallResult {
    switch (request.type) {
      case 'get':
        return reply(request, this.entries.get(request.key));
      case 'put':
        this.entries.set(request.key, request.value);
        this.waiting.get(request.key)?.send(request.value);
        return reply(request, this.entries.size);
      case 'waitFor':
        this.waiting.set(request.key, replyPort(request, from)); // answered later
        return noReply();
    }
  }

  override handleCast(request: KvCast): void {
    this.entries.delete(request.key);
  }
}

const KV = localName<KvServer>('kv');

async function main(): Promise<void> {
  const node = await startNode();
  const kv = await node.start(KvServer, { name: KV });

  const later = node.call(KV, { type: 'waitFor', key: 'x' });
  console.log('entries:', await node.call(kv, { type: 'put', key: 'x', value: '1' }));
  console.log('waited for:', await later);
  node.cast(KV, { type: 'delete', key: 'x' });
  console.log('after delete:', await node.call(KV, { type: 'get', key: 'x' }));
  await node.stop();
}

void main();

// prints:
// entries: 1
// waited for: 1
// after delete: undefined
