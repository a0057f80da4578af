import { idle, inProcess, leftovers, partsOf, settle, startTestNode } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

async function virtualNode() {
  const clock = new VirtualClock();
  return { clock, node: await startTestNode({ clock }) };
}

describe('sendAfter', () => {
  it('sends a message after its delay, not before', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    node.sendAfter(pid, 'late', 100);
    await clock.advance(99);
    expect(inbox).toStrictEqual([]);
    await clock.advance(1);
    expect(inbox).toEqual(['late']);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });

  it('sends at once, in a later turn, with a delay of 0', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    node.sendAfter(pid, 'soon', 0);
    await settle();
    expect(inbox).toStrictEqual([]);
    await clock.advance(0);
    expect(inbox).toEqual(['soon']);
  });

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 33 + 7])('keeps a delay of %d ms', async (delayMs) => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    node.sendAfter(pid, 'late', delayMs);
    await clock.advance(delayMs - 1);
    expect(inbox).toStrictEqual([]);
    await clock.advance(1);
    expect(inbox).toEqual(['late']);
  });

  it('never sends with a delay of Infinity, and can be cancelled then', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    const timer = node.sendAfter(pid, 'never', Infinity);
    await clock.advance(1e12);
    expect(inbox).toStrictEqual([]);
    expect(node.cancelTimer(timer)).toBe(Infinity);
  });

  it('looks a name up when the time has come', async () => {
    const { clock, node } = await virtualNode();
    node.sendAfter('later', 'hello', 10);
    node.sendAfter('nobody', 'hello', 10);
    await clock.advance(5);
    const { inbox } = idle(node, (self) => self.register('later'));
    await clock.advance(5);
    expect(inbox).toEqual(['hello']);
  });

  it('can be cancelled: tells the milliseconds that were left, then false', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    const timer = node.sendAfter(pid, 'late', 100);
    const long = node.sendAfter(pid, 'late', 2 ** 32);
    await clock.advance(30);
    expect(node.cancelTimer(timer)).toBe(70);
    expect(node.cancelTimer(timer)).toBe(false);
    expect(node.cancelTimer(long)).toBe(2 ** 32 - 30);
    await clock.advance(2 ** 32);
    expect(inbox).toStrictEqual([]);
    const fired = node.sendAfter(pid, 'now', 1);
    await clock.advance(1);
    expect(node.cancelTimer(fired)).toBe(false);
  });

  it('can be cancelled by another process', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    const timer = await inProcess(node, (self) => self.sendAfter(pid, 'late', 100));
    expect(await inProcess(node, (self) => self.cancelTimer(timer))).toBe(100);
    await clock.advance(100);
    expect(inbox).toStrictEqual([]);
  });

  it('outlives its sender, and is gone with its receiver', async () => {
    const { clock, node } = await virtualNode();
    const { pid, inbox } = idle(node);
    await inProcess(node, (self) => self.sendAfter(pid, 'from the dead', 100));
    const gone = idle(node).pid;
    const timer = node.sendAfter(gone, 'x', 2 ** 40);
    await settle();
    node.exitSignal(gone, 'kill');
    expect(leftovers(node)).toMatchObject({ timers: 1 });
    expect(node.cancelTimer(timer)).toBe(false);
    node.sendAfter(gone, 'x', 100);
    expect(leftovers(node)).toMatchObject({ timers: 1 });
    await clock.advance(100);
    expect(inbox).toEqual(['from the dead']);
  });

  it('leaves nothing with its receiver when it has fired or was cancelled', async () => {
    const { clock, node } = await virtualNode();
    const { pid } = idle(node);
    for (let i = 0; i < 10; i++) node.sendAfter(pid, i, 1);
    for (let i = 0; i < 10; i++) node.cancelTimer(node.sendAfter(pid, i, 1));
    await clock.advance(1);
    expect(partsOf(node).table.get(pid)?.firstTimer).toBeNull();
  });

  it('is cancelled when the node stops', async () => {
    const { clock, node } = await virtualNode();
    node.sendAfter('kv', 'x', 2 ** 40);
    node.sendAfter(idle(node).pid, 'x', 100);
    await node.stop();
    expect(clock.runningTimers).toBe(0);
  });
});
