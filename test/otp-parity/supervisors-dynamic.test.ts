import {
  childSpec,
  DynamicSupervisor,
  dynamicSupervisorSpec,
  GenServer,
  ignore,
  startDynamicSupervisor,
  StartError,
  startSupervisor,
  stopServer,
  sys,
  type ChildOptions,
  type DynamicSupervisorOptions,
  type Node,
  type Pid,
  type Self,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

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

type Dynamic = ServerPid<DynamicSupervisor>;
const add = (on: Node, supervisor: Dynamic, id: string, options: ChildOptions & Partial<Habits> = {}) =>
  DynamicSupervisor.startChild(on, supervisor, child(id, options)) as Promise<Pid>;
const pidsOf = async (on: Node, supervisor: Dynamic) =>
  (await DynamicSupervisor.whichChildren(on, supervisor)).map(({ pid }) => pid);

describe('DynamicSupervisor.start_child', () => {
  it('starts what many ask for at once, one after another, each once', async () => {
    const supervisor = await startDynamicSupervisor(node);
    const ids = Array.from({ length: 500 }, (_, n) => `kid ${n}`);
    const pids = await Promise.all(ids.map((id) => add(node, supervisor, id)));
    expect(new Set(pids).size).toBe(500);
    expect(diary).toEqual(ids.map((id) => `+${id}`));
    expect(await DynamicSupervisor.countChildren(node, supervisor)).toMatchObject({ active: 500 });
  });

  it('takes no more than maxChildren of what many ask for at once', async () => {
    const supervisor = await startDynamicSupervisor(node, { maxChildren: 3 });
    const starting = Array.from({ length: 10 }, (_, n) => add(node, supervisor, `kid ${n}`));
    const outcomes = await Promise.allSettled(starting);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('fulfilled'),
      ...Array<string>(7).fill('rejected'),
    ]);
  });

  it.each([0, 1])('counts towards maxChildren (%i) only what was started', async (maxChildren) => {
    const supervisor = await startDynamicSupervisor(node, { maxChildren });
    const failure = await failureOf(add(node, supervisor, 'a', { starts: ['fails'] }));
    const full = { code: 'ERR_CHILD', reason: 'maxChildren' };
    expect(failure).toMatchObject(maxChildren === 0 ? full : { code: 'ERR_START', reason: 'cannot start' });
    if (maxChildren === 0) return;
    expect(await add(node, supervisor, 'b', { starts: ['ignores'] })).toBeUndefined();
    await add(node, supervisor, 'c');
    expect(await failureOf(add(node, supervisor, 'd'))).toMatchObject(full);
    node.exitSignal('c', 'kill');
    await settle();
    expect(await failureOf(add(node, supervisor, 'd'))).toMatchObject(full);
  });

  it.each<[what: string, start: (parent: Self) => any, reason: unknown]>([
    ['throws', () => Promise.reject(new Error('oops')), { type: 'error', message: 'oops' }],
    ['exits', (parent) => parent.exit('enough'), 'enough'],
    ['returns no pid', () => 42, { type: 'badReturnValue', callback: 'start', value: 42 }],
  ])('tells why it failed if the start function %s, and keeps nothing', async (_, start, reason) => {
    const supervisor = await startDynamicSupervisor(node);
    const error = await failureOf<StartError>(
      DynamicSupervisor.startChild(node, supervisor, { id: 'odd', start }),
    );
    expect(error).toBeInstanceOf(StartError);
    expect(error.reason).toEqual(typeof reason === 'object' ? expect.objectContaining(reason) : reason);
    expect(await pidsOf(node, supervisor)).toStrictEqual([]);
    expect(node.isAlive(supervisor)).toBe(true);
  });

  it('tells which process has the name that a child is to have', async () => {
    const supervisor = await startDynamicSupervisor(node);
    const pid = await add(node, supervisor, 'a');
    expect(await failureOf(add(node, supervisor, 'a'))).toMatchObject({
      reason: { type: 'alreadyStarted', pid },
    });
  });

  it('puts extraArguments before what the spec itself gives, at the start and at every restart', async () => {
    const options: DynamicSupervisorOptions<[string]> = { extraArguments: ['shared'] };
    const supervisor = await startDynamicSupervisor(node, options);
    const seen: unknown[] = [];
    const startWith =
      (own: string) =>
      (parent: Self, shared: string): Pid => {
        seen.push([shared, own]);
        return parent.spawnLink(forever);
      };
    const pid = await DynamicSupervisor.startChild(node, supervisor, { id: 'a', start: startWith('own') });
    node.exitSignal(pid as Pid, 'oops');
    await settle();
    expect(seen).toEqual([
      ['shared', 'own'],
      ['shared', 'own'],
    ]);
  });
});

