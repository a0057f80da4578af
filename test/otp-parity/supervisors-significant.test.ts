import {
  startSupervisor,
  Supervisor,
  supervisorSpec,
  type AutoShutdown,
  type ChildOptions,
  type Node,
  type Pid,
  type ServerPid,
  type StartSpec,
  type SupervisorStrategy,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { settle, startTestNode, watch } from '../support/test-node';
import { crash, endWith, failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

let node: Node;
let diary: Diary;
beforeEach(async () => {
  node = await startTestNode();
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const transient = { restart: 'transient', significant: true } as const;
const temporary = { restart: 'temporary', significant: true } as const;

const supervise = (
  autoShutdown: AutoShutdown,
  children: readonly StartSpec[],
  strategy: SupervisorStrategy = 'oneForOne',
): Promise<ServerPid<Supervisor>> =>
  startSupervisor(node, { strategy, autoShutdown, children, intensity: { restarts: 100 } });

/** What the children did from now on, when all has settled. */
async function after(step: () => unknown): Promise<string> {
  diary.length = 0;
  await step();
  await settle();
  return diary.join(' ');
}

describe('any_significant', () => {
  it.each([
    ['transient', 'normal', '-a -b'],
    ['transient', 'shutdown', '-a -b'],
    ['transient', { type: 'shutdown', detail: 1 }, '-a -b'],
    ['transient', 'oops', '-a +a'],
    ['temporary', 'normal', '-a -b'],
    ['temporary', 'oops', '-a -b'],
  ] as const)(
    'ends the supervisor when a %s significant child ends with %j: %s',
    async (restart, reason, deeds) => {
      const pid = await supervise('anySignificant', [child('a', { restart, significant: true }), child('b')]);
      expect(await after(() => endWith(node, 'a', reason))).toBe(deeds);
      expect(node.isAlive(pid)).toBe(deeds.includes('+a'));
    },
  );

  it('does not end it when a child ends that is not significant', async () => {
    const plain = child('b', { restart: 'temporary' });
    const pid = await supervise('anySignificant', [child('a', transient), plain]);
    expect(await after(() => crash(node, 'b'))).toBe('-b');
    expect(node.isAlive(pid)).toBe(true);
  });

  inBothPlaces('ends it with shutdown, as all who watch it see', async (places) => {
    const { here, there } = places;
    const children = [child('a', temporary), child('b')];
    const options = { strategy: 'oneForOne', autoShutdown: 'anySignificant', children } as const;
    const pid = await startSupervisor(there, options);
    const end = await watch(here, pid);
    here.exitSignal({ name: 'a', node: there.name }, 'kill');
    expect(await end.reason).toBe('shutdown');
    await quiet(places);
    expect(there.registered()).not.toContain('b');
  });

  it('counts a child that was added later', async () => {
    const pid = await supervise('anySignificant', [child('b')]);
    await Supervisor.startChild(node, pid, child('a', transient));
    expect(await after(() => endWith(node, 'a', 'normal'))).toBe('-a -b');
  });
});

describe('all_significant', () => {
  it('ends the supervisor when the last active significant child ends', async () => {
    const children = [child('a', transient), child('b', temporary), child('c')];
    const pid = await supervise('allSignificant', children);
    expect(await after(() => crash(node, 'b'))).toBe('-b');
    expect(node.isAlive(pid)).toBe(true);
    expect(await after(() => endWith(node, 'a', 'normal'))).toBe('-a -c');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('does not wait for significant children that do not run', async () => {
    const children = [child('a', transient), child('b', { ...transient, starts: ['ignores'] })];
    const pid = await supervise('allSignificant', [...children, child('c', transient)]);
    await Supervisor.terminateChild(node, pid, 'c');
    expect(node.isAlive(pid)).toBe(true);
    expect(await after(() => endWith(node, 'a', 'normal'))).toBe('-a');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('waits for one whose restart is being tried again', async () => {
    const state = { isWell: true };
    const wobbly: StartSpec = {
      ...transient,
      id: 'wobbly',
      start: (parent) => {
        if (!state.isWell) throw new Error('not yet');
        return parent.spawnLink((self) => self.receive());
      },
    };
    const pid = await startSupervisor(node, {
      strategy: 'oneForOne',
      autoShutdown: 'allSignificant',
      intensity: { restarts: Infinity },
      children: [child('a', transient), wobbly],
    });
    state.isWell = false;
    const [, info] = await Supervisor.whichChildren(node, pid);
    node.exitSignal(info?.pid as Pid, 'oops');
    expect(await Supervisor.whichChildren(node, pid)).toMatchObject([{ id: 'a' }, { pid: 'restarting' }]);
    endWith(node, 'a', 'normal');
    for (let n = 0; n < 5; n++) await Supervisor.countChildren(node, pid);
    state.isWell = true;
    await settle();
    expect(await Supervisor.countChildren(node, pid)).toMatchObject({ active: 1 });
  });
});

describe('a significant child that is ended by its supervisor', () => {
  it('on demand does not end the supervisor', async () => {
    const pid = await supervise('anySignificant', [child('a', transient), child('b', temporary)]);
    await Supervisor.terminateChild(node, pid, 'a');
    await Supervisor.terminateChild(node, pid, 'b');
    expect(node.isAlive(pid)).toBe(true);
  });

  it.each(['oneForAll', 'restForOne'] as const)(
    'because a sibling failed (%s) does not',
    async (strategy) => {
      const pid = await supervise('anySignificant', [child('a'), child('b', temporary)], strategy);
      expect(await after(() => crash(node, 'a'))).toBe('-a -b +a');
      expect(node.isAlive(pid)).toBe(true);
    },
  );
});

describe('a supervisor that shuts down by itself', () => {
  it('may be a significant child: the end goes up the tree as far as that says', async () => {
    const below = (id: string, kept: object, children: StartSpec[]) =>
      supervisorSpec({ id, strategy: 'oneForOne', autoShutdown: 'anySignificant', children, ...kept });
    const bottom = below('bottom', temporary, [child('a', transient)]);
    const middle = below('middle', transient, [child('b'), bottom]);
    const root = await supervise('never', [child('c'), { ...middle, significant: false }]);
    expect(await after(() => endWith(node, 'a', 'normal'))).toBe('-a -b');
    expect(node.isAlive(root)).toBe(true);
    expect(await Supervisor.whichChildren(node, root)).toMatchObject([
      { id: 'c' },
      { id: 'middle', pid: undefined },
    ]);
  });

  it('is started again if it is permanent', async () => {
    const children = [child('a', transient)];
    const below = supervisorSpec({
      id: 'b',
      strategy: 'oneForOne',
      autoShutdown: 'anySignificant',
      children,
    });
    await supervise('never', [below]);
    expect(await after(() => endWith(node, 'a', 'normal'))).toBe('-a +a');
  });
});

describe('what cannot be significant', () => {
  it.each<[what: string, autoShutdown: AutoShutdown, kept: ChildOptions, message: string]>([
    ['any child under never', 'never', transient, "autoShutdown to be 'anySignificant' or 'allSignificant'"],
    ['any child under never', 'never', temporary, "autoShutdown to be 'anySignificant' or 'allSignificant'"],
    [
      'a permanent child',
      'anySignificant',
      { restart: 'permanent', significant: true },
      'a significant child to be transient or temporary',
    ],
    ['a permanent child', 'allSignificant', { significant: true }, 'to be transient or temporary'],
  ])('is %s (%s): it is refused before anything starts, and when it is added', async (...row) => {
    const [, autoShutdown, kept, message] = row;
    const wrong = child('wrong', kept);
    expect(await failureOf(supervise(autoShutdown, [child('a'), wrong]))).toMatchObject({
      code: 'ERR_BAD_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect(() => Supervisor.checkChildSpecs([wrong], autoShutdown)).toThrow(message);
    expect(diary).toStrictEqual([]);
    const pid = await supervise(autoShutdown, []);
    const added = failureOf(Supervisor.startChild(node, pid, wrong));
    expect(await added).toMatchObject({ reason: { message: expect.stringContaining(message) } });
    expect(diary).toStrictEqual([]);
  });
});
