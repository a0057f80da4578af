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
  type From,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster } from '../support/both-places';
import { startScripted } from '../support/scripted-server';
import { inProcess, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

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
    expect(badNodes).toStrictEqual([]);
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

  inBothPlaces('names the nodes whose process of that name is no server', async ({ here, there }) => {
    there.spawn<any>(async (self) => {
      self.register('kv');
      await self.receive();
    });
    await inProcess(there, () => undefined);
    const result = await multiCall(here, [there.name], kv, { type: 'where' }, { timeoutMs: 1 });
    expect(result).toEqual({ replies: [], badNodes: [there.name] });
  });

  it('names the nodes whose reply cannot travel, and has those of the others', async () => {
    const cluster = await startCluster();
    const [a, b] = [await cluster('a'), await cluster('b')];
    const script = { call: (request: unknown) => reply(request, () => 1) };
    for (const node of [a, b]) await startScripted(node, script, { name: 'kv' });
    const { replies, badNodes } = await multiCall(a, [a.name, b.name], kv, { type: 'where' });
    expect([replies.map(({ node }) => node), badNodes]).toEqual([[a.name], [b.name]]);
  });

  inBothPlaces('asks a node as often as it is named', async ({ here, there }) => {
    const { log } = await startScripted(there, {}, { name: 'kv' });
    const { replies } = await multiCall(here, [there.name, there.name], kv, { type: 'where' });
    expect([replies.length, log.length]).toEqual([2, 2]);
  });

  inBothPlaces('of no nodes is done', async ({ here }) => {
    expect(await multiCall(here, [], kv, { type: 'where' })).toEqual({ replies: [], badNodes: [] });
  });

  inBothPlaces('drops replies that come too late, which are no messages', async (places) => {
    const { here, there } = places;
    const owed: From[] = [];
    await startScripted(there, { call: (_request, from) => (owed.push(from), noReply()) }, { name: 'kv' });
    const a = await puppet(here);
    const result = await multiCall(a.self, [there.name], kv, { type: 'where' }, { timeoutMs: 1 });
    expect(result.badNodes).toEqual([there.name]);
    await quiet(places);
    owed[0]!.reply('too late');
    await quiet(places);
    expect(a.inbox).toStrictEqual([]);
  });

  it('waits for as long as it takes, unless told otherwise', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const owed: From[] = [];
    await startScripted(node, { call: (_request, from) => (owed.push(from), noReply()) }, { name: 'kv' });
    const calling = multiCall(node, [node.name], kv, { type: 'where' });
    await clock.advance(86_400_000);
    owed[0]!.reply('at last');
    expect((await calling).replies).toEqual([{ node: node.name, reply: 'at last' }]);
  });

  it('cannot include the server that calls', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(
      node,
      {
        call: async (request, _from, me) => {
          const error: any = await multiCall(me.self, [me.self.node.name], kv, { type: 'where' }).catch(
            (e: unknown) => e,
          );
          return reply(request, error.code as never);
        },
      },
      { name: 'kv' },
    );
    expect(await node.call(pid, 'x')).toBe('ERR_CALLING_SELF');
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

  it('of what cannot travel sends nothing, not even on its own node', async () => {
    const cluster = await startCluster();
    const [a, b] = [await cluster('a'), await cluster('b')];
    await a.connect(b.name);
    const { log } = await startScripted(a, {}, { name: 'kv' });
    expect(() => {
      abcast(a, [a.name, b.name], kv, { type: 'add', n: (() => 1) as never });
    }).toThrow(UnsendableError);
    await quiet({ here: a, there: b });
    expect(log).toStrictEqual([]);
  });

  inBothPlaces('keeps its order with what else the process sends there', async (places) => {
    const { here, there } = places;
    const { log } = await startScripted(there, {}, { name: 'kv' });
    const a = await puppet(here);
    a.self.send({ name: 'kv', node: there.name }, 1);
    abcast(a.self, [there.name], kv, { type: 'add', n: 2 });
    a.self.send({ name: 'kv', node: there.name }, 3);
    await quiet(places);
    expect(log).toEqual([
      ['info', 1],
      ['cast', { type: 'add', n: 2 }],
      ['info', 3],
    ]);
  });

  inBothPlaces('is refused for what are no nodes', async ({ here }) => {
    expect(() => abcast(here, ['nowhere'], kv, { type: 'add', n: 1 })).toThrow(BadArgumentError);
  });
});
