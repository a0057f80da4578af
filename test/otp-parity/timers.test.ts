import { timer, type Node, type TimerTimeout } from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { idle, inProcess, leftovers, logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let clock: VirtualClock;
let node: Node;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
});

describe('a timer', () => {
  it('of startTimer sends its message in an envelope that names it', async () => {
    const { pid, inbox } = idle(node);
    const ref = node.startTimer(pid, 'wake', 100);
    await clock.advance(99);
    expect(inbox).toStrictEqual([]);
    await clock.advance(1);
    expect(inbox).toEqual([{ type: 'timeout', timer: ref, message: 'wake' } satisfies TimerTimeout]);
  });

  it('of startTimer is for a name too, which is looked up when it fires', async () => {
    node.startTimer('later', 'hello', 10);
    await clock.advance(5);
    const { inbox } = idle(node, (self) => self.register('later'));
    await clock.advance(5);
    expect(inbox).toMatchObject([{ type: 'timeout', message: 'hello' }]);
  });

  it('tells by readTimer the milliseconds that are left, and goes on', async () => {
    const { pid, inbox } = idle(node);
    const ref = node.sendAfter(pid, 'late', 100);
    await clock.advance(30);
    expect(node.readTimer(ref)).toBe(70);
    expect(await inProcess(node, (self) => self.readTimer(ref))).toBe(70);
    await clock.advance(70);
    expect(inbox).toEqual(['late']);
  });

  it('that has fired, was cancelled or never was is false to readTimer and cancelTimer', async () => {
    const { pid } = idle(node);
    const [fired, cancelled] = [node.startTimer(pid, 1, 5), node.startTimer(pid, 2, 50)];
    await clock.advance(5);
    node.cancelTimer(cancelled);
    const never = await inProcess(node, (self) => self.monitor(pid));
    for (const ref of [fired, cancelled, never]) {
      expect(node.readTimer(ref)).toBe(false);
      expect(node.cancelTimer(ref)).toBe(false);
    }
  });

  it('that is cancelled too late has its message in the mailbox, where its reference tells it', async () => {
    const seen = await inProcess(node, async (self) => {
      const ref = self.startTimer(self.pid, 'x', 10);
      await clock.advance(10);
      expect(self.cancelTimer(ref)).toBe(false);
      const flushed = await self.receive('timeout', { where: (m: any) => m.timer === ref, afterMs: 0 });
      return [flushed, await self.receive(undefined, { afterMs: 0 })];
    });
    expect(seen).toMatchObject([{ type: 'timeout', message: 'x' }, undefined]);
  });

  it('fires once, and in the order of its time, not of its start', async () => {
    const { pid, inbox } = idle(node);
    node.sendAfter(pid, 'third', 30);
    node.sendAfter(pid, 'first', 10);
    node.startTimer(pid, 'second', 20);
    await clock.advance(1_000);
    expect(inbox).toEqual(['first', expect.objectContaining({ message: 'second' }), 'third']);
  });

  it('is gone with the process it is for: no later process gets its message', async () => {
    const gone = idle(node);
    const ref = node.startTimer(gone.pid, 'x', 100);
    await settle();
    node.exitSignal(gone.pid, 'kill');
    expect(node.readTimer(ref)).toBe(false);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
    const next = idle(node);
    await clock.advance(100);
    expect(next.inbox).toStrictEqual([]);
  });

  it('to a process that is gone already is none', () => {
    const gone = node.spawn(() => undefined);
    node.exitSignal(gone, 'kill');
    expect(node.readTimer(node.startTimer(gone, 'x', 100))).toBe(false);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });

  it('of a process that ends still fires for another', async () => {
    const { pid, inbox } = idle(node);
    const starter = await puppet(node);
    starter.self.startTimer(pid, 'from the dead', 100);
    node.exitSignal(starter.pid, 'kill');
    await clock.advance(100);
    expect(inbox).toMatchObject([{ message: 'from the dead' }]);
  });
});

