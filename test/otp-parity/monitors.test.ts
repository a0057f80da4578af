import type { Pid, Ref } from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { partsOf, settle, startTestNode } from '../support/test-node';

describe('a monitor', () => {
  inBothPlaces(
    'by name tells the name and its node, of the process that had the name then',
    async (places) => {
      const { here, there } = places;
      const kv = { name: 'kv', node: there.name };
      const [a, first, second] = [await puppet(here), await puppet(there), await puppet(there)];
      const nobody = a.self.monitor(kv);
      there.register('kv', first.pid);
      await quiet(places);
      expect(a.inbox.splice(0)).toEqual(
        places.apart ? [] : [{ type: 'DOWN', ref: nobody, pid: kv, reason: 'noproc' }],
      );
      const ref = a.self.monitor(kv);
      await quiet(places);
      there.unregister('kv');
      there.register('kv', second.pid);
      there.exitSignal(second.pid, 'not this one');
      await quiet(places);
      expect(a.inbox).toStrictEqual([]);
      there.exitSignal(first.pid, 'this one');
      await quiet(places);
      expect(a.inbox.filter((down) => down.ref === ref)).toEqual([
        { type: 'DOWN', ref, pid: kv, reason: 'this one' },
      ]);
    },
  );

  inBothPlaces('finds the name free, and the process gone, when it is heard of', async (places) => {
    const { here, there } = places;
    const named = await puppet(there);
    there.register('named', named.pid);
    let seen: unknown;
    const done = new Promise<void>((resolve) => {
      here.spawn<any>(async (self) => {
        self.monitor(named.pid);
        await quiet(places);
        self.exitSignal(named.pid, 'oops');
        await self.receive('DOWN');
        seen = [there.whereis('named'), there.isAlive(named.pid)];
        resolve();
      });
    });
    await done;
    expect(seen).toStrictEqual([undefined, false]);
  });

  inBothPlaces('is one of several: each tells once, and can be taken away alone', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there)];
    const refs = [a.self.monitor(b.pid), a.self.monitor(b.pid), a.self.monitor(b.pid)];
    await quiet(places);
    a.self.demonitor(refs[1]!);
    there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox.map(({ ref }) => ref)).toEqual([refs[0], refs[2]]);
  });

  inBothPlaces('says nothing once it is taken away, though its DOWN is on the way', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there)];
    const ref = a.self.monitor(b.pid);
    await quiet(places);
    there.exitSignal(b.pid, 'oops');
    a.self.demonitor(ref, { flush: true });
    await quiet(places);
    if (places.apart) expect(a.inbox).toStrictEqual([]);
  });

  inBothPlaces(
    'with demonitor and flush leaves no DOWN in the mailbox, and takes no other',
    async (places) => {
      const { here, there } = places;
      const [gone, other] = [await puppet(there), await puppet(there)];
      const left = await new Promise<unknown[]>((resolve) => {
        here.spawn<any>(async (self) => {
          const [ref, kept] = [self.monitor(gone.pid), self.monitor(other.pid)];
          await quiet(places);
          self.exitSignal(gone.pid, 'a');
          self.exitSignal(other.pid, 'b');
          await quiet(places);
          self.demonitor(ref, { flush: true });
          const messages: any[] = [];
          for (;;) {
            const message: any = await self.receive(undefined, { afterMs: 0 });
            if (message === undefined) break;
            messages.push(message.ref === kept ? message.reason : message);
          }
          resolve(messages);
        });
      });
      expect(left).toEqual(['b']);
    },
  );

  inBothPlaces('of a process that ends at once is told how it ended, or that it is gone', async (places) => {
    const { here, there } = places;
    const a = await puppet(here);
    const { pid, ref } = a.self.spawnMonitor((self) => self.exit('at once'));
    const gone = there.spawn(() => undefined);
    const late = a.self.monitor(gone);
    await quiet(places);
    const reasons = new Map(a.inbox.map((down) => [down.ref, [down.pid, down.reason]]));
    expect(reasons.get(ref)).toEqual([pid, 'at once']);
    expect(reasons.get(late)).toEqual([gone, places.apart ? 'noproc' : 'normal']);
  });

  inBothPlaces('with a tag of its own leaves none behind, however it ends', async (places) => {
    const { here, there } = places;
    const client = await puppet(here);
    const tagged = async (): Promise<{ ref: Ref; pid: Pid }> => {
      const { pid } = await puppet(there);
      return { ref: client.self.monitor(pid, { tag: 'GONE' }), pid };
    };
    const [told, taken] = [await tagged(), await tagged()];
    await quiet(places);
    expect(partsOf(here).router.tags.size).toBe(2);
    there.exitSignal(told.pid, 'kill');
    client.self.demonitor(taken.ref);
    await quiet(places);
    expect(client.inbox).toMatchObject([{ type: 'GONE', ref: told.ref }]);
    expect(partsOf(here).router.tags.size).toBe(0);
    await tagged();
    here.exitSignal(client.pid, 'kill');
    await quiet(places);
    expect(partsOf(here).router.tags.size).toBe(0);
  });

  inBothPlaces('with a tag leaves nothing on the process that monitored when it has told', async (places) => {
    const { here, there } = places;
    const client = await puppet(here);
    for (let i = 0; i < 5; i++) {
      const { pid } = await puppet(there);
      client.self.monitor(pid, { tag: 'GONE' });
      await quiet(places);
      there.exitSignal(pid, 'kill');
    }
    await quiet(places);
    expect(client.inbox).toHaveLength(5);
    expect((partsOf(here).table.get(client.pid) as any).relations.endListeners.size).toBe(0);
  });

  it('of a process on itself is a reference and nothing else, by pid or by name', async () => {
    const node = await startTestNode();
    const a = await puppet(node);
    node.register('a', a.pid);
    for (const target of [a.pid, 'a', { name: 'a', node: node.name }]) {
      const ref = a.self.monitor(target, { alias: 'explicitUnalias', tag: 'GONE' });
      node.send(ref, { type: 'to the reference' });
      expect([a.self.demonitor(ref), a.self.unalias(ref)]).toStrictEqual([false, false]);
    }
    await settle();
    expect(node.processInfo(a.pid)).toMatchObject({ monitors: [], monitoredBy: [] });
    expect(a.inbox).toStrictEqual([]);
    expect(partsOf(node).router.tags.size).toBe(0);
  });

  inBothPlaces('leaves nothing behind on either node', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there)];
    for (let n = 0; n < 3; n++) a.self.demonitor(a.self.monitor(b.pid));
    a.self.monitor({ name: 'nobody', node: there.name });
    await quiet(places);
    const related = (node: typeof here, pid: string) => (partsOf(node).table.get(pid) as any).relations;
    expect(related(here, a.pid).monitors.size).toBe(0);
    expect(related(there, b.pid).watchers.size).toBe(0);
    a.self.monitor(b.pid);
    await quiet(places);
    expect(related(there, b.pid).watchers.size).toBe(1);
    here.exitSignal(a.pid, 'kill');
    await quiet(places);
    expect(related(there, b.pid).watchers.size).toBe(0);
  });
});
