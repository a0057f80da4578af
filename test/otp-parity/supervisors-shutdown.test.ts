import {
  ServerExitError,
  startSupervisor,
  stopServer,
  Supervisor,
  supervisorSpec,
  type ChildOptions,
  type Node,
  type Pid,
  type Self,
  type StartSpec,
} from '@trestle/runtime';
import { inBothPlaces, quiet, startCluster } from '../support/both-places';
import { inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;
beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const forever = () => new Promise<void>(() => {});

/** A child that does what it is told when it gets the signal to shut down. */
function process(id: string, atShutdown: (self: Self) => unknown, options: ChildOptions = {}): StartSpec {
  const start = (parent: Self): Pid =>
    parent.spawnLink<any>(async (self) => {
      self.trapExit(true);
      await self.receive('EXIT');
      diary.push(`-${id}`);
      await atShutdown(self);
    });
  return { ...options, id, start };
}

/** What the supervisors of a node have reported of children that did not end as asked: who, and why. */
function shutdownErrors(on: Node): unknown[] {
  return logOf(on)
    .map(({ report }) => report as any)
    .filter((report) => report?.errorContext === 'shutdownError')
    .map(({ offender, reason }) => [offender.id, reason]);
}

describe('a supervisor that is stopped', () => {
  inBothPlaces('ends its children in reverse order, then itself with the reason given', async (places) => {
    const { here, there } = places;
    const children = ['a', 'b', 'c'].map((id) => child(id));
    const pid = await startSupervisor(there, { strategy: 'oneForOne', children });
    const end = await watch(here, pid);
    await stopServer(here, pid, { reason: { type: 'shutdown', detail: 'enough' } });
    expect(await end.reason).toEqual({ type: 'shutdown', detail: 'enough' });
    expect(diary).toEqual(['+a', '+b', '+c', '-c', '-b', '-a']);
  });

  inBothPlaces('has ended when stopServer returns, with everything below it', async ({ here, there }) => {
    const below = supervisorSpec({ id: 'below', strategy: 'oneForOne', children: [child('b')] });
    const before = there.processes().length;
    const pid = await startSupervisor(there, { strategy: 'oneForOne', children: [child('a'), below] });
    await stopServer(here, pid);
    await settle();
    expect(there.processes()).toHaveLength(before);
  });

  inBothPlaces('fails the calls that wait, as it does not serve any more', async (places) => {
    const { here, there } = places;
    let leave!: () => void;
    const farewell = new Promise<void>((resolve) => (leave = resolve));
    const children = [child('a', { farewell: () => farewell })];
    const pid = await startSupervisor(there, { strategy: 'oneForOne', children });
    const stopped = stopServer(there, pid, { reason: 'shutdown' });
    const asked = failureOf<ServerExitError>(Supervisor.whichChildren(here, pid));
    await quiet(places);
    leave();
    await stopped;
    const error = await asked;
    expect(error).toBeInstanceOf(ServerExitError);
    expect(error.reason).toBe('shutdown');
  });

  it('ends those first that were added last', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('z'), child('b')] });
    await Supervisor.startChild(node, pid, child('a'));
    await stopServer(node, pid);
    expect(diary.slice(3)).toEqual(['-a', '-b', '-z']);
  });

  it('does not wait for a child that has ended before', async () => {
    const gone = child('gone', { restart: 'transient', trapsExits: false });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), gone] });
    node.exitSignal('gone', 'shutdown');
    await settle();
    await stopServer(node, pid);
    expect(diary).toEqual(['+a', '+gone', '-a']);
  });

  inBothPlaces('by kill has no time: its children get killed as the reason of its end', async (places) => {
    const { here, there } = places;
    const reasons: unknown[] = [];
    const start = (parent: Self): Pid =>
      parent.spawnLink(async (self) => {
        self.trapExit(true);
        reasons.push((await self.receive('EXIT')).reason);
      });
    const pid = await startSupervisor(there, { strategy: 'oneForOne', children: [{ id: 'a', start }] });
    await settle();
    here.exitSignal(pid, 'kill');
    await quiet(places);
    expect(reasons).toEqual(['killed']);
  });
});

