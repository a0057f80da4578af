import {
  GenServer,
  localName,
  reply,
  startSupervisor,
  stopServer,
  Supervisor,
  supervisorSpec,
  type Call,
  type CallResult,
  type ChildOptions,
  type Node,
  type Pid,
  type Self,
  type ServerPid,
  type SupervisorStrategy,
  childSpec,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import {
  crash,
  endWith,
  failureOf,
  kid,
  kidName,
  type Diary,
  type Habits,
} from '../runtime/behaviours/family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;
beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const supervise = (strategy: SupervisorStrategy, children: ReturnType<typeof child>[], intensity = {}) =>
  startSupervisor(node, { strategy, children, intensity });

/** What the children did from now on, when all has settled. */
async function after(step: () => unknown): Promise<string> {
  diary.length = 0;
  await step();
  await settle();
  return diary.join(' ');
}

/** Keeps the start of a child waiting until it fails. */
function gate(): { closed: Promise<void>; fail(): void } {
  let fail!: (error: Error) => void;
  const closed = new Promise<void>((_, reject) => (fail = reject));
  return { closed, fail: () => fail(new Error('not this time')) };
}

describe('a child that ends', () => {
  it.each([
    ['permanent', 'killed', '+a'],
    ['permanent', 'noconnection', '+a'],
    ['transient', 'noproc', '+a'],
    ['transient', 'noconnection', '+a'],
    ['transient', { type: 'error', name: 'Error', message: 'oops' }, '+a'],
    ['transient', 'shutdown', ''],
    ['transient', { type: 'shutdown', detail: 'done' }, ''],
    ['transient', ['shutdown', 'done'], '+a'],
    ['temporary', 'oops', ''],
  ] as const)('if it is %s and its reason is %j is restarted as its restart says: %j', async (...row) => {
    const [restart, reason, deeds] = row;
    await supervise('oneForOne', [child('a', { restart, trapsExits: false })]);
    expect(await after(() => node.exitSignal('a', reason))).toBe(deeds);
  });

  inBothPlaces('is restarted under its name, as a new process with a new state', async (places) => {
    const { here, there } = places;
    type Tick = Call<{ type: 'tick' }, number>;
    class Counter extends GenServer<Tick> {
      private ticks = 0;
      override handleCall(request: Tick): CallResult {
        return reply(request, (this.ticks += 1));
      }
    }
    const COUNTER = localName<Counter>('counter');
    const children = [childSpec(Counter, { name: COUNTER })];
    await startSupervisor(there, { strategy: 'oneForOne', children });
    const counter = COUNTER.on(there.name);
    expect(await here.call(counter, { type: 'tick' })).toBe(1);
    expect(await here.call(counter, { type: 'tick' })).toBe(2);
    here.exitSignal(counter, 'oops');
    await quiet(places);
    expect(await here.call(counter, { type: 'tick' })).toBe(1);
  });

  inBothPlaces('gives its monitors its reason, and is restarted by its supervisor', async (places) => {
    const { here, there } = places;
    await startSupervisor(there, { strategy: 'oneForOne', children: [child('a', { trapsExits: false })] });
    const pid = there.whereis('a') as Pid;
    const end = await watch(here, pid);
    here.exitSignal(pid, 'oops');
    expect(await end.reason).toBe('oops');
    await quiet(places);
    expect(there.whereis('a')).not.toBe(pid);
    expect(there.whereis('a')).toBeDefined();
  });

  it('before its supervisor has handled the end of its start is restarted', async () => {
    let starts = 0;
    const start = (parent: Self): Pid => {
      starts += 1;
      const pid = parent.spawnLink((self) => self.receive());
      if (starts === 1) parent.exitSignal(pid, 'at once');
      return pid;
    };
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [{ id: 'a', start }] });
    await settle();
    expect(starts).toBe(2);
    expect(await Supervisor.countChildren(node, pid)).toMatchObject({ active: 1 });
  });

  it('while another one is being started is restarted when that is done', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const pid = await supervise('oneForOne', [child('a')]);
    const starting = Supervisor.startChild(node, pid, child('slow', { starts: [gate] }));
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(await after(() => open())).toBe('+slow +a');
    await starting;
  });

  it('and says ignore when it is restarted is kept without a process', async () => {
    const pid = await supervise('oneForOne', [child('a', { starts: ['well', 'ignores'] }), child('b')]);
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(await Supervisor.whichChildren(node, pid)).toMatchObject([
      { id: 'a', pid: undefined },
      { id: 'b' },
    ]);
  });

  it('is reported with its reason, whatever follows, unless it was in order and is not restarted', async () => {
    await supervise('oneForOne', [
      child('a', { restart: 'permanent' }),
      child('b', { restart: 'transient' }),
      child('c', { restart: 'temporary' }),
    ]);
    endWith(node, 'a', 'normal');
    endWith(node, 'b', 'normal');
    endWith(node, 'c', 'oops');
    await settle();
    const reports = logOf(node).map(({ report }) => report as any);
    expect(
      reports
        .filter((report) => report?.errorContext === 'childTerminated')
        .map(({ offender, reason }) => [offender.id, reason]),
    ).toEqual([
      ['a', 'normal'],
      ['c', 'oops'],
    ]);
  });
});