describe('timer.sendInterval', () => {
  it('sends again and again, first after one interval, until it is cancelled', async () => {
    const { pid, inbox } = idle(node);
    const ref = timer.sendInterval(node, pid, 'tick', 100);
    await clock.advance(99);
    expect(inbox).toStrictEqual([]);
    await clock.advance(251);
    expect(inbox).toEqual(['tick', 'tick', 'tick']);
    expect(node.readTimer(ref)).toBe(50);
    expect(node.cancelTimer(ref)).toBe(50);
    expect(node.cancelTimer(ref)).toBe(false);
    await clock.advance(1_000);
    expect(inbox).toHaveLength(3);
  });

  it('ends with the process it is for, whoever started it', async () => {
    const { pid } = idle(node);
    const ref = await inProcess(node, (self) => timer.sendInterval(self, pid, 'tick', 100));
    await clock.advance(150);
    expect(node.readTimer(ref)).toBe(50);
    node.exitSignal(pid, 'kill');
    expect(node.readTimer(ref)).toBe(false);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });

  it('to a name is for the process that has it then, and ends with that', async () => {
    const first = idle(node, (self) => self.register('ticked'));
    await settle();
    timer.sendInterval(node, 'ticked', 'tick', 100);
    await clock.advance(100);
    node.exitSignal(first.pid, 'kill');
    const second = idle(node, (self) => self.register('ticked'));
    await clock.advance(1_000);
    expect([first.inbox, second.inbox]).toEqual([['tick'], []]);
  });

  it('to nobody starts no timer', () => {
    const gone = node.spawn(() => undefined);
    node.exitSignal(gone, 'kill');
    timer.sendInterval(node, gone, 'tick', 100);
    timer.sendInterval(node, 'nobody', 'tick', 100);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });

  it('does not drift: what came late does not make the next one late', async () => {
    const { pid, inbox } = idle(node);
    timer.sendInterval(node, pid, 'tick', 100);
    const fire = clock.now.bind(clock);
    // The event loop was busy from 100 to 350.
    clock.now = () => Math.max(fire(), fire() >= 100 ? 350 : 0);
    await clock.advance(100);
    clock.now = fire;
    expect(inbox).toEqual(['tick', 'tick', 'tick']);
  });
});

describe('timer.applyAfter', () => {
  it('executes a function in a process of its own, once, though its starter has ended', async () => {
    const done: unknown[] = [];
    const starter = await puppet(node);
    const ref = timer.applyAfter(starter.self, (self) => done.push(self.pid), 100);
    node.exitSignal(starter.pid, 'kill');
    await clock.advance(99);
    expect(done).toStrictEqual([]);
    expect(node.readTimer(ref)).toBe(1);
    await clock.advance(1_000);
    expect(done).toHaveLength(1);
    expect(done).not.toContain(starter.pid);
  });

  it('can be cancelled', async () => {
    const done = jest.fn();
    expect(node.cancelTimer(timer.applyAfter(node, done, 100))).toBe(100);
    await clock.advance(100);
    expect(done).not.toHaveBeenCalled();
  });

  it('logs the error of a function that throws, and nobody ends by it', async () => {
    const starter = await puppet(node);
    timer.applyAfter(
      starter.self,
      () => {
        throw new Error('late');
      },
      1,
    );
    await clock.advance(1);
    expect(node.isAlive(starter.pid)).toBe(true);
    expect(logOf(node)).toMatchObject([
      { level: 'error', report: { type: 'crash', reason: { message: 'late' } } },
    ]);
  });
});

describe('timer.applyInterval', () => {
  it('starts a process at every interval, whether the one before is done or not', async () => {
    let running = 0;
    const ref = timer.applyInterval(
      node,
      (self) => {
        running += 1;
        return self.receive();
      },
      100,
    );
    await clock.advance(350);
    expect(running).toBe(3);
    node.cancelTimer(ref);
    await clock.advance(1_000);
    expect(running).toBe(3);
  });

  it('ends with the process that started it', async () => {
    const done = jest.fn();
    const starter = await puppet(node);
    timer.applyInterval(starter.self, done, 100);
    await clock.advance(100);
    node.exitSignal(starter.pid, 'kill');
    expect(leftovers(node)).toMatchObject({ timers: 0 });
    await clock.advance(1_000);
    expect(done).toHaveBeenCalledTimes(1);
  });
});

describe('timer.applyRepeatedly', () => {
  const starts: number[] = [];
  const lasting = (durationsMs: number[]) => async (self: any) => {
    starts.push(clock.now());
    await timer.sleep(self, durationsMs.shift() ?? 0);
  };
  beforeEach(() => starts.splice(0));

  it('starts one process after another, at intervals', async () => {
    timer.applyRepeatedly(node, lasting([10, 20]), 100);
    await clock.advance(350);
    expect(starts).toEqual([100, 200, 300]);
  });

  it('catches up: after one that took 2.5 intervals the next two come at once', async () => {
    timer.applyRepeatedly(node, lasting([250]), 100);
    await clock.advance(550);
    expect(starts).toEqual([100, 350, 350, 400, 500]);
  });

  it('can be cancelled while a process runs, which goes on', async () => {
    const ref = timer.applyRepeatedly(node, lasting([250]), 100);
    await clock.advance(150);
    expect(node.cancelTimer(ref)).not.toBe(false);
    expect(node.processes().length).toBeGreaterThan(1);
    await clock.advance(1_000);
    expect(starts).toEqual([100]);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });

  it('ends with the process that started it, even while another runs', async () => {
    const starter = await puppet(node);
    timer.applyRepeatedly(starter.self, lasting([250]), 100);
    await clock.advance(150);
    node.exitSignal(starter.pid, 'kill');
    await clock.advance(1_000);
    expect(starts).toEqual([100]);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });
});

