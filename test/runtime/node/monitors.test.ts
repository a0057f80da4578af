import type { Pid, Ref } from '@trestle/runtime';
import { idle, inProcess, partsOf, settle, startTestNode } from '../../support/test-node';

function relationsOf(node: Awaited<ReturnType<typeof startTestNode>>, pid: Pid): any {
  const { monitors, watchers, endListeners, links } = (partsOf(node).table.get(pid) as any).relations ?? {};
  return {
    monitors: monitors?.size ?? 0,
    watchers: watchers?.size ?? 0,
    endListeners: endListeners?.size ?? 0,
    links: links?.size ?? 0,
  };
}

describe('a monitor', () => {
  it('tells once of the end of a process, with its reason', async () => {
    const node = await startTestNode();
    const { pid } = idle(node);
    const refs: Ref[] = [];
    const { inbox } = idle(node, (self) => void refs.push(self.monitor(pid)));
    await settle();
    node.exitSignal(pid, 'over');
    await settle();
    expect(inbox).toEqual([{ type: 'DOWN', ref: refs[0], pid, reason: 'over' }]);
  });

  it('tells of a normal end too', async () => {
    const node = await startTestNode();
    const reason = await inProcess(node, async (self) => {
      self.monitor(self.spawn(() => undefined));
      return (await self.receive('DOWN')).reason;
    });
    expect(reason).toBe('normal');
  });

  it('is its own for each call: several on one process tell several times', async () => {
    const node = await startTestNode();
    const downs = await inProcess(node, async (self) => {
      const pid = self.spawn((me) => me.receive());
      const refs = [self.monitor(pid), self.monitor(pid), self.monitor(pid)];
      self.demonitor(refs[1]!);
      self.exitSignal(pid, 'over');
      const heard = [await self.receive('DOWN'), await self.receive('DOWN')].map((down) => down.ref);
      return [heard, [refs[0], refs[2]], await self.receive('DOWN', { afterMs: 0 })];
    });
    expect(downs[0]).toEqual(downs[1]);
    expect(downs[2]).toBeUndefined();
  });

  it('of a process that has ended, or a name that nobody has, tells noproc at once', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    const { inbox } = idle(node, (self) => {
      self.monitor(gone);
      self.monitor('nobody');
      self.monitor({ name: 'nobody', node: node.name });
    });
    await settle();
    const nobody = { name: 'nobody', node: node.name };
    expect(inbox).toMatchObject([
      { type: 'DOWN', pid: gone, reason: 'noproc' },
      { type: 'DOWN', pid: nobody, reason: 'noproc' },
      { type: 'DOWN', pid: nobody, reason: 'noproc' },
    ]);
  });

  it('of a process of a node out of reach tells noconnection', async () => {
    const node = await startTestNode();
    const { inbox } = idle(node, (self) => {
      self.monitor('<far@host/1.0/1>');
      self.monitor({ name: 'kv', node: 'far@host' });
    });
    await settle();
    expect(inbox).toMatchObject([
      { type: 'DOWN', pid: '<far@host/1.0/1>', reason: 'noconnection' },
      { type: 'DOWN', pid: { name: 'kv', node: 'far@host' }, reason: 'noconnection' },
    ]);
  });

  it('by name tells of the process that had the name then, and names it so', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => self.register('kv'));
    await settle();
    const { inbox } = idle(node, (self) => void self.monitor('kv'));
    await settle();
    node.unregister('kv');
    node.register('kv', idle(node).pid);
    node.exitSignal(pid, 'over');
    await settle();
    expect(inbox).toMatchObject([{ type: 'DOWN', pid: { name: 'kv', node: node.name }, reason: 'over' }]);
  });

  it('of itself is allowed and never heard of', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node, (self) => void self.monitor(self.pid));
    await settle();
    node.exitSignal(pid, 'over');
    await settle();
    expect(inbox).toStrictEqual([]);
  });

  it('says nothing after demonitor, even if the end came before it', async () => {
    const node = await startTestNode();
    const rest = await inProcess(node, async (self) => {
      const pid = self.spawn((me) => me.receive());
      const before = self.monitor(pid);
      const after = self.monitor(pid);
      self.demonitor(before);
      self.exitSignal(pid, 'over');
      self.demonitor(after, { flush: true });
      return self.receive(undefined, { afterMs: 0 });
    });
    expect(rest).toBeUndefined();
  });

  it('leaves the DOWN that waits already, unless demonitor flushes it, and that only', async () => {
    const node = await startTestNode();
    const [kept, left] = await inProcess(node, async (self) => {
      const pid = self.spawn((me) => me.receive());
      const [first, second] = [self.monitor(pid), self.monitor(pid)];
      self.exitSignal(pid, 'over');
      self.send(self.pid, { type: 'DOWN', ref: 'like', pid: 'it' });
      self.demonitor(first);
      self.demonitor(second, { flush: true });
      self.demonitor(second, { flush: true });
      const keptRef = (await self.receive('DOWN')).ref === first;
      return [keptRef, await self.receive()];
    });
    expect(kept).toBe(true);
    expect(left).toMatchObject({ ref: 'like' });
  });

  it('leaves nothing behind on either process when it is taken away, heard of, or its owner ends', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => self.register('kv'));
    await settle();
    await inProcess(node, (self) => {
      for (const target of [pid, 'kv', { name: 'kv', node: node.name }]) {
        const ref = self.monitor(target);
        self.demonitor(ref);
      }
      expect(relationsOf(node, self.pid)).toMatchObject({ monitors: 0 });
      // The name is free when the monitor is taken away.
      const ref = self.monitor('kv');
      self.unregister('kv');
      self.demonitor(ref);
      expect(relationsOf(node, pid)).toMatchObject({ watchers: 0 });
      self.register('kv', pid);
      self.monitor(pid);
      self.monitor('kv');
      self.monitor('nobody');
      self.unregister('kv');
    });
    await settle();
    expect(relationsOf(node, pid)).toEqual({ monitors: 0, watchers: 0, endListeners: 0, links: 0 });
  });

  it('and a link leave nothing behind on a process that outlives many others', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => void self.trapExit(true));
    await settle();
    await inProcess(node, async (self) => {
      for (let i = 0; i < 100; i++) {
        const { ref } = self.spawnMonitor((me) => {
          me.link(pid);
          me.monitor(pid);
        });
        await self.receive('DOWN', { where: (down) => down.ref === ref });
      }
      expect(relationsOf(node, self.pid)).toMatchObject({ monitors: 0 });
    });
    expect(relationsOf(node, pid)).toEqual({ monitors: 0, watchers: 0, endListeners: 0, links: 0 });
  });
});

