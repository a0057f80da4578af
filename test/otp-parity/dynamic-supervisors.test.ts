import {
  BadArgumentError,
  ChildError,
  childSpec,
  DynamicSupervisor,
  dynamicSupervisorSpec,
  GenServer,
  ignore,
  localName,
  startDynamicSupervisor,
  startRegistry,
  StartError,
  startSupervisor,
  stopServer,
  Supervisor,
  UnsendableError,
  via,
  type Node,
  type Pid,
  type ServerPid,
  type StartSpec,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, kid, type Diary } from '../runtime/behaviours/family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;
let supervisor: ServerPid<DynamicSupervisor>;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
  supervisor = await startDynamicSupervisor(node);
});

const startKid = (id: string, options = {}): Promise<Pid | undefined> =>
  DynamicSupervisor.startChild(node, supervisor, kid(diary, id, options));
const pids = async (): Promise<unknown[]> =>
  (await DynamicSupervisor.whichChildren(node, supervisor)).map(({ pid }) => pid);

describe('a dynamic supervisor', () => {
  it('starts with no children', async () => {
    expect(await DynamicSupervisor.whichChildren(node, supervisor)).toStrictEqual([]);
    expect(await DynamicSupervisor.countChildren(node, supervisor)).toEqual({
      specs: 0,
      active: 0,
      supervisors: 0,
      workers: 0,
    });
  });

  it('starts children on demand, and tells their pids', async () => {
    const pid = await startKid('a');
    expect(pid).toBe(node.whereis('a'));
    expect(await pids()).toEqual([pid]);
  });

  it('takes any number of children with the same id', async () => {
    const spec = childSpec({ id: 'same', start: (self) => self.spawnLink(() => new Promise(() => {})) });
    for (let n = 0; n < 3; n++) await DynamicSupervisor.startChild(node, supervisor, spec);
    expect(new Set(await pids()).size).toBe(3);
  });

  it('starts children one after another', async () => {
    let open!: () => void;
    const slow = startKid('slow', { starts: [new Promise<void>((resolve) => (open = resolve))] });
    const quick = startKid('quick');
    await settle();
    expect(diary).toStrictEqual([]);
    open();
    await Promise.all([slow, quick]);
    expect(diary).toEqual(['+slow', '+quick']);
  });

  it('does not keep a child that does not start, nor ends by it', async () => {
    await expect(startKid('a', { starts: ['fails'] })).rejects.toThrow(StartError);
    expect(await pids()).toStrictEqual([]);
  });

  it('does not keep a child whose init says ignore', async () => {
    expect(await startKid('a', { starts: ['ignores'] })).toBeUndefined();
    expect(await pids()).toStrictEqual([]);
  });

  it('has no more than maxChildren children', async () => {
    supervisor = await startDynamicSupervisor(node, { maxChildren: 1 });
    const pid = await startKid('a');
    const failure = await startKid('b').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ChildError);
    expect(failure).toMatchObject({
      reason: 'maxChildren',
      message: "startChild 'b': the supervisor has as many children as it may have",
    });
    await DynamicSupervisor.terminateChild(node, supervisor, pid!);
    await startKid('b');
  });

  it('gives start functions its extra arguments behind the supervisor, at every start', async () => {
    const seen: unknown[][] = [];
    const extra = await startDynamicSupervisor(node, { extraArguments: ['db', 7] });
    const pid = await DynamicSupervisor.startChild(node, extra, {
      id: 'a',
      start: (parent, name, n) => {
        seen.push([name, n]);
        return parent.spawnLink(() => new Promise(() => {}));
      },
    });
    node.exitSignal(pid!, 'oops');
    await settle();
    expect(seen).toEqual([
      ['db', 7],
      ['db', 7],
    ]);
  });

  it('restarts a permanent child whatever its reason, alone, under a new pid', async () => {
    const [a, b] = [await startKid('a'), await startKid('b')];
    node.cast(localName<any>('a'), { type: 'stop', reason: 'normal' });
    await settle();
    expect(node.whereis('a')).not.toBe(a);
    expect((await pids()).toSorted()).toEqual([node.whereis('a'), b].toSorted());
  });

  it('restarts a transient child after a failure alone, and forgets it otherwise', async () => {
    await startKid('a', { restart: 'transient' });
    crash(node, 'a');
    await settle();
    expect(diary).toEqual(['+a', '-a', '+a']);
    node.cast(localName<any>('a'), { type: 'stop', reason: 'shutdown' });
    await settle();
    expect(await pids()).toStrictEqual([]);
  });

  it('forgets a temporary child that ends', async () => {
    await startKid('a', { restart: 'temporary' });
    crash(node, 'a');
    await settle();
    expect([diary, await pids()]).toEqual([['+a', '-a'], []]);
  });

  it('forgets a child that says ignore when it is restarted', async () => {
    await startKid('a', { starts: ['well', 'ignores'] });
    crash(node, 'a');
    await settle();
    expect(await pids()).toStrictEqual([]);
  });

  it("tries a restart that fails again, and tells of the child as 'restarting' meanwhile", async () => {
    let state = 'well';
    const seen: unknown[] = [];
    supervisor = await startDynamicSupervisor(node, { intensity: { restarts: 50 } });
    const pid = await DynamicSupervisor.startChild(node, supervisor, {
      id: 'a',
      start: async (parent) => {
        if (state === 'well') return parent.spawnLink((self) => self.receive());
        if (seen.length === 0) {
          seen.push('failed');
          void pids().then((all) => {
            seen.push(all);
            state = 'well';
          });
        }
        throw new Error('cannot start');
      },
    });
    state = 'ill';
    node.exitSignal(pid!, 'oops');
    await settle();
    expect(seen).toEqual(['failed', ['restarting']]);
    expect(await pids()).toEqual([expect.stringContaining('<')]);
  });

  it('ends, and its children with it, at more than intensity.restarts restarts within the time', async () => {
    await startKid('a');
    await startKid('b');
    const { reason } = await watch(node, supervisor);
    for (let n = 0; n < 4; n++) {
      crash(node, 'a');
      await settle();
    }
    expect(await reason).toBe('shutdown');
    expect([node.whereis('a'), node.whereis('b')]).toStrictEqual([undefined, undefined]);
  });

  it('bears any number of restarts that are far enough apart', async () => {
    await startKid('a');
    for (let n = 0; n < 8; n++) {
      crash(node, 'a');
      await clock.advance(2_000);
    }
    expect(node.isAlive(supervisor)).toBe(true);
  });

  it('ends a child by its pid, as at shutdown, and forgets it whatever its restart', async () => {
    const pid = await startKid('a');
    await DynamicSupervisor.terminateChild(node, supervisor, pid!);
    expect([diary, await pids()]).toEqual([['+a', '-a'], []]);
    await expect(DynamicSupervisor.terminateChild(node, supervisor, pid!)).rejects.toThrow(
      new ChildError(`terminateChild '${pid}'`, 'notFound'),
    );
  });

  it('stops all children at once when it ends, each in the time it has', async () => {
    let leave!: () => void;
    const farewell = new Promise<void>((resolve) => (leave = resolve));
    for (const id of ['a', 'b', 'c']) await startKid(id, { farewell: () => farewell });
    await startKid('slow', { farewell: () => new Promise(() => {}), shutdownMs: 100 });
    const stopped = stopServer(node, supervisor, { reason: 'shutdown' });
    await settle();
    expect(diary).toEqual(['+a', '+b', '+c', '+slow']);
    leave();
    await settle();
    expect(diary.slice(4).toSorted()).toEqual(['-a', '-b', '-c']);
    await clock.advance(100);
    await stopped;
    expect(node.whereis('slow')).toBeUndefined();
    const troubles = logOf(node).filter((record) => JSON.stringify(record).includes('shutdownError'));
    expect(troubles).toHaveLength(1);
  });

  it('refuses wrong options and specs at the door', async () => {
    const start = (options: object) => startDynamicSupervisor(node, options);
    await expect(start({ maxChildren: -1 })).rejects.toThrow('maxChildren to be a number of children');
    await expect(start({ strategy: 'oneForAll' })).rejects.toThrow(
      "strategy to be 'oneForOne', got 'oneForAll'",
    );
    await expect(start({ intensity: { restarts: 0.5 } })).rejects.toThrow(BadArgumentError);
    await expect(start({ extraArguments: 'x' })).rejects.toThrow('an array of arguments');
    await expect(start({ intensity: { withinMs: 0 } })).rejects.toThrow('intensity.withinMs to be');
    const child = (spec: object) => DynamicSupervisor.startChild(node, supervisor, spec as StartSpec);
    await expect(child({ id: 'a' })).rejects.toThrow('start to be a function');
    await expect(child({ id: 'a', start: () => ignore(), significant: true })).rejects.toThrow(
      BadArgumentError,
    );
    await expect(child(undefined as never)).rejects.toThrow(
      'startChild: expected options to be a child spec',
    );
    const terminated = DynamicSupervisor.terminateChild(node, supervisor, 'a' as Pid);
    await expect(terminated).rejects.toThrow("terminateChild: expected the pid of a child, got 'a'");
    const reply = await node.call(supervisor, { type: 'startChild', spec: { id: 'a' } as never });
    expect(reply).toMatchObject({ kind: 'failed', reason: { code: 'ERR_BAD_ARGUMENT' } });
    expect(await child({ id: 'a', start: () => 'no pid' }).catch((e: unknown) => e)).toMatchObject({
      code: 'ERR_START',
      reason: { type: 'badReturnValue' },
    });
  });

  it('stands below another supervisor, and has the time it needs to stop', async () => {
    const DYNAMIC = localName<DynamicSupervisor>('dynamic');
    const root = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [dynamicSupervisorSpec({ id: 'dynamic', name: DYNAMIC })],
    });
    expect(await Supervisor.whichChildren(node, root)).toMatchObject([{ type: 'supervisor' }]);
    class Quiet extends GenServer {}
    const pid = await DynamicSupervisor.startChild(node, DYNAMIC, childSpec(Quiet));
    await stopServer(node, root);
    expect(node.isAlive(pid!)).toBe(false);
  });
});

