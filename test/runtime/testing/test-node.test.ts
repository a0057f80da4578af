import { startSupervisor, childSpec, GenServer } from '@trestle/runtime';
import { createTestNode, settle, VirtualClock } from '@trestle/runtime/testing';

describe('a test node', () => {
  it('keeps what it logs, and hands it on', async () => {
    const handed: string[] = [];
    const test = await createTestNode({ logger: { log: ({ text }) => handed.push(text) } });
    test.node.log.warning('hot');
    expect(test.log).toMatchObject([{ level: 'warning', text: 'hot', node: 'nonode@nohost' }]);
    expect(handed).toEqual(['hot']);
    await test.stop();
  });

  it('stops by itself what takes its time to stop', async () => {
    class Slow extends GenServer {
      override init(): void {
        this.self.trapExit(true);
      }
      override terminate(): Promise<void> {
        return new Promise((resolve) => void this.self.node.clock.setTimer(resolve, 4_000));
      }
    }
    const test = await createTestNode();
    await startSupervisor(test.node, { strategy: 'oneForOne', children: [childSpec(Slow)] });
    await test.stop();
    expect(test.clock.now()).toBe(4_000);
    expect(test.clock.runningTimers).toBe(0);
  });

  it('shares its clock with others that are given it', async () => {
    const clock = new VirtualClock();
    const [one, other] = [await createTestNode({ clock }), await createTestNode({ clock, seed: 1 })];
    const probe = await other.probe();
    other.node.sendAfter(probe.pid, 'x', 10);
    await one.advance(10);
    expect(probe.messages()).toEqual(['x']);
    await settle(one.node, other.node);
    await one.stop();
    await other.stop();
  });

  it.each([
    [{ clock: {} }, 'clock to be a virtual clock, got {}'],
    [{ logger: 1 }, 'logger to be a logger'],
    [{ name: 'a@b' }, "options to have no 'name'"],
  ])('refuses %p', async (options, problem) => {
    await expect(createTestNode(options as never)).rejects.toThrow(`createTestNode: expected ${problem}`);
  });
});