describe('the children of a dynamic supervisor', () => {
  inBothPlaces('are told of with id, process and type, and counted', async (places) => {
    const { here, there } = places;
    const supervisor = await startDynamicSupervisor(there);
    const pid = await add(there, supervisor, 'a');
    const below = await DynamicSupervisor.startChild(
      there,
      supervisor,
      dynamicSupervisorSpec({ id: 'below' }),
    );
    expect(await DynamicSupervisor.whichChildren(here, supervisor)).toEqual([
      { id: 'a', pid, type: 'worker' },
      { id: 'below', pid: below, type: 'supervisor' },
    ]);
    expect(await DynamicSupervisor.countChildren(here, supervisor)).toEqual({
      specs: 2,
      active: 2,
      supervisors: 1,
      workers: 1,
    });
  });

  inBothPlaces('are ended by their pids from anywhere, in the time they have', async (places) => {
    const { here, there } = places;
    const supervisor = await startDynamicSupervisor(there);
    const pid = await add(there, supervisor, 'a');
    const end = await watch(here, pid);
    await DynamicSupervisor.terminateChild(here, supervisor, pid);
    expect(await end.reason).toBe('shutdown');
    expect(diary).toEqual(['+a', '-a']);
  });

  inBothPlaces('are not found by the pid of any other process', async ({ here, there }) => {
    const supervisor = await startDynamicSupervisor(there);
    const stranger = here.spawn(forever);
    const error = await failureOf(DynamicSupervisor.terminateChild(here, supervisor, stranger));
    expect(error).toMatchObject({ code: 'ERR_CHILD', reason: 'notFound' });
    expect(here.isAlive(stranger)).toBe(true);
  });

  it('share one intensity: the restarts of all count together', async () => {
    const supervisor = await startDynamicSupervisor(node, { intensity: { restarts: 2 } });
    for (const id of ['a', 'b', 'c']) await add(node, supervisor, id);
    for (const id of ['a', 'b']) crash(node, id);
    await settle();
    expect(node.isAlive(supervisor)).toBe(true);
    crash(node, 'c');
    await settle();
    expect(node.isAlive(supervisor)).toBe(false);
  });

  it('are ended by the pid they had last, while their restart is being tried again', async () => {
    const supervisor = await startDynamicSupervisor(node, { intensity: { restarts: Infinity } });
    const pid = await add(node, supervisor, 'a', { starts: ['well', 'fails'] });
    node.exitSignal(pid, 'kill');
    expect(await pidsOf(node, supervisor)).toEqual(['restarting']);
    expect(await DynamicSupervisor.countChildren(node, supervisor)).toMatchObject({ specs: 1, active: 0 });
    await DynamicSupervisor.terminateChild(node, supervisor, pid);
    expect(await pidsOf(node, supervisor)).toStrictEqual([]);
  });

  it('that are being restarted are not taken for ended again by a second exit of their last process', async () => {
    const supervisor = await startDynamicSupervisor(node, { intensity: { restarts: 5 } });
    const pid = await add(node, supervisor, 'a', { starts: ['well', 'fails', 'well'], trapsExits: false });
    node.exitSignal(pid, 'oops');
    node.send(supervisor, { type: 'EXIT', from: pid, reason: 'again' });
    await settle();
    const ends = logOf(node).filter(({ report }) => (report as any)?.errorContext === 'childTerminated');
    expect(ends.map(({ report }) => (report as any).reason)).toEqual(['oops']);
    expect(diary).toEqual(['+a', '!a', '+a']);
    expect(await DynamicSupervisor.countChildren(node, supervisor)).toMatchObject({ specs: 1, active: 1 });
  });

  it('that say ignore are not kept, neither at the start nor at a restart', async () => {
    const supervisor = await startDynamicSupervisor(node);
    const start = () => ignore();
    expect(await DynamicSupervisor.startChild(node, supervisor, { id: 'a', start })).toBeUndefined();
    await add(node, supervisor, 'b', { starts: ['well', 'ignores'] });
    crash(node, 'b');
    await settle();
    expect(await DynamicSupervisor.countChildren(node, supervisor)).toMatchObject({ specs: 0 });
  });
});

