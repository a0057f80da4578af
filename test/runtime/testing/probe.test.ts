import { startNode, silentLogger } from '@trestle/runtime';
import { createProbe, createTestNode, type TestNode } from '@trestle/runtime/testing';

describe('a probe', () => {
  let test: TestNode;
  beforeEach(async () => void (test = await createTestNode()));
  afterEach(() => test.stop());

  const after = (ms: number, ...messages: unknown[]) =>
    test.probe<any>().then((probe) => {
      for (const message of messages) test.node.sendAfter(probe.pid, message, ms);
      return probe;
    });

  it('takes the message it expects, and leaves the others', async () => {
    const probe = await after(0, { type: 'a', n: 1 }, { type: 'b' }, { type: 'a', n: 2 });
    expect(await probe.expectMessage('b')).toEqual({ type: 'b' });
    expect(await probe.expectMessage('a', { where: ({ n }) => n === 2 })).toEqual({ type: 'a', n: 2 });
    expect(probe.messages()).toEqual([{ type: 'a', n: 1 }]);
    expect(await probe.expectMessage()).toEqual({ type: 'a', n: 1 });
    expect(probe.messages()).toStrictEqual([]);
  });

  it('lets time go by until the message is there, and no longer', async () => {
    const probe = await after(3_000, { type: 'late' });
    await probe.expectMessage('late', { withinMs: 5_000 });
    expect(test.clock.now()).toBe(3_000);
  });

  it('takes a message that is undefined', async () => {
    const probe = await after(1, undefined);
    expect(await probe.expectMessage()).toBeUndefined();
  });

  it('says what came instead of what it expected', async () => {
    const probe = await after(1, { type: 'other' }, 'text');
    await expect(probe.expectMessage(['a', 'b'], { withinMs: 50 })).rejects.toThrow(
      "expectMessage 'a' or 'b': none came within 50 ms; the mailbox holds { type: 'other' }, 'text'",
    );
    expect(test.clock.now()).toBe(50);
    await probe.expectMessage('other', { withinMs: 0 });
    await probe.expectMessage(undefined, { withinMs: 0 });
    await expect(probe.expectMessage()).rejects.toThrow('none came within 100 ms; the mailbox is empty');
  });

  it('is content when no message comes in a time that goes by', async () => {
    const probe = await after(200, { type: 'late' });
    await probe.expectNoMessage('late', { withinMs: 199 });
    expect(test.clock.now()).toBe(199);
    await expect(probe.expectNoMessage()).rejects.toThrow("expectNoMessage: got { type: 'late' }");
  });

  it('sees a process end, and why', async () => {
    const probe = await test.probe<any>();
    const pid = test.node.spawn(async (self) => {
      await self.receive(undefined, { afterMs: 60_000 });
      self.exit('tired');
    });
    expect(await probe.expectEnd(pid, { withinMs: 60_000 })).toBe('tired');
    expect(await probe.expectEnd(pid)).toBe('noproc');
    const forever = test.node.spawn((self) => self.receive());
    await expect(probe.expectEnd(forever)).rejects.toThrow("expectMessage 'DOWN': none came within 100 ms");
    test.node.exitSignal(forever, 'kill');
    await test.settle();
    expect(probe.messages()).toStrictEqual([]);
  });

  it('monitors, links, and traps the exits of those it is linked to', async () => {
    const probe = await test.probe<any>();
    const pid = test.node.spawn((self) => self.receive());
    const ref = probe.monitor(pid);
    probe.link(pid);
    probe.send(pid, 'end');
    expect(await probe.expectDown(ref)).toEqual({ type: 'DOWN', ref, pid, reason: 'normal' });
    expect(await probe.expectMessage('EXIT')).toEqual({ type: 'EXIT', from: pid, reason: 'normal' });
  });

  it('says that it has ended itself, when it was told not to trap', async () => {
    const probe = await test.probe<any>({ trapExit: false });
    const waiting = probe.expectMessage('x', { withinMs: Infinity });
    const failed = expect(waiting).rejects.toThrow('the probe has ended: oops');
    test.node.exitSignal(probe.pid, 'oops');
    await failed;
    await expect(probe.expectMessage()).rejects.toThrow('the probe has ended: oops');
  });

  it('waits as a process does, without letting time go by', async () => {
    const probe = await after(10, { type: 'x' });
    const received = probe.receive('x');
    await test.settle();
    expect(probe.messages()).toStrictEqual([]);
    await test.advance(10);
    expect(await received).toEqual({ type: 'x' });
  });

  it('can be ended', async () => {
    const probe = await test.probe<any>();
    probe.end();
    await test.settle();
    expect(test.node.isAlive(probe.pid)).toBe(false);
  });

  it('waits on a node with real time too', async () => {
    const node = await startNode({ logger: silentLogger });
    const probe = await createProbe<{ type: 'x' }>(node);
    node.sendAfter(probe.pid, { type: 'x' }, 1);
    expect(await probe.expectMessage('x', { withinMs: 5_000 })).toEqual({ type: 'x' });
    await probe.expectNoMessage(undefined, { withinMs: 1 });
    await node.stop();
  });

  it('refuses wrong options by name, and what is no node', async () => {
    const probe = await test.probe<any>();
    await expect(probe.expectMessage('x', { withinMs: -1 })).rejects.toThrow(
      /expectMessage: expected withinMs/,
    );
    await expect(probe.expectNoMessage('x', { within: 1 } as never)).rejects.toThrow(/to have no 'within'/);
    expect(() => createProbe({} as never)).toThrow('createProbe: expected a node, got {}');
    expect(() => createProbe(test.node, { trapExit: 1 } as never)).toThrow(/trapExit to be true or false/);
  });
});
