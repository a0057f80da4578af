import {
  abcast,
  BadArgumentError,
  GenServer,
  localName,
  multiCall,
  noReply,
  reply,
  UnsendableError,
  type Call,
  type CallResult,
} from '@trestle/runtime';
import { inBothPlaces, quiet, startCluster } from '../support/both-places';
import { inProcess } from '../support/test-node';

type KvCall =
  Call<{ type: 'where' }, string> | Call<{ type: 'never' }, string> | Call<{ type: 'total' }, number>;

class Kv extends GenServer<KvCall, { type: 'add'; n: number }> {
  private total = 0;
  override handleCall(request: KvCall): CallResult {
    switch (request.type) {
      case 'where':
        return reply(request, this.self.node.name);
      case 'total':
        return reply(request, this.total);
      case 'never':
        return noReply();
    }
  }
  override handleCast({ n }: { type: 'add'; n: number }): void {
    this.total += n;
  }
}
const kv = localName<Kv>('kv');

describe('multiCall', () => {
  inBothPlaces('has the replies of all nodes, in their order', async ({ here, there }) => {
    await here.start(Kv, { name: kv });
    if (here !== there) await there.start(Kv, { name: kv });
    const nodes = [here.name, ...here.list()];
    const { replies, badNodes } = await multiCall(here, nodes, kv, { type: 'where' });
    expect(replies).toEqual(nodes.map((node) => ({ node, reply: node })));
    expect(badNodes).toEqual([]);
  });

  it('names the nodes that are out of reach, and those without such a server', async () => {
    const cluster = await startCluster();
    const [a, b] = [await cluster('a'), await cluster('b')];
    await a.start(Kv, { name: kv });
    const nodes = ['nobody@127.0.0.1', a.name, b.name];
    const { replies, badNodes } = await multiCall(a, nodes, kv, { type: 'where' });
    expect(replies).toEqual([{ node: a.name, reply: a.name }]);
    expect(badNodes).toEqual(['nobody@127.0.0.1', b.name]);
  });

  inBothPlaces('names the nodes that do not reply in time', async ({ here, there }) => {
    await there.start(Kv, { name: kv });
    const { replies, badNodes } = await multiCall(
      here,
      [there.name],
      kv,
      { type: 'never' },
      { timeoutMs: 1 },
    );
    expect([replies, badNodes]).toEqual([[], [there.name]]);
  });

  inBothPlaces('names the nodes whose server ends before it replies', async (places) => {
    const { here, there } = places;
    const pid = await there.start(Kv, { name: kv });
    const calling = multiCall(here, [there.name], kv, { type: 'never' });
    await quiet(places);
    there.exitSignal(pid, 'kill');
    expect(await calling).toEqual({ replies: [], badNodes: [there.name] });
  });

  inBothPlaces('leaves nothing in the mailbox of who called', async ({ here, there }) => {
    await there.start(Kv, { name: kv });
    const rest = await inProcess(here, async (self) => {
      await multiCall(self, [there.name, 'nobody@127.0.0.1'], kv, { type: 'where' });
      return self.receive(undefined, { afterMs: 0 });
    });
    expect(rest).toBeUndefined();
  });

  it('fails for a request that cannot travel, and for what are no nodes', async () => {
    const cluster = await startCluster();
    const [a, b] = [await cluster('a'), await cluster('b')];
    await a.connect(b.name);
    const request = { type: 'where', fn: () => 1 } as never;
    await expect(multiCall(a, [b.name], kv, request)).rejects.toBeInstanceOf(UnsendableError);
    for (const nodes of [undefined, 'a@127.0.0.1', ['a'], [5]]) {
      await expect(multiCall(a, nodes as never, kv, { type: 'where' })).rejects.toBeInstanceOf(
        BadArgumentError,
      );
    }
  });
});

describe('abcast', () => {
  inBothPlaces('casts to the servers of all nodes, and drops what finds none', async (places) => {
    const { here, there } = places;
    await there.start(Kv, { name: kv });
    abcast(here, [there.name, 'nobody@127.0.0.1'], kv, { type: 'add', n: 2 });
    await quiet(places);
    expect(await here.call(kv.on(there.name), { type: 'total' })).toBe(2);
  });

  inBothPlaces('is refused for what are no nodes', async ({ here }) => {
    expect(() => abcast(here, ['nowhere'], kv, { type: 'add', n: 1 })).toThrow(BadArgumentError);
  });
});