describe('one_for_one', () => {
  it('leaves the other children alone', async () => {
    await supervise(
      'oneForOne',
      ['a', 'b', 'c'].map((id) => child(id)),
    );
    const pids = ['a', 'c'].map((id) => node.whereis(id));
    expect(await after(() => crash(node, 'b'))).toBe('-b +b');
    expect(['a', 'c'].map((id) => node.whereis(id))).toEqual(pids);
  });

  it('keeps a restarted child in its place', async () => {
    const pid = await supervise(
      'oneForOne',
      ['a', 'b', 'c'].map((id) => child(id)),
    );
    await after(() => crash(node, 'a'));
    expect((await Supervisor.whichChildren(node, pid)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(await after(() => stopServer(node, pid))).toBe('-c -b -a');
  });
});

describe('one_for_all', () => {
  it('ends the others in reverse order, then starts all in order', async () => {
    await supervise(
      'oneForAll',
      ['a', 'b', 'c', 'd'].map((id) => child(id)),
    );
    expect(await after(() => crash(node, 'b'))).toBe('-b -d -c -a +a +b +c +d');
  });

  it('starts those as well that had been terminated, had ended in order, or had said ignore', async () => {
    const pid = await supervise('oneForAll', [
      child('a'),
      child('b'),
      child('c', { restart: 'transient' }),
      child('d', { starts: ['ignores', 'well'] }),
    ]);
    await Supervisor.terminateChild(node, pid, 'b');
    endWith(node, 'c', 'normal');
    await settle();
    expect(await after(() => crash(node, 'a'))).toBe('-a +a +b +c +d');
  });

  it('does not restart the others when a child ends that is not restarted', async () => {
    await supervise('oneForAll', [child('a', { restart: 'temporary' }), child('b')]);
    expect(await after(() => crash(node, 'a'))).toBe('-a');
  });

  it('ends temporary siblings for good, and drops their specs', async () => {
    const pid = await supervise('oneForAll', [child('a'), child('b', { restart: 'temporary' })]);
    expect(await after(() => crash(node, 'a'))).toBe('-a -b +a');
    expect((await Supervisor.whichChildren(node, pid)).map(({ id }) => id)).toEqual(['a']);
  });

  it('counts the restart of all as one', async () => {
    const children = ['a', 'b', 'c'].map((id) => child(id));
    const pid = await supervise('oneForAll', children, { restarts: 2 });
    for (let n = 0; n < 2; n++) await after(() => crash(node, 'a'));
    expect(node.isAlive(pid)).toBe(true);
    await after(() => crash(node, 'a'));
    expect(node.isAlive(pid)).toBe(false);
  });

  it('goes on from the child that does not start: what had started by then ends again', async () => {
    await supervise('oneForAll', [child('a'), child('b', { starts: ['well', 'fails', 'well'] }), child('c')]);
    expect(await after(() => crash(node, 'c'))).toBe('-c -b -a +a !b -a +a +b +c');
  });
});

describe('rest_for_one', () => {
  it('leaves those before the child alone, and restarts those behind it', async () => {
    await supervise(
      'restForOne',
      ['a', 'b', 'c', 'd'].map((id) => child(id)),
    );
    const before = node.whereis('a');
    expect(await after(() => crash(node, 'b'))).toBe('-b -d -c +b +c +d');
    expect(node.whereis('a')).toBe(before);
  });

  it('starts those behind the child as well that did not run', async () => {
    const pid = await supervise(
      'restForOne',
      ['a', 'b', 'c'].map((id) => child(id)),
    );
    await Supervisor.terminateChild(node, pid, 'a');
    await Supervisor.terminateChild(node, pid, 'c');
    expect(await after(() => crash(node, 'b'))).toBe('-b +b +c');
  });

  it('ends temporary children behind the child for good, and drops their specs', async () => {
    const temporary = child('b', { restart: 'temporary' });
    const pid = await supervise('restForOne', [child('a'), temporary, child('c')]);
    expect(await after(() => crash(node, 'a'))).toBe('-a -c -b +a +c');
    expect((await Supervisor.whichChildren(node, pid)).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('counts children added later as those behind', async () => {
    const pid = await supervise('restForOne', [child('a')]);
    await Supervisor.startChild(node, pid, child('z'));
    expect(await after(() => crash(node, 'a'))).toBe('-a -z +a +z');
  });

  it('goes on from the child that does not start: those before it stay', async () => {
    await supervise('restForOne', [
      child('a'),
      child('b', { starts: ['well', 'fails', 'well'] }),
      child('c'),
    ]);
    expect(await after(() => crash(node, 'a'))).toBe('-a -c -b +a !b +b +c');
  });
});

describe('the intensity of restarts', () => {
  it('bears exactly as many restarts within the time as it says', async () => {
    const pid = await supervise('oneForOne', [child('a')], { restarts: 2, withinMs: 1_000 });
    await after(() => crash(node, 'a'));
    await clock.advance(500);
    await after(() => crash(node, 'a'));
    // The first is still within the time at its very end.
    await clock.advance(500);
    expect(node.isAlive(pid)).toBe(true);
    await after(() => crash(node, 'a'));
    expect(node.isAlive(pid)).toBe(false);
  });

  it('looks back from each restart: what is longer ago does not count', async () => {
    const pid = await supervise('oneForOne', [child('a')], { restarts: 2, withinMs: 1_000 });
    for (let n = 0; n < 20; n++) {
      expect(await after(() => crash(node, 'a'))).toBe('-a +a');
      await clock.advance(501);
    }
    expect(node.isAlive(pid)).toBe(true);
  });

  it('of 0 bears none', async () => {
    const pid = await supervise('oneForOne', [child('a'), child('b')], { restarts: 0 });
    expect(await after(() => crash(node, 'a'))).toBe('-a -b');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('counts the restarts of all children together', async () => {
    const pid = await supervise('oneForOne', [child('a'), child('b')], { restarts: 1 });
    await after(() => crash(node, 'a'));
    await after(() => crash(node, 'b'));
    expect(node.isAlive(pid)).toBe(false);
  });

  it('does not count ends without a restart', async () => {
    const pid = await supervise('oneForOne', [], { restarts: 0 });
    for (let n = 0; n < 5; n++) {
      await Supervisor.startChild(node, pid, child('a', { restart: 'temporary' }));
      await after(() => crash(node, 'a'));
    }
    expect(node.isAlive(pid)).toBe(true);
  });

  it('begins anew with a supervisor that was restarted', async () => {
    const below = supervisorSpec({
      id: 'below',
      strategy: 'oneForOne',
      intensity: { restarts: 1 },
      children: [child('a')],
    });
    const pid = await supervise('oneForOne', [below], { restarts: 1 });
    expect(await after(() => crash(node, 'a'))).toBe('-a +a');
    expect(await after(() => crash(node, 'a'))).toBe('-a +a');
    expect(await after(() => crash(node, 'a'))).toBe('-a +a');
    expect(node.isAlive(pid)).toBe(true);
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(node.isAlive(pid)).toBe(false);
  });

  inBothPlaces(
    'that is exceeded ends the supervisor with shutdown, as all who watch it see',
    async (places) => {
      const { here, there } = places;
      const intensity = { restarts: 0 };
      const options = { strategy: 'oneForOne', intensity, children: [child('a'), child('b')] } as const;
      const pid = await startSupervisor(there, options);
      const end = await watch(here, pid);
      here.exitSignal({ name: 'a', node: there.name }, 'kill');
      expect(await end.reason).toBe('shutdown');
      await quiet(places);
      expect(diary).toEqual(['+a', '+b', '-b']);
    },
  );

  it('that is exceeded is no failure of a transient supervisor: it is not restarted', async () => {
    const below = supervisorSpec({
      id: 'below',
      strategy: 'oneForOne',
      restart: 'transient',
      intensity: { restarts: 0 },
      children: [child('a')],
    });
    const pid = await supervise('oneForOne', [below]);
    expect(await after(() => crash(node, 'a'))).toBe('-a');
    expect(await Supervisor.whichChildren(node, pid)).toMatchObject([{ id: 'below', pid: undefined }]);
  });

  it('is passed up a tree, supervisor by supervisor, until one bears it or the root ends', async () => {
    const over = (id: string, spec: ReturnType<typeof child>) =>
      supervisorSpec({ id, strategy: 'oneForOne', intensity: { restarts: 1 }, children: [spec] });
    const root = await supervise('oneForOne', [over('top', over('bottom', child('a')))], { restarts: 0 });
    const end = await watch(node, root);
    let crashes = 0;
    for (; node.isAlive(root); crashes++) await after(() => crash(node, 'a'));
    expect(crashes).toBe(4);
    expect(await end.reason).toBe('shutdown');
  });
});

describe('a child whose restart fails', () => {
  /** A child that cannot start again until it is told to. */
  function wobbly() {
    const state = { tries: 0, isWell: true };
    const start = (parent: Self): Pid => {
      state.tries += 1;
      if (!state.isWell) throw new Error('not yet');
      return parent.spawnLink((self) => self.receive());
    };
    return { state, spec: { id: 'wobbly', start } };
  }

  async function restarting(): Promise<{
    pid: ServerPid<Supervisor>;
    state: { tries: number; isWell: boolean };
  }> {
    const { state, spec } = wobbly();
    const pid = await startSupervisor(node, {
      strategy: 'oneForOne',
      intensity: { restarts: Infinity },
      children: [spec, child('b')],
    });
    state.isWell = false;
    const [info] = await Supervisor.whichChildren(node, pid);
    node.exitSignal(info?.pid as Pid, 'oops');
    await Supervisor.countChildren(node, pid);
    expect(state.tries).toBeGreaterThan(1);
    return { pid, state };
  }

  it('is tried again until it starts', async () => {
    const { pid, state } = await restarting();
    state.isWell = true;
    await settle();
    expect(await Supervisor.countChildren(node, pid)).toMatchObject({ active: 2 });
  });

  it('does not keep the supervisor from serving others between two tries', async () => {
    const { pid, state } = await restarting();
    const before = state.tries;
    for (let n = 0; n < 10; n++) await Supervisor.countChildren(node, pid);
    await Supervisor.startChild(node, pid, child('c'));
    expect(state.tries).toBeGreaterThan(before);
    crash(node, 'b');
    for (let n = 0; n < 10; n++) await Supervisor.countChildren(node, pid);
    expect(diary).toEqual(['+b', '+c', '-b', '+b']);
    state.isWell = true;
    await settle();
  });

  it('can be terminated, but neither restarted nor deleted meanwhile', async () => {
    const { pid } = await restarting();
    expect(await failureOf(Supervisor.restartChild(node, pid, 'wobbly'))).toMatchObject({
      reason: 'restarting',
    });
    expect(await failureOf(Supervisor.deleteChild(node, pid, 'wobbly'))).toMatchObject({
      reason: 'restarting',
    });
    await Supervisor.terminateChild(node, pid, 'wobbly');
    await Supervisor.deleteChild(node, pid, 'wobbly');
  });

  it('does not keep the supervisor from being stopped', async () => {
    const { pid } = await restarting();
    expect(await after(() => stopServer(node, pid, { reason: 'shutdown' }))).toBe('-b');
  });

  it('does not keep the supervisor from ending with its parent', async () => {
    const { state, spec } = wobbly();
    const parent = await puppet(node);
    const pid = await startSupervisor(parent.self, {
      strategy: 'oneForOne',
      intensity: { restarts: Infinity },
      children: [spec],
    });
    state.isWell = false;
    const [info] = await Supervisor.whichChildren(node, pid);
    node.exitSignal(info?.pid as Pid, 'oops');
    await Supervisor.countChildren(node, pid);
    node.exitSignal(parent.pid, 'oops');
    await settle();
    expect(node.isAlive(pid)).toBe(false);
  });

  it('counts each try as a restart, and reports it', async () => {
    const pid = await supervise('oneForOne', [child('a', { starts: ['well', 'fails'] })], { restarts: 4 });
    expect(await after(() => crash(node, 'a'))).toBe('-a !a !a !a !a');
    expect(node.isAlive(pid)).toBe(false);
    const contexts = logOf(node).map(({ report }) => (report as any)?.errorContext);
    expect(contexts.filter((context) => context === 'startError')).toHaveLength(4);
  });

  it('is not tried again for the sake of an earlier failure, which counts no restart', async () => {
    const [first, second] = [gate(), gate()];
    const a = child('a', { starts: ['well', first.closed, 'well', second.closed, 'well'] });
    const pid = await supervise('restForOne', [child('b'), a], { restarts: 2 });
    crash(node, 'a');
    await settle();
    const asked = [
      Supervisor.terminateChild(node, pid, 'a'),
      Supervisor.restartChild(node, pid, 'a'),
      // By its end, which comes before the try that the failure leads to.
      Promise.resolve(node.exitSignal(node.whereis(kidName('b')) as Pid, 'kill')),
    ];
    first.fail();
    await settle();
    asked.push(Supervisor.terminateChild(node, pid, 'a'));
    second.fail();
    await Promise.all(asked);
    await settle();
    expect(node.isAlive(pid)).toBe(true);
    expect(diary).toEqual(['+b', '+a', '-a', '+a', '-a', '+b']);
  });

  it('is named by whichChildren as restarting under its old id and place', async () => {
    const { pid, state } = await restarting();
    expect(await Supervisor.whichChildren(node, pid)).toEqual([
      { id: 'wobbly', pid: 'restarting', type: 'worker' },
      { id: 'b', pid: node.whereis(kidName('b')), type: 'worker' },
    ]);
    state.isWell = true;
    await settle();
  });
});
