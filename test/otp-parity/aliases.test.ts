import {
  BadArgumentError,
  GenServer,
  localName,
  type Alias,
  type MonitorAliasKind,
  type Node,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster, type Places, type Puppet } from '../support/both-places';
import { partsOf, settle, startTestNode } from '../support/test-node';

/** The active aliases of a node. */
function aliasesOf(node: Node): number {
  return partsOf(node).router.aliases.size;
}

/** A process here that sends to the alias of one there. */
async function pair({ here, there }: Places): Promise<{ sender: Puppet; owner: Puppet }> {
  return { sender: await puppet(here), owner: await puppet(there) };
}

describe('an alias', () => {
  inBothPlaces('is an address of its process while it is active', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    sender.self.send(alias, 'one');
    sender.self.send(alias, 'two');
    owner.self.send(alias, 'from myself');
    await quiet(places);
    expect(owner.inbox).toHaveLength(3);
    expect(owner.inbox.filter((message) => message !== 'from myself')).toEqual(['one', 'two']);
  });

  inBothPlaces('says nothing to anybody once it was taken back: messages are dropped', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    expect(owner.self.unalias(alias)).toBe(true);
    sender.self.send(alias, 'late');
    sender.self.send(owner.pid, 'by pid');
    await quiet(places);
    expect(owner.inbox).toEqual(['by pid']);
  });

  inBothPlaces('that is taken back while a message is on its way drops it', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    if (places.apart) {
      sender.self.send(alias, 'on its way');
      owner.self.unalias(alias);
    } else {
      owner.self.unalias(alias);
      sender.self.send(alias, 'too late');
    }
    await quiet(places);
    expect(owner.inbox).toStrictEqual([]);
  });

  it('leaves in the mailbox what arrived before it was taken back', async () => {
    const { self, inbox } = await puppet(await startTestNode());
    const alias = self.alias();
    self.send(alias, 'in time');
    self.unalias(alias);
    await settle();
    expect(inbox).toEqual(['in time']);
  });

  inBothPlaces('with reply takes one message', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias('reply');
    sender.self.send(alias, 'the answer');
    sender.self.send(alias, 'a second answer');
    await quiet(places);
    expect(owner.inbox).toEqual(['the answer']);
    expect(owner.self.unalias(alias)).toBe(false);
  });

  it('with reply can be taken back before', async () => {
    const { self, inbox } = await puppet(await startTestNode());
    const alias = self.alias('reply');
    expect([self.unalias(alias), self.unalias(alias)]).toEqual([true, false]);
    self.send(alias, 'x');
    await settle();
    expect(inbox).toStrictEqual([]);
  });

  inBothPlaces('is one of several, each for itself', async (places) => {
    const { sender, owner } = await pair(places);
    const [first, second] = [owner.self.alias(), owner.self.alias()];
    owner.self.unalias(first);
    sender.self.send(first, 1);
    sender.self.send(second, 2);
    await quiet(places);
    expect(first).not.toBe(second);
    expect(owner.inbox).toEqual([2]);
  });

  inBothPlaces('ends with its process, and leaves nothing behind', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    places.there.exitSignal(owner.pid, 'kill');
    expect(aliasesOf(places.there)).toBe(0);
    sender.self.send(alias, 'for nobody');
    await quiet(places);
  });

  it('leaves nothing on its process when it is taken back or has had its message', async () => {
    const node = await startTestNode();
    const { self, pid } = await puppet(node);
    for (let i = 0; i < 10; i++) self.unalias(self.alias());
    for (let i = 0; i < 10; i++) self.send(self.alias('reply'), i);
    expect(aliasesOf(node)).toBe(0);
    expect((partsOf(node).table.get(pid) as any).relations.endListeners.size).toBe(0);
  });

  inBothPlaces('can only be taken back by its own process', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    const other = await puppet(places.there);
    expect([sender.self.unalias(alias), other.self.unalias(alias)]).toEqual([false, false]);
    sender.self.send(alias, 'still here');
    await quiet(places);
    expect(owner.inbox).toEqual(['still here']);
  });

  inBothPlaces('keeps the order with messages to the pid', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias();
    const big = 'x'.repeat(300_000);
    sender.self.send(owner.pid, 1);
    sender.self.send(alias, [2, big]);
    sender.self.send(owner.pid, 3);
    sender.self.send(alias, 4);
    await owner.has(4);
    expect(owner.inbox).toEqual([1, [2, big], 3, 4]);
  });

  inBothPlaces('travels in a message, and is the same there', async (places) => {
    const { sender, owner } = await pair(places);
    const alias = owner.self.alias('reply');
    owner.self.send(sender.pid, { type: 'ask', replyTo: alias });
    await quiet(places);
    const { replyTo } = sender.inbox[0] as { replyTo: Alias };
    expect(replyTo).toBe(alias);
    sender.self.send(replyTo, 'hello');
    await quiet(places);
    expect(owner.inbox).toEqual(['hello']);
  });

  it('of a node that is not connected connects it, as a pid does', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    const { sender, owner } = await pair({ here, there, apart: true });
    sender.self.send(owner.self.alias(), 'hello');
    await here.connect(there.name);
    await quiet({ here, there });
    expect(owner.inbox).toEqual(['hello']);
  });

  it('of an earlier life of a node reaches nobody', async () => {
    const start = await startCluster();
    const here = await start('here');
    const before = await start('there');
    const old = (await puppet(before)).self.alias();
    await before.stop();
    const now = await start('there');
    const next = await puppet(now);
    const alias = next.self.alias();
    here.send(old, 'for the dead');
    here.send(alias, 'for the living');
    await quiet({ here, there: now });
    expect(next.inbox).toEqual(['for the living']);
  });

  it('is for messages only: it is no address of a call, a link, a monitor, an exit or a name', async () => {
    const node = await startTestNode();
    const { self, pid } = await puppet(node);
    const alias: any = self.alias();
    expect(() => self.exitSignal(alias, 'x')).toThrow("exitSignal: expected a pid or a name, got '#Ref<");
    expect(() => self.monitor(alias)).toThrow(BadArgumentError);
    expect(() => self.link(alias)).toThrow(BadArgumentError);
    expect(() => self.cast(alias, 'x' as never)).toThrow(BadArgumentError);
    await expect(self.call(alias, 'x' as never)).rejects.toThrow(BadArgumentError);
    expect(() => node.register(alias, pid)).toThrow("register: expected a pid or a name, got '#Ref<");
    expect(() => localName(alias)).toThrow(BadArgumentError);
    expect(() => self.send('#Ref<no reference>', 'x')).toThrow(BadArgumentError);
  });

  inBothPlaces('throws at its sender for a value that cannot travel', async ({ here, there, apart }) => {
    const { sender, owner } = await pair({ here, there, apart });
    const send = (): void => sender.self.send(owner.self.alias(), () => 1);
    if (apart) expect(send).toThrow('message: a function cannot be sent to another node');
    else expect(send).not.toThrow();
  });

  inBothPlaces('of a server brings it messages for handleInfo', async (places) => {
    const { here, there } = places;
    const infos: unknown[] = [];
    class Asks extends GenServer {
      override init(): void {
        here.send(this.self.alias('reply'), 'info');
      }
      override handleInfo(message: unknown): void {
        infos.push(message);
      }
    }
    await there.start(Asks);
    await quiet(places);
    expect(infos).toEqual(['info']);
  });
});