describe('monitorNodes', () => {
  const up = { type: 'nodeup', node: 'b@host', hidden: false } as const;
  const down = { type: 'nodedown', node: 'b@host', hidden: false, reason: 'noconnection' } as const;

  it('sends nodeup and nodedown of visible nodes, once for each time it was asked for', async () => {
    const node = await startTestNode();
    const once = idle(node, (self) => self.monitorNodes(true));
    const twice = idle(node, (self) => {
      self.monitorNodes(true);
      self.monitorNodes(true);
    });
    await settle();
    const { events } = partsOf(node);
    events.publish(up);
    events.publish({ ...up, hidden: true });
    events.publish(down);
    await settle();
    const heard = [
      { type: 'nodeup', node: 'b@host' },
      { type: 'nodedown', node: 'b@host', reason: 'noconnection' },
    ];
    expect(once.inbox).toEqual(heard);
    expect(twice.inbox).toEqual([heard[0], heard[0], heard[1], heard[1]]);
  });

  it('stops with one false, and leaves nothing behind', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node, (self) => {
      for (let i = 0; i < 10; i++) {
        self.monitorNodes(true);
        self.monitorNodes(true);
        self.monitorNodes(false);
      }
      self.monitorNodes(false);
    });
    await settle();
    partsOf(node).events.publish(up);
    await settle();
    expect(inbox).toStrictEqual([]);
    expect(relationsOf(node, pid)).toMatchObject({ endListeners: 0 });
    const other = idle(node, (self) => self.monitorNodes(true)).pid;
    await settle();
    node.exitSignal(other, 'kill');
    expect((partsOf(node).events as any).subscriptions.size).toBe(0);
  });

  it('is an event for code that is no process, and an error of a listener is logged', async () => {
    const node = await startTestNode();
    const heard: unknown[] = [];
    const { inbox } = idle(node, (self) => self.monitorNodes(true));
    await settle();
    node.events.on('nodeup', (event) => heard.push(event));
    node.events.on('nodedown', () => {
      throw new Error('bad listener');
    });
    partsOf(node).events.publish(up);
    partsOf(node).events.publish(down);
    await settle();
    expect(heard).toEqual([{ type: 'nodeup', node: 'b@host' }]);
    expect(inbox.length).toBe(2);
  });
});
