import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { body, GenServer, localName, reply, type CallResult, type Node, type Pid } from '@trestle/runtime';
import { freePort } from '../../support/free-port';
import { PlainPeer } from '../../support/plain-peer';
import { idle, inProcess, logOf, startTestNode } from '../../support/test-node';

const [name, cookie] = ['node@127.0.0.1', 'of this test'];

const page = readFileSync(join(__dirname, '../../../docs/wire-protocol.md'), 'utf8');
/** What the page shows of calls of exposed functions. */
const orders = rpcOrders(/```rpc\n([^`]*)\n```/.exec(page)![1]!.split('\n'));

class Doubler extends GenServer<any, any> {
  readonly told: unknown[] = [];
  override handleCall(request: any): CallResult {
    return reply(request, request === 'told' ? this.told : { twice: request.n * 2 });
  }
  override handleCast(request: unknown): void {
    this.told.push(request);
  }
}

let node: Node;
let peer: PlainPeer;

beforeEach(async () => {
  const port = await freePort();
  node = await startTestNode({ name, cookie, port, resolve: () => undefined, netTickMs: 400 });
  await node.start(Doubler, { name: 'doubler' });
  peer = await PlainPeer.connect({
    url: `ws://127.0.0.1:${String(port)}/`,
    to: name,
    name: 'other@127.0.0.1',
    cookie,
  });
});
afterEach(() => peer.close());

it('a node of another make, written by the document alone, is connected as a hidden node', () => {
  expect(node.list('hidden')).toEqual(['other@127.0.0.1']);
  expect(node.list()).toStrictEqual([]);
});

it('it calls a server and casts to it, by name', async () => {
  peer.send([2, ['doubler'], 'a cast'], [3, 1, peer.pid(1), ['doubler'], { n: 21 }]);
  expect(await peer.next(4)).toEqual([4, 1, { twice: 42 }]);
  peer.send([3, 2, peer.pid(1), ['doubler'], 'told']);
  expect(await peer.next(4)).toEqual([4, 2, ['a cast']]);
});

it('it hears that a call fails, and why', async () => {
  peer.send([3, 1, peer.pid(1), ['nobody'], 'hello']);
  expect(await peer.next(5)).toEqual([5, 1, 0, null]);
});

it.each(['third@127.0.0.1', name, 'other@127.0.0.10'])(
  'it is disconnected when it calls in the name of a process of %s, and nothing is called',
  async (third) => {
    peer.send([3, 1, `<${third}/1.0/1>`, ['doubler'], { n: 1 }], [2, ['doubler'], 'behind it']);
    await peer.closed;
    expect(await inProcess(node, (self) => self.call(localName<Doubler>('doubler'), 'told'))).toStrictEqual(
      [],
    );
    const problem = `call in the name of a process of another node, <${third}/1.0/1>`;
    expect(JSON.stringify(logOf(node))).toContain(problem);
  },
);

it('it is called, and its answer arrives', async () => {
  const answer = node.call({ name: 'there', node: 'other@127.0.0.1' }, { n: 1 } as never);
  const [, number, , receiver, request] = await peer.next(3);
  expect([receiver, request]).toEqual([['there'], { n: 1 }]);
  peer.send([4, number, 'answered']);
  expect(await answer).toBe('answered');
});

it('it calls functions that the node exposes', async () => {
  peer.send([3, 1, peer.pid(1), ['rpc'], { type: 'apply', module: 'Node', fn: 'list', args: ['hidden'] }]);
  expect(JSON.stringify(await peer.next(4))).toContain('other@127.0.0.1');
});

it('it hears how an exposed function ended, in the words that the page shows for each way', async () => {
  const waiting: Pid[] = [];
  node.expose('Jobs', {
    double: (n: number) => n * 2,
    fail: () => Promise.reject(Object.assign(new RangeError('too far'), { stack: 'at x' })),
    leave: body((self) => self.exit('enough')),
    wait: body((self) => {
      waiting.push(self.pid);
      node.exitSignal(self.pid, 'kill');
      return self.receive();
    }),
  });
  const shown = orders.map(({ request, reply: words }, index) => [request, [4, index, words]]);
  const heard = [];
  for (const [index, { request }] of orders.entries()) {
    peer.send([3, index, peer.pid(1), ['rpc'], request]);
    heard.push([request, await peer.next(4)]);
  }
  expect(heard).toStrictEqual(shown);
  expect(orders.map(({ reply: { status } }) => status)).toHaveLength(6);
});