describe('a dynamic supervisor that ends', () => {
  inBothPlaces('ends its children with it, with the reason given', async (places) => {
    const { here, there } = places;
    const supervisor = await startDynamicSupervisor(there);
    const pids = [await add(there, supervisor, 'a'), await add(there, supervisor, 'b')];
    const ends = await Promise.all([supervisor, ...pids].map((pid) => watch(here, pid)));
    await stopServer(here, supervisor, { reason: 'shutdown' });
    expect(await Promise.all(ends.map(({ reason }) => reason))).toEqual(['shutdown', 'shutdown', 'shutdown']);
  });

  it('ends them at the same time: the time they take is not added up', async () => {
    const supervisor = await startDynamicSupervisor(node);
    for (let n = 0; n < 50; n++) await add(node, supervisor, `kid ${n}`, { farewell: forever });
    const stopped = stopServer(node, supervisor);
    await settle();
    await clock.advance(4_999);
    expect(node.isAlive(supervisor)).toBe(true);
    await clock.advance(1);
    await stopped;
    expect(
      logOf(node).filter(({ report }) => (report as any)?.errorContext === 'shutdownError'),
    ).toHaveLength(50);
  });

  it('gives each child the time of its own spec', async () => {
    const supervisor = await startDynamicSupervisor(node);
    const times = [10, 20, 30, 'brutalKill', Infinity] as const;
    let leave!: () => void;
    const gate = new Promise<void>((resolve) => (leave = resolve));
    const pids: Pid[] = [];
    for (const shutdownMs of times) {
      const farewell = shutdownMs === Infinity ? () => gate : forever;
      pids.push(await add(node, supervisor, `${shutdownMs} ms`, { shutdownMs, farewell }));
    }
    const living = () => pids.map((pid) => node.isAlive(pid));
    const stopped = stopServer(node, supervisor);
    await settle();
    expect(living()).toEqual([true, true, true, false, true]);
    await clock.advance(10);
    expect(living()).toEqual([false, true, true, false, true]);
    await clock.advance(10);
    expect(living()).toEqual([false, false, true, false, true]);
    await clock.advance(1_000_000);
    expect(living()).toEqual([false, false, false, false, true]);
    leave();
    await stopped;
    expect(living()).not.toContain(true);
  });

  it('reports with its own reason a child that ended before its start function was done', async () => {
    let done!: () => void;
    const gate = new Promise<void>((resolve) => (done = resolve));
    const start = async (parent: Self): Promise<Pid> => {
      const pid = parent.spawnLink((self) => self.exit('boom'));
      await gate;
      return pid;
    };
    const supervisor = await startDynamicSupervisor(node);
    const starting = DynamicSupervisor.startChild(node, supervisor, { id: 'hasty', start });
    const stopped = stopServer(node, supervisor);
    await settle();
    done();
    await Promise.all([starting, stopped]);
    const reasons = logOf(node).flatMap(({ report }) =>
      report?.type === 'supervisor' ? [[report.errorContext, report.reason]] : [],
    );
    expect(reasons).toEqual([['shutdownError', 'boom']]);
  });

  it('ends tens of thousands of children at once', async () => {
    class Quiet extends GenServer {}
    const supervisor = await startDynamicSupervisor(node);
    const before = node.processes().length;
    const spec = childSpec(Quiet);
    for (let n = 0; n < 20_000; n++) await DynamicSupervisor.startChild(node, supervisor, spec);
    expect(node.processes()).toHaveLength(before + 20_000);
    await stopServer(node, supervisor, { reason: 'shutdown' });
    await settle();
    expect(node.processes()).toHaveLength(before - 1);
  });

  it('leaves alone those whose restart is being tried again', async () => {
    const supervisor = await startDynamicSupervisor(node, { intensity: { restarts: Infinity } });
    const pid = await add(node, supervisor, 'a', { starts: ['well', 'fails'] });
    await add(node, supervisor, 'b');
    node.exitSignal(pid, 'kill');
    await DynamicSupervisor.countChildren(node, supervisor);
    await stopServer(node, supervisor);
    expect(diary.at(-1)).toBe('-b');
  });

  inBothPlaces('by kill takes its children with it', async (places) => {
    const { here, there } = places;
    const supervisor = await startDynamicSupervisor(there);
    const pid = await add(there, supervisor, 'a', { trapsExits: false });
    const end = await watch(here, pid);
    here.exitSignal(supervisor, 'kill');
    expect(await end.reason).toBe('killed');
    await quiet(places);
    expect(there.isAlive(pid)).toBe(false);
  });

  it('because of too many restarts is restarted by its own supervisor, without children', async () => {
    const below = dynamicSupervisorSpec({ id: 'below', name: 'below', intensity: { restarts: 0 } });
    await startSupervisor(node, { strategy: 'oneForOne', children: [below] });
    const first = node.whereis('below') as Dynamic;
    await add(node, first, 'a');
    await add(node, first, 'b');
    crash(node, 'a');
    await settle();
    const second = node.whereis('below') as Dynamic;
    expect(second).not.toBe(first);
    expect(await DynamicSupervisor.countChildren(node, second)).toMatchObject({ specs: 0 });
    expect(diary).toEqual(['+a', '+b', '-a', '-b']);
  });
});

describe('a dynamic supervisor that is looked into', () => {
  inBothPlaces('shows how many restarts and children it bears, and its children', async (places) => {
    const { here, there } = places;
    const supervisor = await startDynamicSupervisor(there, { maxChildren: 7 });
    const pid = await add(there, supervisor, 'a');
    expect(await sys.getState(here, supervisor)).toEqual({
      strategy: 'oneForOne',
      intensity: { restarts: 3, withinMs: 5_000 },
      maxChildren: 7,
      children: [{ id: 'a', pid, type: 'worker' }],
    });
  });
});
