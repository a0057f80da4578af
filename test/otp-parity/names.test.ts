import { BadArgumentError, localName, NameTakenError, NoProcessError } from '@trestle/runtime';
import { inBothPlaces, lives, puppet, quiet, startCluster } from '../support/both-places';
import { inProcess, settle, startTestNode, watch } from '../support/test-node';

describe('a registered name', () => {
  inBothPlaces('is an address of its process: for messages, exits, monitors and calls', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there, true)];
    const name = localName('b').on(there.name);
    b.self.register('b');
    a.self.send(name, 'message');
    a.self.exitSignal(name, 'exit');
    const ref = a.self.monitor(name);
    void a.self.call<any, any>(name, 'call').catch(() => undefined);
    await quiet(places);
    expect(b.inbox).toMatchObject([
      'message',
      { type: 'EXIT', from: a.pid, reason: 'exit' },
      { type: '$call', request: 'call' },
    ]);
    there.exitSignal(b.pid, 'kill');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: name, reason: 'killed' }]);
  });

  inBothPlaces('that nobody has drops messages, casts and exits, and fails calls at once', async (places) => {
    const { here, there } = places;
    const a = await puppet(here);
    const nobody = { name: 'nobody', node: there.name };
    a.self.send(nobody, 'x');
    a.self.cast(nobody, 'x' as never);
    a.self.exitSignal(nobody, 'kill');
    await expect(a.self.call(nobody, 'x' as never)).rejects.toBeInstanceOf(NoProcessError);
    expect(lives(here, a)).toBe(true);
    expect(a.inbox).toStrictEqual([]);
  });

  inBothPlaces('is free, and can be taken, when the EXIT of its process is seen', async (places) => {
    const { here, there } = places;
    const [owner, heir] = [await puppet(there), await puppet(there)];
    owner.self.register('heritage');
    const seen = await inProcess(here, async (self) => {
      self.trapExit(true);
      self.link(owner.pid);
      await quiet(places);
      self.exitSignal(owner.pid, 'oops');
      await self.receive('EXIT');
      return there.whereis('heritage');
    });
    expect(seen).toBeUndefined();
    heir.self.register('heritage');
    here.send({ name: 'heritage', node: there.name }, 'to the heir');
    await quiet(places);
    expect(heir.inbox).toEqual(['to the heir']);
  });

  inBothPlaces('that has passed on takes messages to the new process, none to the old', async (places) => {
    const { here, there } = places;
    const [a, first, second] = [await puppet(here), await puppet(there), await puppet(there)];
    const name = { name: 'role', node: there.name };
    first.self.register('role');
    a.self.send(name, 1);
    await quiet(places);
    there.unregister('role');
    a.self.send(name, 'between');
    await quiet(places);
    second.self.register('role');
    a.self.send(name, 2);
    await quiet(places);
    expect([first.inbox, second.inbox]).toEqual([[1], [2]]);
  });

  inBothPlaces('can be taken away from its process, which lives on and can have another', async (places) => {
    const { here, there } = places;
    const owner = await puppet(there);
    owner.self.register('before');
    there.unregister('before');
    expect(there.processInfo(owner.pid)?.registeredName).toBeUndefined();
    owner.self.register('after');
    here.send(owner.pid, 'by pid');
    here.send({ name: 'before', node: there.name }, 'by the old name');
    here.send({ name: 'after', node: there.name }, 'by the new name');
    await quiet(places);
    expect(owner.inbox).toEqual(['by pid', 'by the new name']);
  });

  inBothPlaces('is of one node: others see it only by asking that', async ({ here, there, apart }) => {
    const { self, pid } = await puppet(there);
    self.register('mine');
    expect(there.whereis('mine')).toBe(pid);
    expect(here.whereis('mine')).toBe(apart ? undefined : pid);
    expect(here.registered().includes('mine')).toBe(!apart);
    expect(await here.rpc.call(there.name, 'Node', 'registered')).toContain('mine');
  });

  it('may be the same on two nodes, for two processes', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const [a, b] = [await puppet(here), await puppet(there)];
    a.self.register('same');
    b.self.register('same');
    for (const node of [here, there]) here.send({ name: 'same', node: node.name }, node.name);
    here.send('same', 'bare');
    await quiet({ here, there });
    expect([a.inbox, b.inbox]).toEqual([[here.name, 'bare'], [there.name]]);
  });

  inBothPlaces('is not given to a process of another node', async ({ here, there, apart }) => {
    const { pid } = await puppet(there);
    if (!apart) here.register('far', pid);
    else
      expect(() => here.register('far', pid)).toThrow(
        "register 'far': expected a living process of this node",
      );
    expect(here.whereis('far')).toBe(apart ? undefined : pid);
  });

  it('is not taken from who has it, nor given to who has one: nothing changes then', async () => {
    const node = await startTestNode();
    const [a, b] = [await puppet(node), await puppet(node)];
    a.self.register('a');
    b.self.register('b');
    expect(() => b.self.register('a')).toThrow(NameTakenError);
    expect(() => a.self.register('a')).toThrow(NameTakenError);
    expect(() => b.self.register('c')).toThrow(BadArgumentError);
    expect([node.whereis('a'), node.whereis('b'), node.whereis('c')]).toStrictEqual([
      a.pid,
      b.pid,
      undefined,
    ]);
  });

  it('can be taken away by anybody, once', async () => {
    const node = await startTestNode();
    const [a, b] = [await puppet(node), await puppet(node)];
    a.self.register('a');
    b.self.unregister(localName('a'));
    expect(() => b.self.unregister('a')).toThrow(BadArgumentError);
    expect(node.registered()).not.toContain('a');
  });

  it('goes to exactly one of those who ask for it at once', async () => {
    const node = await startTestNode();
    const takers = await Promise.all([1, 2, 3, 4].map(() => puppet(node)));
    const outcomes = takers.map(({ self }) => {
      try {
        self.register('wanted');
        return 'has it';
      } catch {
        return 'refused';
      }
    });
    expect(outcomes.toSorted()).toEqual(['has it', 'refused', 'refused', 'refused']);
  });

  it('is taken again in reaction to the DOWN, a hundred times in a row', async () => {
    const node = await startTestNode();
    const taken = await inProcess(node, async (self) => {
      for (let turn = 0; turn < 100; turn++) {
        const { pid, ref } = self.spawnMonitor<any>((child) => child.receive());
        node.register('again', pid);
        self.exitSignal(pid, turn % 2 === 0 ? 'kill' : 'oops');
        await self.receive('DOWN', { where: (down) => down.ref === ref });
      }
      return node.whereis('again');
    });
    expect(taken).toBeUndefined();
  });

  inBothPlaces('does not outlive a process that is killed while it traps exits', async (places) => {
    const { here, there } = places;
    const owner = await puppet(there, true);
    owner.self.register('tough');
    const end = await watch(there, owner.pid);
    here.exitSignal({ name: 'tough', node: there.name }, 'kill');
    expect(await end.reason).toBe('killed');
    expect(there.whereis('tough')).toBeUndefined();
  });

  it('is kept while code of the process runs, though it has no message', async () => {
    const node = await startTestNode();
    node.spawn(async (self) => {
      self.register('busy');
      await new Promise(() => {});
    });
    await settle();
    expect(node.whereis('busy')).toBeDefined();
  });
});

describe('everything that others see of a process', () => {
  inBothPlaces('is gone when its DOWN is seen: name, pid, info, aliases and timers', async (places) => {
    const { here, there } = places;
    const owner = await puppet(there);
    owner.self.register('whole');
    const alias = owner.self.alias();
    const timer = there.sendAfter(owner.pid, 'x', 60_000);
    const seen = await inProcess(here, async (self) => {
      const ref = self.monitor(owner.pid);
      await quiet(places);
      self.exitSignal(owner.pid, 'kill');
      await self.receive('DOWN', { where: (down) => down.ref === ref });
      return [
        there.whereis('whole'),
        there.isAlive(owner.pid),
        there.processInfo(owner.pid),
        there.readTimer(timer),
        there.processes().includes(owner.pid),
      ];
    });
    expect(seen).toStrictEqual([undefined, false, undefined, false, false]);
    here.send(alias, 'for nobody');
    await quiet(places);
    expect(owner.inbox).toStrictEqual([]);
  });
});
