import { BadArgumentError, localName, NameTakenError } from '@trestle/runtime';
import { idle, inProcess, leftovers, partsOf, settle, startTestNode } from '../../support/test-node';

describe('a registered name', () => {
  it('finds its process, takes messages for it, and is listed', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node);
    node.register('kv', pid);
    expect(node.whereis('kv')).toBe(pid);
    expect(node.whereis(localName('kv'))).toBe(pid);
    expect(node.registered()).toContain('kv');
    node.send('kv', 1);
    node.send(localName('kv'), 2);
    node.send({ name: 'kv', node: node.name }, 3);
    await settle();
    expect(inbox).toEqual([1, 2, 3]);
  });

  it('can be given by the process itself, as a plain or a typed name', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => self.register(localName('me')));
    await settle();
    expect(node.whereis('me')).toBe(pid);
  });

  it('is refused while another process has it, with the pid of that', async () => {
    const node = await startTestNode();
    const [first, second] = [idle(node).pid, idle(node).pid];
    node.register('kv', first);
    expect(() => node.register('kv', second)).toThrow(NameTakenError);
    expect(() => node.register('kv', second)).toThrow(expect.objectContaining({ pid: first }));
    expect(node.whereis('kv')).toBe(first);
  });

  it('is the only one of its process', async () => {
    const node = await startTestNode();
    const { pid } = idle(node);
    node.register('kv', pid);
    expect(() => node.register('other', pid)).toThrow(
      `register 'other': expected a process without a name, got ${pid} 'kv'`,
    );
    expect(() => node.register('kv', pid)).toThrow(NameTakenError);
    node.unregister('kv');
    node.register('other', pid);
    expect(node.registered()).toContain('other');
    expect(node.registered()).not.toContain('kv');
  });

  it('is that of whoever has it now, though it was asked for before', async () => {
    const node = await startTestNode();
    const [first, second] = [idle(node).pid, idle(node).pid];
    expect(node.whereis('kv')).toBeUndefined();
    node.register('kv', first);
    expect(node.whereis('kv')).toBe(first);
    node.unregister('kv');
    expect(node.whereis('kv')).toBeUndefined();
    node.register('kv', second);
    expect(node.whereis('kv')).toBe(second);
    node.exitSignal(second, 'kill');
    await settle();
    expect(node.whereis('kv')).toBeUndefined();
    node.register('kv', first);
    expect(node.whereis('kv')).toBe(first);
  });

  it('is not for a process that has ended, is unknown or is no pid', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    for (const pid of [gone, '<other@host/1.0/1>', 'kv', 5, undefined, null]) {
      expect(() => node.register('kv', pid as never)).toThrow(BadArgumentError);
    }
    expect(node.whereis('kv')).toBeUndefined();
  });

  it('is free after unregister, and messages for it vanish', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node);
    node.register('kv', pid);
    node.unregister(localName('kv'));
    expect(node.whereis('kv')).toBeUndefined();
    expect(() => node.unregister('kv')).toThrow("unregister: expected a registered name, got 'kv'");
    node.send('kv', 1);
    await settle();
    expect(inbox).toStrictEqual([]);
  });

  it('is free when its process ends, before anybody hears of the end', async () => {
    const node = await startTestNode();
    const seen = await inProcess(node, async (self) => {
      const { pid } = self.spawnMonitor((me) => me.receive());
      self.register('kv', pid);
      const atEnd: unknown[] = [];
      partsOf(node)
        .table.get(pid)!
        .onEnd(() => atEnd.push(node.whereis('kv'), node.isAlive(pid)));
      self.exitSignal(pid, 'kill');
      await self.receive('DOWN');
      self.register('kv');
      return [...atEnd, self.whereis('kv') === self.pid];
    });
    expect(seen).toStrictEqual([undefined, false, true]);
  });

  it('keeps an order of names and leaves none behind', async () => {
    const node = await startTestNode();
    const before = node.registered().length;
    for (let i = 0; i < 100; i++)
      node.register(
        `n${i}`,
        node.spawn(() => undefined),
      );
    expect(node.registered().slice(before)).toEqual(Array.from({ length: 100 }, (_, i) => `n${i}`));
    await settle();
    expect(node.registered().length).toBe(before);
  });
});

describe('a message to nobody', () => {
  it('vanishes: to a process that has ended, a pid of an earlier life of the node, an unknown name', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    const earlier = gone.replace(/[^/]*>$/, 'earlier>');
    for (const to of [gone, earlier, 'nobody', localName('nobody'), { name: 'nobody', node: node.name }]) {
      node.send(to, 'x');
      node.cast(to as never, 'x' as never);
      node.exitSignal(to, 'kill');
    }
    expect(leftovers(node)).toMatchObject({ timers: 0, deadlines: 0 });
  });

  it('never reaches the next process in the same place', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    const { pid, inbox } = idle(node);
    expect(pid).not.toBe(gone);
    node.send(gone, 'x');
    await settle();
    expect(inbox).toStrictEqual([]);
  });
});