describe('the alias of a monitor', () => {
  /** A process here that monitors one there, and what that can reach it by. */
  async function watching(places: Places, alias: MonitorAliasKind) {
    const [client, server] = [await puppet(places.here), await puppet(places.there)];
    const ref = client.self.monitor(server.pid, { alias });
    await quiet(places);
    return { client, server, ref };
  }

  inBothPlaces('is its reference', async (places) => {
    const { client, server, ref } = await watching(places, 'explicitUnalias');
    server.self.send(ref, 'answer');
    await quiet(places);
    places.there.exitSignal(server.pid, 'oops');
    await quiet(places);
    expect(client.inbox).toEqual(['answer', { type: 'DOWN', ref, pid: server.pid, reason: 'oops' }]);
  });

  inBothPlaces('with explicitUnalias outlives demonitor and DOWN', async (places) => {
    const { client, server, ref } = await watching(places, 'explicitUnalias');
    const second = client.self.monitor(server.pid, { alias: 'explicitUnalias' });
    client.self.demonitor(ref);
    places.there.exitSignal(server.pid, 'kill');
    await quiet(places);
    places.there.send(ref, 'after demonitor');
    places.there.send(second, 'after DOWN');
    await quiet(places);
    expect(client.inbox).toMatchObject([{ type: 'DOWN', ref: second }, 'after demonitor', 'after DOWN']);
    expect([client.self.unalias(ref), client.self.unalias(second)]).toEqual([true, true]);
  });

  inBothPlaces('with demonitor ends by demonitor', async (places) => {
    const { client, server, ref } = await watching(places, 'demonitor');
    server.self.send(ref, 1);
    server.self.send(ref, 2);
    await quiet(places);
    expect(client.self.demonitor(ref)).toBe(true);
    server.self.send(ref, 'late');
    await quiet(places);
    expect(client.inbox).toEqual([1, 2]);
    expect(client.self.unalias(ref)).toBe(false);
  });

  inBothPlaces('with demonitor ends with the DOWN', async (places) => {
    const { client, server, ref } = await watching(places, 'demonitor');
    places.there.exitSignal(server.pid, 'kill');
    await quiet(places);
    places.there.send(ref, 'late');
    await quiet(places);
    expect(client.inbox).toMatchObject([{ type: 'DOWN', ref, reason: 'killed' }]);
  });

  inBothPlaces('with demonitor can be taken back by unalias, which leaves the monitor', async (places) => {
    const { client, server, ref } = await watching(places, 'demonitor');
    expect(client.self.unalias(ref)).toBe(true);
    server.self.send(ref, 'late');
    places.there.exitSignal(server.pid, 'kill');
    await quiet(places);
    expect(client.inbox).toMatchObject([{ type: 'DOWN', ref, reason: 'killed' }]);
  });

  inBothPlaces('with replyDemonitor ends with the first message, and the monitor too', async (places) => {
    const { client, server, ref } = await watching(places, 'replyDemonitor');
    server.self.send(ref, 'answer');
    server.self.send(ref, 'a second answer');
    await quiet(places);
    expect(places.there.processInfo(server.pid)?.monitoredBy).toStrictEqual([]);
    places.there.exitSignal(server.pid, 'kill');
    await quiet(places);
    expect(client.inbox).toEqual(['answer']);
    expect(client.self.demonitor(ref)).toBe(false);
  });

  inBothPlaces(
    'with replyDemonitor leaves no tag behind either when its message has come',
    async (places) => {
      const [client, server] = [await puppet(places.here), await puppet(places.there)];
      const ref = client.self.monitor(server.pid, { alias: 'replyDemonitor', tag: 'GONE' });
      server.self.send(ref, 'answer');
      await quiet(places);
      expect(client.inbox).toEqual(['answer']);
      const { aliases, tags } = partsOf(places.here).router;
      expect([aliases.size, tags.size]).toEqual([0, 0]);
    },
  );

  inBothPlaces('with replyDemonitor ends with the DOWN', async (places) => {
    const { client, server, ref } = await watching(places, 'replyDemonitor');
    places.there.exitSignal(server.pid, 'kill');
    await quiet(places);
    places.there.send(ref, 'late');
    await quiet(places);
    expect(client.inbox).toMatchObject([{ type: 'DOWN', ref }]);
    expect([aliasesOf(places.here), aliasesOf(places.there)]).toEqual([0, 0]);
  });

  inBothPlaces('of nobody ends with the DOWN noproc', async (places) => {
    const { here, there } = places;
    const client = await puppet(here);
    const nobody = { name: 'nobody', node: there.name };
    const ref = client.self.monitor(nobody, { alias: 'demonitor' });
    await quiet(places);
    there.send(ref, 'late');
    await quiet(places);
    expect(client.inbox).toEqual([{ type: 'DOWN', ref, pid: nobody, reason: 'noproc' }]);
  });

  it('ends with the connection: a late answer after noconnection is dropped', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const { client, server, ref } = await watching({ here, there, apart: true }, 'replyDemonitor');
    await quiet({ here, there });
    await here.disconnect(there.name);
    server.self.send(ref, 'late');
    await here.connect(there.name);
    await quiet({ here, there });
    expect(client.inbox).toEqual([{ type: 'DOWN', ref, pid: server.pid, reason: 'noconnection' }]);
  });

  it('is none if it was not asked for', async () => {
    const node = await startTestNode();
    const [a, b] = [await puppet(node), await puppet(node)];
    node.send(a.self.monitor(b.pid), 'x');
    await settle();
    expect(a.inbox).toStrictEqual([]);
    expect(aliasesOf(node)).toBe(0);
  });
});