describe('a child that is to end', () => {
  it('gets the exit signal shutdown of its supervisor', async () => {
    const seen: unknown[] = [];
    const start = (parent: Self): Pid =>
      parent.spawnLink(async (self) => {
        self.trapExit(true);
        seen.push(await self.receive('EXIT'));
      });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [{ id: 'a', start }] });
    await settle();
    await stopServer(node, pid, { reason: 'shutdown' });
    expect(seen).toEqual([{ type: 'EXIT', from: pid, reason: 'shutdown' }]);
  });

  it('has its time: it is killed when that is over, and that is reported', async () => {
    const stubborn = process('a', forever, { shutdownMs: 300 });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [stubborn] });
    await settle();
    let isDone = false;
    const terminated = Supervisor.terminateChild(node, pid, 'a').then(() => (isDone = true));
    await clock.advance(299);
    expect(isDone).toBe(false);
    await clock.advance(1);
    await terminated;
    expect(shutdownErrors(node)).toEqual([['a', 'killed']]);
  });

  it('is waited for as long as it takes where its time is Infinity, though it is a worker', async () => {
    let leave!: () => void;
    const slow = process('a', () => new Promise<void>((resolve) => (leave = resolve)), {
      shutdownMs: Infinity,
      restart: 'transient',
    });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [slow] });
    await settle();
    let isDone = false;
    const terminated = Supervisor.terminateChild(node, pid, 'a').then(() => (isDone = true));
    await clock.advance(100 * 24 * 3_600_000);
    expect(isDone).toBe(false);
    leave();
    await terminated;
    expect(shutdownErrors(node)).toStrictEqual([]);
  });

  it('has no time at all where that is 0: only what ends at once is not killed', async () => {
    const plain = child('plain', { shutdownMs: 0, trapsExits: false });
    const pid = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [plain, process('slow', forever, { shutdownMs: 0 })],
    });
    await settle();
    await stopServer(node, pid);
    expect(shutdownErrors(node)).toEqual([['slow', 'killed']]);
  });

  it('by brutalKill is killed without a signal before, and that is in order', async () => {
    const stubborn = process('a', forever, { shutdownMs: 'brutalKill' });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [stubborn] });
    await settle();
    const [info] = await Supervisor.whichChildren(node, pid);
    const end = await watch(node, info?.pid as Pid);
    await Supervisor.terminateChild(node, pid, 'a');
    expect(await end.reason).toBe('killed');
    expect([diary, shutdownErrors(node)]).toEqual([[], []]);
  });

  it('is killed in its time though it has unlinked itself and ignores the signal', async () => {
    const naughty: StartSpec = {
      id: 'naughty',
      shutdownMs: 100,
      start: (parent) =>
        parent.spawnLink(async (self) => {
          self.trapExit(true);
          await self.receive();
          self.unlink(parent.pid);
          await forever();
        }),
    };
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), naughty] });
    const [, info] = await Supervisor.whichChildren(node, pid);
    node.send(info?.pid as Pid, 'unlink');
    const stopped = stopServer(node, pid);
    await clock.advance(99);
    expect(diary).toEqual(['+a']);
    await clock.advance(1);
    await stopped;
    expect(diary).toEqual(['+a', '-a']);
    expect(shutdownErrors(node)).toEqual([['naughty', 'killed']]);
  });

  it.each([
    ['permanent', 'shutdown', []],
    ['permanent', 'normal', [['a', 'normal']]],
    ['permanent', { type: 'shutdown', detail: 1 }, [['a', { type: 'shutdown', detail: 1 }]]],
    ['permanent', 'oops', [['a', 'oops']]],
    ['transient', 'normal', []],
    ['transient', { type: 'shutdown', detail: 1 }, []],
    ['transient', 'oops', [['a', 'oops']]],
    ['temporary', 'normal', []],
    ['temporary', 'oops', [['a', 'oops']]],
  ] as const)('and is %s may end with %j: reported is %j', async (restart, reason, reports) => {
    const leaving = process('a', (self) => self.exit(reason), { restart });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [leaving] });
    await settle();
    await stopServer(node, pid);
    expect(shutdownErrors(node)).toEqual(reports);
  });

  it('and ends by itself before the signal comes is reported with its own reason', async () => {
    const pid = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [child('a', { trapsExits: false })],
    });
    const terminated = Supervisor.terminateChild(node, pid, 'a');
    node.exitSignal('a', 'oops');
    await terminated;
    expect(shutdownErrors(node)).toEqual([['a', 'oops']]);
  });

  it('and is a supervisor has all the time that those below it take', async () => {
    let leave!: () => void;
    const slow = process('slow', () => new Promise<void>((resolve) => (leave = resolve)), {
      shutdownMs: Infinity,
    });
    const below = supervisorSpec({ id: 'below', strategy: 'oneForOne', children: [slow] });
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), below] });
    await settle();
    const stopped = stopServer(node, pid);
    await clock.advance(10 * 24 * 3_600_000);
    expect(diary).toEqual(['+a', '-slow']);
    leave();
    await stopped;
    expect(diary).toEqual(['+a', '-slow', '-a']);
  });
});

describe('a child on another node that is to end', () => {
  async function withFarChild(): Promise<{ here: Node; there: Node; supervisor: Pid }> {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    expect(await here.connect(there.name)).toBe(true);
    const body = async (self: Self): Promise<void> => {
      self.trapExit(true);
      for (;;) diary.push(`far ${String((await self.receive('EXIT')).reason)}`);
    };
    const start = () => inProcess(there, (self) => self.spawn(body));
    const children = [child('a'), { id: 'far', start, shutdownMs: Infinity }];
    const supervisor = await startSupervisor(here, { strategy: 'oneForOne', children });
    return { here, there, supervisor };
  }

  it('is asked to, and waited for', async () => {
    const { here, there, supervisor } = await withFarChild();
    const stopped = stopServer(here, supervisor);
    await quiet({ here, there });
    expect(diary).toEqual(['+a', 'far shutdown']);
    for (const pid of there.processes()) there.exitSignal(pid, 'kill');
    await stopped;
    expect(diary).toEqual(['+a', 'far shutdown', '-a']);
  });

  it('has ended if its node is lost meanwhile: the others are stopped, and it is reported', async () => {
    const { here, there, supervisor } = await withFarChild();
    const stopped = stopServer(here, supervisor);
    await quiet({ here, there });
    await there.stop();
    await stopped;
    expect(diary.at(-1)).toBe('-a');
    expect(shutdownErrors(here)).toEqual([['far', 'noconnection']]);
  });
});
