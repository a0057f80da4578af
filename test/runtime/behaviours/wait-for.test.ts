import { VirtualClock } from '@trestle/runtime/testing';
import type { Waiter } from '../../../packages/runtime/src/behaviours/waiting/waiter';
import { waitForSome, type Waitable } from '../../../packages/runtime/src/behaviours/waiting/wait-for';

/** A task that ends when it is told to. */
class FakeTask implements Waitable {
  outcome: { readonly status: string } | undefined;
  listener: (() => void) | null = null;

  end(status: string): void {
    this.outcome = { status };
    this.listener?.();
  }
}

describe('the wait for tasks', () => {
  const clock = new VirtualClock();
  let owner: { hasEnded: boolean; listeners: Set<() => void>; asOwner: Waiter };
  let tasks: [FakeTask, FakeTask, FakeTask];

  beforeEach(() => {
    const listeners = new Set<() => void>();
    const fake = {
      local: { clock },
      hasEnded: false,
      listeners,
      onEnd: (listener: () => void) => void listeners.add(listener),
      offEnd: (listener: () => void) => void listeners.delete(listener),
    };
    owner = Object.assign(fake, { asOwner: fake as unknown as Waiter });
    tasks = [new FakeTask(), new FakeTask(), new FakeTask()];
  });

  const wait = (count: number, orOneExit: boolean): Promise<boolean> =>
    waitForSome(owner.asOwner, tasks, { count, orOneExit }, 1_000);

  /** Nothing of a wait that is over stays: no listener, no timer. */
  function expectNothingLeft(): void {
    expect([tasks.map(({ listener }) => listener), owner.listeners.size, clock.runningTimers]).toEqual([
      [null, null, null],
      0,
      0,
    ]);
  }

  it('is over when enough of them are', async () => {
    const enough = wait(2, false);
    tasks[0].end('ok');
    tasks[2].end('exit');
    expect(await enough).toBe(true);
    tasks[0].listener = tasks[2].listener = null;
    expectNothingLeft();
  });

  it('is over with the first that fails, if that is enough, and at once if one had failed before', async () => {
    const failing = wait(3, true);
    tasks[1].end('exit');
    expect(await failing).toBe(true);
    tasks[1].listener = null;
    expect(await wait(3, true)).toBe(true);
    expectNothingLeft();
  });

  it('is over when the time is, and says that it was not enough', async () => {
    tasks[0].end('ok');
    const waited = wait(2, true);
    await clock.advance(1_000);
    expect(await waited).toBe(false);
    expectNothingLeft();
  });

  it('leaves nothing behind when its owner ends first', () => {
    void wait(1, false);
    for (const listener of owner.listeners) listener();
    expectNothingLeft();
  });

  it('ends with its owner, who does not go on, also if a task ended just before', async () => {
    let hasGoneOn = false;
    void wait(1, false).then(() => (hasGoneOn = true));
    tasks[0].end('ok');
    owner.hasEnded = true;
    for (const listener of owner.listeners) listener();
    await clock.settle();
    expect(hasGoneOn).toBe(false);
    tasks[0].listener = null;
    expectNothingLeft();
  });
});