describe('timer.sleep', () => {
  it('waits, in a process that takes no message meanwhile', async () => {
    let woke = 0;
    const seen = inProcess(node, async (self) => {
      self.send(self.pid, 'x');
      await timer.sleep(self, 100);
      woke = clock.now();
      return self.receive();
    });
    await clock.advance(1_000);
    expect([woke, await seen]).toEqual([100, 'x']);
  });

  it('never returns in a process that has ended, and leaves no timer', async () => {
    const after = jest.fn();
    const pid = node.spawn((self) => timer.sleep(self, 100).then(after));
    await settle();
    node.exitSignal(pid, 'kill');
    expect(leftovers(node)).toMatchObject({ timers: 0 });
    await clock.advance(100);
    expect(after).not.toHaveBeenCalled();
  });
});

describe('a wrong argument of timer', () => {
  it('is refused by name, and starts nothing', async () => {
    const on: any = node;
    const refusals: [() => unknown, string][] = [
      [() => timer.sendInterval(on, 5 as never, 'x', 1), 'timer.sendInterval: expected a pid, a name or'],
      [
        () => timer.sendInterval(on, 'x', 'x', 0),
        'timer.sendInterval: expected everyMs in milliseconds (more',
      ],
      [() => timer.applyInterval(on, () => {}, NaN), 'timer.applyInterval: expected everyMs in milliseconds'],
      [() => timer.applyInterval(on, 5 as never, 1), 'timer.applyInterval: expected a function, got 5'],
      [() => timer.applyRepeatedly(on, () => {}, '1' as never), 'timer.applyRepeatedly: expected everyMs in'],
      [
        () => timer.applyAfter(on, () => {}, -1),
        'timer.applyAfter: expected delayMs in milliseconds (0 or more',
      ],
      [() => timer.exitAfter(on, null as never, 'x', 1), 'timer.exitAfter: expected a pid, a name or'],
      [() => timer.killAfter(on, 'x', '5' as never), 'timer.killAfter: expected delayMs in milliseconds'],
      [() => timer.killAfter({} as never, 'x', 1), 'timer.killAfter: expected a node or a process, got {}'],
    ];
    for (const [attempt, message] of refusals) expect(attempt).toThrow(message);
    await expect(timer.sleep(on, -1)).rejects.toThrow('timer.sleep: expected delayMs in milliseconds');
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });
});

describe('between processes', () => {
  inBothPlaces('timer.exitAfter sends an exit signal in the name of who asked', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there, true)];
    timer.exitAfter(a.self, b.pid, 'time is up', 1);
    const cancelled = timer.exitAfter(a.self, b.pid, 'never', 60_000);
    expect(here.cancelTimer(cancelled)).not.toBe(false);
    await inProcess(here, (self) => timer.sleep(self, 5));
    await quiet(places);
    expect(b.inbox).toEqual([{ type: 'EXIT', from: a.pid, reason: 'time is up' }]);
  });

  it("timer.exitAfter with 'normal' ends nobody, not even who asked: it is not its own exit", async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const one = await puppet(node, true);
    timer.exitAfter(one.self, one.pid, 'normal', 1);
    await clock.advance(1);
    await settle();
    expect(one.inbox).toMatchObject([{ type: 'EXIT', reason: 'normal' }]);
    const other = await puppet(node);
    timer.exitAfter(other.self, other.pid, 'normal', 1);
    await clock.advance(1);
    await settle();
    expect(node.isAlive(other.pid)).toBe(true);
  });

  inBothPlaces('timer.killAfter kills a process that traps exits', async ({ here, there }) => {
    const b = await puppet(there, true);
    const end = await watch(there, b.pid);
    timer.killAfter(here, b.pid, 1);
    expect(await end.reason).toBe('killed');
  });

  inBothPlaces('startTimer reaches a process, by pid and by name', async ({ here, there }) => {
    const received = inProcess(there, async (self) => {
      self.register('awaits');
      const refs = [
        here.startTimer(self.pid, 'by pid', 1),
        here.startTimer({ name: 'awaits', node: there.name }, 'by name', 1),
      ];
      const got = [await self.receive('timeout'), await self.receive('timeout')];
      return { refs, got };
    });
    const { refs, got } = await received;
    expect(got).toEqual([
      { type: 'timeout', timer: refs[0], message: 'by pid' },
      { type: 'timeout', timer: refs[1], message: 'by name' },
    ]);
  });

  inBothPlaces('timer.sendInterval sends again and again', async ({ here, there }) => {
    const starter = await puppet(here);
    const got = await inProcess(there, async (self) => {
      timer.sendInterval(starter.self, self.pid, 'tick', 1);
      return [await self.receive(), await self.receive(), await self.receive()];
    });
    expect(got).toEqual(['tick', 'tick', 'tick']);
    here.exitSignal(starter.pid, 'kill');
  });

  inBothPlaces('a timer is known only to the node it was started on', async ({ here, there, apart }) => {
    const { pid } = await puppet(there);
    const ref = here.sendAfter(pid, 'x', 60_000);
    expect(there.readTimer(ref) === false).toBe(apart);
    expect(here.cancelTimer(ref)).not.toBe(false);
  });
});
