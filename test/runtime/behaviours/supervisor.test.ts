import {
  StartError,
  startSupervisor,
  Supervisor,
  supervisorSpec,
  type Node,
  type Pid,
  type Self,
  type SupervisorStrategy,
} from '@trestle/runtime';
import { inProcess, logOf, partsOf, reasonOf, settle, startTestNode, watch } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, failureOf, kid, kidName, type Diary } from './family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
});

/** What the children did from now on, when all has settled. */
async function after(step: () => void): Promise<string> {
  diary.length = 0;
  step();
  await settle();
  return diary.join(' ');
}

const family = (strategy: SupervisorStrategy) =>
  startSupervisor(node, { strategy, children: ['a', 'b', 'c'].map((id) => kid(diary, id)) });

describe('a supervisor that starts', () => {
  it('starts its children in order, each when the init of the one before is done', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const started = startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a', { starts: [gate] }), kid(diary, 'b')],
    });
    await settle();
    expect(diary).toStrictEqual([]);
    open();
    await started;
    expect(diary).toEqual(['+a', '+b']);
  });

  it('is registered under its name', async () => {
    const pid = await startSupervisor(node, { name: 'app', strategy: 'oneForOne' });
    expect(node.whereis('app')).toBe(pid);
  });

  it('stops those that have started in reverse order if a child does not start, and says which', async () => {
    const starting = startSupervisor(node, {
      name: 'app',
      strategy: 'oneForOne',
      children: [kid(diary, 'a'), kid(diary, 'b'), kid(diary, 'c', { starts: ['fails'] }), kid(diary, 'd')],
    });
    const error = await failureOf(starting);
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({
      code: 'ERR_START',
      reason: { type: 'shutdown', detail: { type: 'failedToStartChild', id: 'c', reason: 'cannot start' } },
    });
    expect(diary).toEqual(['+a', '+b', '!c', '-b', '-a']);
    expect(node.registered()).not.toContain('app');
  });

  it('tells of the failing child in the words of its error', async () => {
    const start = (): never => {
      throw new Error('no database');
    };
    const starting = startSupervisor(node, { strategy: 'oneForOne', children: [{ id: 'db', start }] });
    expect(await failureOf(starting)).toHaveProperty(
      'message',
      "start Supervisor: shutdown: failed to start child 'db': Error: no database",
    );
  });

  it('does not start a child whose name is taken, and says by whom', async () => {
    const pid = await inProcess(node, (self) => {
      self.register('a');
      return self.pid;
    }).then(() => node.spawn((self) => (self.register('a'), self.receive())));
    await settle();
    const starting = startSupervisor(node, { strategy: 'oneForOne', children: [kid(diary, 'a')] });
    expect(await failureOf(starting)).toMatchObject({
      reason: { detail: { type: 'failedToStartChild', id: 'a', reason: { type: 'alreadyStarted', pid } } },
    });
  });

  it('keeps the spec of a child whose init says ignore, without a process', async () => {
    await startSupervisor(node, {
      strategy: 'oneForAll',
      children: [kid(diary, 'a', { starts: ['ignores'] }), kid(diary, 'b')],
    });
    expect(diary).toEqual(['+b']);
  });

  it('ends the process it is linked to if it does not start', async () => {
    const reason = await reasonOf(node, (self) =>
      startSupervisor(self, { strategy: 'oneForOne', children: [kid(diary, 'a', { starts: ['fails'] })] }),
    );
    expect(reason).toMatchObject({ type: 'shutdown', detail: { type: 'failedToStartChild', id: 'a' } });
  });
});

