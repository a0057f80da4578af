import { believesInLink, inBothPlaces, lives, puppet, quiet, startCluster } from '../support/both-places';
import { hostileErrors } from '../support/hostile-errors';
import { watch } from '../support/test-node';

const throwing = {
  get type(): string {
    throw new Error('read');
  },
};

describe('an exit signal', () => {
  inBothPlaces('with normal is ignored, unless exits are trapped: then it is a message', async (places) => {
    const { here, there } = places;
    const [a, plain, trapping] = [await puppet(here), await puppet(there), await puppet(there, true)];
    a.self.exitSignal(plain.pid, 'normal');
    a.self.exitSignal(trapping.pid, 'normal');
    await quiet(places);
    expect(lives(there, plain)).toBe(true);
    expect(plain.inbox).toStrictEqual([]);
    expect(trapping.inbox).toEqual([{ type: 'EXIT', from: a.pid, reason: 'normal' }]);
  });

  inBothPlaces('with kill is killed to those linked; from them it is an ordinary reason', async (places) => {
    const { here, there } = places;
    const [victim, plain, trapping] = [
      await puppet(there, true),
      await puppet(here),
      await puppet(here, true),
    ];
    plain.self.link(victim.pid);
    trapping.self.link(victim.pid);
    await quiet(places);
    const end = await watch(here, plain.pid);
    here.exitSignal(victim.pid, 'kill');
    expect(await end.reason).toBe('killed');
    await quiet(places);
    expect(trapping.inbox).toEqual([{ type: 'EXIT', from: victim.pid, reason: 'killed' }]);
  });

  inBothPlaces('with kill, of a process that exits with it, can be trapped', async (places) => {
    const { here, there } = places;
    const trapping = await puppet(here, true);
    const exiting = there.spawn<any>(async (self) => {
      await self.receive();
      self.exit('kill');
    });
    trapping.self.link(exiting);
    trapping.self.send(exiting, 'go');
    await quiet(places);
    expect(trapping.inbox).toEqual([{ type: 'EXIT', from: exiting, reason: 'kill' }]);
  });

  inBothPlaces('of a normal end passes over a link, and the link is gone', async (places) => {
    const { here, there } = places;
    const plain = await puppet(here);
    const ending = there.spawn<any>((self) => self.receive());
    plain.self.link(ending);
    plain.self.send(ending, 'end');
    await quiet(places);
    expect(lives(here, plain)).toBe(true);
    expect(believesInLink(here, plain, { pid: ending } as never)).toBe(false);
  });

  inBothPlaces('sent on purpose leaves the link, and needs none', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here, true), await puppet(there, true)];
    a.self.link(b.pid);
    a.self.exitSignal(b.pid, 'hint');
    await quiet(places);
    expect(b.inbox).toEqual([{ type: 'EXIT', from: a.pid, reason: 'hint' }]);
    expect([believesInLink(here, a, b), believesInLink(there, b, a)]).toEqual([true, true]);
  });

  inBothPlaces('reaches a name, and nobody if there is none', async (places) => {
    const { here, there } = places;
    const [a, named] = [await puppet(here), await puppet(there)];
    there.register('named', named.pid);
    const end = await watch(there, named.pid);
    a.self.exitSignal({ name: 'nobody', node: there.name }, 'kill');
    a.self.exitSignal({ name: 'named', node: there.name }, 'oops');
    expect(await end.reason).toBe('oops');
  });

  inBothPlaces('comes after the messages sent before it, in order with them', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there, true)];
    a.self.link(b.pid);
    a.self.send(b.pid, 1);
    a.self.exitSignal(b.pid, 'x');
    a.self.send(b.pid, 2);
    here.exitSignal(a.pid, 'over');
    await quiet(places);
    expect(b.inbox).toEqual([
      1,
      { type: 'EXIT', from: a.pid, reason: 'x' },
      2,
      { type: 'EXIT', from: a.pid, reason: 'over' },
    ]);
  });

  inBothPlaces('tells everybody, whatever the reason is made of', async (places) => {
    const { here, there, apart } = places;
    for (const reason of [() => 1, Symbol('s'), throwing, new (class Own {})()]) {
      const [a, b, c] = [await puppet(here, true), await puppet(there), await puppet(there, true)];
      a.self.link(b.pid);
      a.self.monitor(b.pid);
      c.self.link(b.pid);
      await quiet(places);
      there.exitSignal(b.pid, reason);
      await quiet(places);
      expect(c.inbox).toHaveLength(1);
      expect(a.inbox).toHaveLength(2);
      if (apart) expect(typeof a.inbox[0].reason).toBe('string');
    }
  });
});

describe('a process that throws what raises an error when it is looked at', () => {
  describe.each(hostileErrors)('such as %s', (_what, make) => {
    inBothPlaces('ends, and everybody is told', async (places) => {
      const { here, there } = places;
      const watcher = await puppet(here, true);
      const pid = there.spawn<any>(async (self) => {
        await self.receive('throw');
        throw make() as Error;
      });
      watcher.self.link(pid);
      watcher.self.monitor(pid);
      await quiet(places);
      there.send(pid, { type: 'throw' });
      await quiet(places);
      expect(there.isAlive(pid)).toBe(false);
      const reason = { type: 'error', name: 'Error', message: expect.stringContaining('raises an error') };
      expect(watcher.inbox).toMatchObject([
        { type: 'EXIT', from: pid, reason },
        { type: 'DOWN', pid, reason },
      ]);
    });
  });
});

describe('a link', () => {
  inBothPlaces(
    'to a process that is gone is an exit signal noproc, which ends who does not trap',
    async (places) => {
      const { here, there } = places;
      const gone = there.spawn(() => undefined);
      await quiet(places);
      const [plain, trapping] = [await puppet(here), await puppet(here, true)];
      const end = await watch(here, plain.pid);
      plain.self.link(gone);
      trapping.self.link(gone);
      expect(await end.reason).toBe('noproc');
      await quiet(places);
      expect(trapping.inbox).toEqual([{ type: 'EXIT', from: gone, reason: 'noproc' }]);
    },
  );

  inBothPlaces('is one, however often it is made from either side', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here, true), await puppet(there)];
    a.self.link(b.pid);
    b.self.link(a.pid);
    a.self.link(b.pid);
    await quiet(places);
    b.self.link(a.pid);
    there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'EXIT', from: b.pid, reason: 'oops' }]);
  });

  it('to a pid of an earlier life of a node is noproc, as is a monitor, and a call', async () => {
    const start = await startCluster();
    const here = await start('here');
    const before = await start('there');
    const old = await puppet(before);
    await here.connect(before.name);
    await before.stop();
    const now = await start('there');
    const name = old.pid.slice(0, old.pid.lastIndexOf('/'));
    const twin = now.processes().find((pid) => pid.startsWith(name)) ?? (await puppet(now)).pid;
    const a = await puppet(here, true);
    a.self.send(old.pid, 'for nobody');
    a.self.link(old.pid);
    const ref = a.self.monitor(old.pid);
    await expect(here.call<any, any>(old.pid as never, 'x')).rejects.toMatchObject({ code: 'ERR_NOPROC' });
    a.self.exitSignal(old.pid, 'kill');
    await quiet({ here, there: now });
    expect(now.isAlive(twin)).toBe(true);
    expect(a.inbox).toEqual([
      { type: 'EXIT', from: old.pid, reason: 'noproc' },
      { type: 'DOWN', ref, pid: old.pid, reason: 'noproc' },
    ]);
  });
});