it('it starts a process, and hears of its end behind the answer; what is not there is a process that ends', async () => {
  node.expose('Jobs', { none: () => undefined });
  const spawn = (number: number, relation: number, code: object): string => {
    const ref = `#Ref<other@127.0.0.1/${String(number)}/a>`;
    peer.send([22, ref, peer.pid(1), relation, code, [], undefined, undefined]);
    return ref;
  };
  const first = spawn(1, 3, { module: 'Jobs', fn: 'none' });
  const [, , , relation, pid] = await peer.next(23);
  expect(relation).toBe(3);
  expect(await peer.next(11)).toEqual([11, pid, peer.pid(1), 'normal']);
  expect(await peer.next(14)).toEqual([14, first, peer.pid(1), pid, 'normal']);

  const second = spawn(2, 2, { module: 'Jobs', fn: 'missing' });
  const ended = (await peer.next(23))[4];
  const what = "module 'Jobs' exposes no function 'missing'";
  const reason: unknown = expect.objectContaining({ type: 'error', code: 'ERR_NOT_EXPOSED' });
  expect(await peer.next(14)).toEqual([14, second, peer.pid(1), ended, reason]);

  const third = spawn(3, 0, { module: 'Jobs', fn: 'missing' });
  expect(await peer.next(23)).toEqual([23, third, peer.pid(1), 0, null, { type: 'notExposed', what }]);
  const fourth = spawn(4, 0, { source: '() => 1' });
  expect(await peer.next(23)).toEqual([23, fourth, peer.pid(1), 0, null, { type: 'functionsNotAccepted' }]);
});

it('it links to a process, and sees its exit; it monitors one, and sees its DOWN', async () => {
  const { pid } = idle(node);
  const ref = '#Ref<other@127.0.0.1/1/a>';
  peer.send([8, peer.pid(1), pid], [12, ref, peer.pid(2), pid]);
  peer.send([10, peer.pid(3), pid, 'kill']);
  expect(await peer.next(11)).toEqual([11, pid, peer.pid(1), 'killed']);
  expect(await peer.next(14)).toEqual([14, ref, peer.pid(2), pid, 'killed']);
});

it('it is linked to and monitored, and its connection breaks both', async () => {
  const reasons = await inProcess(node, async (self) => {
    self.trapExit(true);
    self.link(peer.pid(1) as any);
    self.monitor(peer.pid(1));
    await peer.next(8);
    await peer.next(12);
    await peer.close();
    return [(await self.receive('EXIT')).reason, (await self.receive('DOWN')).reason];
  });
  expect(reasons).toEqual(['noconnection', 'noconnection']);
});

it('it unlinks, and is answered', async () => {
  const { pid } = idle(node);
  peer.send([8, peer.pid(1), pid], [9, peer.pid(1), pid]);
  expect(await peer.next(9)).toEqual([9, pid, peer.pid(1)]);
});

it('it gets a long message in fragments', async () => {
  const long = 'x'.repeat(300_000);
  node.send(peer.pid(1), long);
  expect((await peer.next(1))[2]).toBe(long);
});

it('it answers ticks, and so stays connected', async () => {
  await peer.ticksHeard(6);
  // Silence for 125 % of the period would have been the end of it; six ticks take at least that.
  expect(node.list('hidden')).toEqual(['other@127.0.0.1']);
  expect(logOf(node).filter(({ level }) => level === 'warning')).toStrictEqual([]);
});

it('it sees that the node leaves, and is told bye', async () => {
  const drained = node.drain();
  expect(await peer.next(18)).toEqual([18, 'left']);
  await drained;
});

it('it is not let in with another cookie, and is told so', async () => {
  const { port } = new URL((peer as any).options.url as string);
  const options = { url: `ws://127.0.0.1:${port}/`, to: name, name: 'x@127.0.0.1', cookie: 'another' };
  await expect(PlainPeer.connect(options)).rejects.toThrow('{"type":"refused","why":"cookie"}');
});

/** Lines in turns of requests and replies. */
function rpcOrders(lines: readonly string[]): { request: unknown; reply: { status: string } }[] {
  // Of this realm: cbor-x knows no plain objects of others.
  const values = lines.map((line) => JSON.parse(JSON.stringify(runInThisContext(`(${line})`))));
  return values.flatMap((request, index) => (index % 2 === 0 ? [{ request, reply: values[index + 1] }] : []));
}