describe('a supervisor whose child ends', () => {
  it.each([
    ['oneForOne', 'a', '-a +a'],
    ['oneForOne', 'c', '-c +c'],
    ['oneForAll', 'b', '-b -c -a +a +b +c'],
    ['restForOne', 'a', '-a -c -b +a +b +c'],
    ['restForOne', 'b', '-b -c +b +c'],
    ['restForOne', 'c', '-c +c'],
  ] as const)('with the strategy %s restarts after the end of %s: %s', async (strategy, id, deeds) => {
    await family(strategy);
    expect(await after(() => crash(node, id))).toBe(deeds);
    expect(await node.call(kidName(id), { type: 'hello' })).toBe(id);
  });

  it.each([
    ['permanent', 'normal', '-a +a'],
    ['permanent', 'shutdown', '-a +a'],
    ['transient', 'normal', '-a'],
    ['transient', 'shutdown', '-a'],
    ['transient', { type: 'shutdown', detail: 'enough' }, '-a'],
    ['transient', 'trouble', '-a +a'],
    ['temporary', 'normal', '-a'],
    ['temporary', 'trouble', '-a'],
  ] as const)(
    'restarts a %s child that ended with %j as its restart says: %s',
    async (restart, reason, deeds) => {
      await startSupervisor(node, { strategy: 'oneForOne', children: [kid(diary, 'a', { restart })] });
      expect(await after(() => node.cast(kidName('a'), { type: 'stop', reason }))).toBe(deeds);
    },
  );

  it('restarts a child that was killed', async () => {
    await family('oneForOne');
    expect(await after(() => node.exitSignal('b', 'kill'))).toBe('+b');
  });

  it('handles the ends of several children at once one after another', async () => {
    await family('oneForAll');
    expect(await after(() => (crash(node, 'a'), crash(node, 'c')))).toBe('-a -c -b +a +b +c');
  });

  it('does not bring back a temporary child that it stopped on behalf of another', async () => {
    await startSupervisor(node, {
      strategy: 'oneForAll',
      children: [kid(diary, 'a'), kid(diary, 'b', { restart: 'temporary' })],
    });
    expect(await after(() => crash(node, 'a'))).toBe('-a -b +a');
    expect(node.whereis('b')).toBeUndefined();
  });

  it('ignores the exit of a process that is none of its children', async () => {
    const pid = await family('oneForAll');
    expect(await after(() => node.exitSignal(pid, 'a stranger'))).toBe('');
    expect(node.isAlive(pid)).toBe(true);
  });

  it('logs who ended and why, and says at debug who started', async () => {
    const pid = await family('oneForOne');
    crash(node, 'a');
    await settle();
    const of = (level: string) =>
      logOf(node).filter((record) => record.level === level && record.text.startsWith('Supervisor'));
    expect(of('error')).toMatchObject([
      {
        text: `Supervisor ${pid}: child 'a' terminated`,
        report: {
          type: 'supervisor',
          supervisor: pid,
          errorContext: 'childTerminated',
          reason: { type: 'error', message: 'a crashed' },
          offender: { id: 'a', restart: 'permanent', shutdownMs: 5_000, type: 'worker' },
        },
      },
    ]);
    expect(of('debug').map(({ report }) => (report as any).started.id)).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('a supervisor whose children end too often', () => {
  const one = (restarts: number, withinMs: number, options = {}) =>
    startSupervisor(node, {
      name: 'app',
      strategy: 'oneForOne',
      intensity: { restarts, withinMs },
      children: [kid(diary, 'a', options), kid(diary, 'b'), kid(diary, 'c')],
    });

  it('stops the others in reverse order and ends with shutdown', async () => {
    const pid = await one(2, 5_000);
    const end = await watch(node, pid);
    for (let i = 0; i < 2; i++) expect(await after(() => crash(node, 'a'))).toBe('-a +a');
    expect(await after(() => crash(node, 'a'))).toBe('-a -c -b');
    expect(await end.reason).toBe('shutdown');
    expect(logOf(node)).toContainEqual(
      expect.objectContaining({
        level: 'error',
        text: "Supervisor app: child 'a' was restarted too often",
        report: expect.objectContaining({ errorContext: 'shutdown', reason: 'reachedMaxRestartIntensity' }),
      }),
    );
  });

  it('bears any number of ends that are far enough from each other', async () => {
    const pid = await one(1, 1_000);
    for (let i = 0; i < 10; i++) {
      expect(await after(() => crash(node, 'a'))).toBe('-a +a');
      await clock.advance(1_001);
    }
    expect(node.isAlive(pid)).toBe(true);
  });

  it('bears three restarts in five seconds unless told otherwise', async () => {
    const pid = await family('oneForOne');
    for (let i = 0; i < 3; i++) expect(await after(() => crash(node, 'a'))).toBe('-a +a');
    await clock.advance(5_000);
    expect(await after(() => crash(node, 'a'))).toBe('-a -c -b');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('tries again to restart a child that does not start, and gives up when that is too often', async () => {
    const pid = await one(3, 5_000, { starts: ['well', 'fails', 'fails', 'well'] });
    expect(await after(() => crash(node, 'a'))).toBe('-a !a !a +a');
    expect(node.isAlive(pid)).toBe(true);
  });

  it('gives up on a child that does not start any more', async () => {
    const pid = await one(3, 5_000, { starts: ['well', 'fails'] });
    expect(await after(() => crash(node, 'a'))).toBe('-a !a !a !a -c -b');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('is restarted by its own supervisor', async () => {
    await startSupervisor(node, {
      strategy: 'oneForAll',
      children: [
        kid(diary, 'x'),
        supervisorSpec({
          id: 'workers',
          strategy: 'oneForOne',
          intensity: { restarts: 0, withinMs: 1_000 },
          children: [kid(diary, 'a'), kid(diary, 'b')],
        }),
      ],
    });
    expect(await after(() => crash(node, 'a'))).toBe('-a -b -x +x +a +b');
  });
});

describe('a supervisor that stops', () => {
  it('stops its children in reverse order when its node stops', async () => {
    await family('oneForOne');
    expect(await after(() => void node.stop())).toBe('-c -b -a');
  });

  it('stops those below it first, the last started tree before the first', async () => {
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [
        kid(diary, 'a'),
        supervisorSpec({ id: 'sup', strategy: 'oneForOne', children: [kid(diary, 'b'), kid(diary, 'c')] }),
        kid(diary, 'd'),
      ],
    });
    await startSupervisor(node, { strategy: 'oneForOne', children: [kid(diary, 'e')] });
    diary.length = 0;
    await node.stop();
    expect(diary).toEqual(['-e', '-d', '-c', '-b', '-a']);
  });

  it('stops them when the process it is linked to ends', async () => {
    await inProcess(node, async (self) => {
      await startSupervisor(self, { strategy: 'oneForOne', children: [kid(diary, 'a'), kid(diary, 'b')] });
      self.exitSignal(self.pid, 'enough');
      diary.length = 0;
    });
    await settle();
    expect(diary).toEqual(['-b', '-a']);
  });

  it('waits for each before it stops the next', async () => {
    let leave = (): void => {};
    const gate = new Promise<void>((resolve) => (leave = resolve));
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a'), kid(diary, 'b', { farewell: () => gate })],
    });
    expect(await after(() => void node.stop())).toBe('');
    expect(await after(() => leave())).toBe('-b -a');
  });

  it('kills a child that does not end in its time, and reports it', async () => {
    const forever = new Promise<void>(() => {});
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a'), kid(diary, 'b', { shutdownMs: 300, farewell: () => forever })],
    });
    diary.length = 0;
    const stopped = node.stop();
    await clock.advance(299);
    expect(diary).toStrictEqual([]);
    await clock.advance(1);
    await stopped;
    expect(diary).toEqual(['-a']);
    expect(logOf(node)).toContainEqual(
      expect.objectContaining({
        report: expect.objectContaining({ errorContext: 'shutdownError', reason: 'killed' }),
      }),
    );
  });

  it('gives a child five seconds unless told otherwise', async () => {
    const forever = new Promise<void>(() => {});
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a', { farewell: () => forever })],
    });
    let hasStopped = false;
    const stopped = node.stop().then(() => (hasStopped = true));
    await clock.advance(4_999);
    expect(hasStopped).toBe(false);
    await clock.advance(1);
    await stopped;
  });

  it('gives a supervisor below it all the time it takes', async () => {
    let leave = (): void => {};
    const gate = new Promise<void>((resolve) => (leave = resolve));
    const slow = kid(diary, 'a', { shutdownMs: Infinity, farewell: () => gate });
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [supervisorSpec({ id: 'sup', strategy: 'oneForOne', children: [slow] })],
    });
    const stopped = node.stop();
    await clock.advance(1_000_000);
    leave();
    await stopped;
    expect(diary).toEqual(['+a', '-a']);
  });

  it('kills a child of brutalKill at once: its terminate is not called', async () => {
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a', { shutdownMs: 'brutalKill' })],
    });
    expect(await after(() => void node.stop())).toBe('');
    expect(logOf(node).filter(({ level }) => level === 'error')).toStrictEqual([]);
  });

  it('stops a child that traps no exits without a word of it', async () => {
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a', { trapsExits: false })],
    });
    expect(await after(() => void node.stop())).toBe('');
    expect(logOf(node).filter(({ level }) => level === 'error')).toStrictEqual([]);
  });

  it('notices the end of a child that has unlinked itself', async () => {
    let end = (): void => {};
    const gate = new Promise<void>((resolve) => (end = resolve));
    const start = (parent: Self): Pid =>
      parent.spawnLink(async (self) => {
        self.unlink(parent.pid);
        self.trapExit(true);
        await self.receive('EXIT');
        await gate;
        diary.push('-loner');
      });
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a'), { id: 'loner', start, shutdownMs: Infinity }],
    });
    await settle();
    expect(await after(() => void node.stop())).toBe('');
    expect(await after(() => end())).toBe('-loner -a');
  });

  it('stops what it has started by then when the node stops while it starts', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const started = startSupervisor(node, {
      strategy: 'oneForOne',
      children: [kid(diary, 'a'), kid(diary, 'b', { starts: [gate] })],
    });
    await settle();
    const stopped = node.stop();
    open();
    await Promise.all([started, stopped]);
    expect(diary).toEqual(['+a', '+b', '-b', '-a']);
  });

  it('leaves nothing with the node when it has ended by itself', async () => {
    const pid = await family('oneForOne');
    const before = partsOf(node).stopHooks.length;
    node.exitSignal(pid, 'kill');
    await settle();
    expect(partsOf(node).stopHooks).toHaveLength(before - 1);
  });

  it('takes its children with it when it is killed', async () => {
    const pid = await family('oneForOne');
    expect(await after(() => node.exitSignal(pid, 'kill'))).toBe('-a -b -c');
    expect(node.registered()).not.toContain('a');
  });
});

describe('a supervisor with significant children', () => {
  const significant = { restart: 'transient', significant: true } as const;
  const start = (autoShutdown: 'anySignificant' | 'allSignificant') =>
    startSupervisor(node, {
      strategy: 'oneForOne',
      autoShutdown,
      children: [kid(diary, 'a', significant), kid(diary, 'b', significant), kid(diary, 'c')],
    });
  const endOf = (id: string) => node.cast(kidName(id), { type: 'stop', reason: 'normal' });

  it('ends with the first of them under anySignificant', async () => {
    const pid = await start('anySignificant');
    const end = await watch(node, pid);
    expect(await after(() => endOf('a'))).toBe('-a -c -b');
    expect(await end.reason).toBe('shutdown');
  });

  it('ends with the last of them under allSignificant', async () => {
    await start('allSignificant');
    expect(await after(() => endOf('a'))).toBe('-a');
    expect(await after(() => endOf('b'))).toBe('-b -c');
  });

  it('lives on when one of them is stopped on purpose', async () => {
    const pid = await start('anySignificant');
    await Supervisor.terminateChild(node, pid, 'a');
    expect(node.isAlive(pid)).toBe(true);
  });
});