describe('the name of a dynamic supervisor', () => {
  it('may be kept by a registry', async () => {
    await startRegistry(node, { name: 'names', keys: 'unique' });
    const name = via<DynamicSupervisor>('names', 'dynamic');
    const pid = await startDynamicSupervisor(node, { name });
    expect(node.whereis(name)).toBe(pid);
    await DynamicSupervisor.startChild(node, name, kid(diary, 'a'));
    expect(await DynamicSupervisor.countChildren(node, name)).toMatchObject({ active: 1 });
  });

  it('that is taken is refused, and nothing is started', async () => {
    const pid = await startDynamicSupervisor(node, { name: 'dynamic' });
    const processes = node.processes();
    await expect(startDynamicSupervisor(node, { name: 'dynamic' })).rejects.toMatchObject({
      code: 'ERR_NAME_TAKEN',
      pid,
    });
    expect(node.processes()).toEqual(processes);
  });
});

describe('a dynamic supervisor that is asked', () => {
  inBothPlaces('tells of its children and ends them', async (places) => {
    const { here, there } = places;
    const far = await startDynamicSupervisor(there);
    const pid = (await DynamicSupervisor.startChild(there, far, kid([], 'a')))!;
    expect(await DynamicSupervisor.whichChildren(here, far)).toEqual([{ id: 'a', pid, type: 'worker' }]);
    await DynamicSupervisor.terminateChild(here, far, pid);
    expect(await DynamicSupervisor.countChildren(here, far)).toMatchObject({ specs: 0 });
    await expect(DynamicSupervisor.terminateChild(here, far, pid)).rejects.toThrow(ChildError);
    await quiet(places);
    expect(there.isAlive(pid)).toBe(false);
  });

  inBothPlaces('to start a child does so on its own node alone', async ({ here, there, apart }) => {
    const far = await startDynamicSupervisor(there);
    const starting = DynamicSupervisor.startChild(here, far, kid([], 'a'));
    if (apart) await expect(starting).rejects.toThrow(UnsendableError);
    else expect(await starting).toBe(there.whereis('a'));
  });
});
