// Two nodes in one program, connected by a WebSocket as two machines would be. The same call reaches either.
import { GenServer, localName, reply, startNode, type Call, type CallResult } from '@trestle/runtime';

type Request =
  Call<{ type: 'put'; key: string; value: number }, 'ok'> | Call<{ type: 'get'; key: string }, number>;

class Store extends GenServer<Request> {
  private readonly entries = new Map<string, number>();

  override handleCall(request: Request): CallResult {
    if (request.type === 'get') return reply(request, this.entries.get(request.key) ?? 0);
    this.entries.set(request.key, request.value);
    return reply(request, 'ok');
  }
}
const STORE = localName<Store>('store');

async function main(): Promise<void> {
  const cookie = 'two-nodes-example-cookie';
  const a = await startNode({ name: 'a@127.0.0.1', cookie });
  const b = await startNode({ name: 'b@127.0.0.1', cookie });
  await a.start(Store, { name: STORE });

  console.log(await b.connect('a@127.0.0.1'), b.list());
  await b.call(STORE.on('a@127.0.0.1'), { type: 'put', key: 'answer', value: 42 });
  console.log(await a.call(STORE, { type: 'get', key: 'answer' }));

  const nodedown = new Promise((resolve) => a.events.once('nodedown', resolve));
  await b.stop();
  console.log(((await nodedown) as { node: string }).node, 'is down', a.list());
  await a.stop();
}

void main();

// prints:
// true [ 'a@127.0.0.1' ]
// 42
// b@127.0.0.1 is down []
