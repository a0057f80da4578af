import {
  childSpec,
  DynamicSupervisor,
  GenServer,
  ignore,
  NameTakenError,
  StartError,
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
import { inBothPlaces, puppet, quiet, startCluster } from '../support/both-places';
import { inProcess, partsOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

let node: Node;
let diary: Diary;
beforeEach(async () => {
  node = await startTestNode();
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const failing = () => child('broken', { starts: ['fails'] });
const sleeps = () => new Promise<void>(() => {});

describe('the start of a supervisor', () => {
  it('is done when every child has started', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const children = [child('a'), child('b', { starts: [gate] })];
    let isDone = false;
    const starting = startSupervisor(node, { strategy: 'oneForOne', children }).then(() => (isDone = true));
    await settle();
    expect([diary, isDone]).toEqual([['+a'], false]);
    open();
    await starting;
    expect(diary).toEqual(['+a', '+b']);
  });

  it('fails if its name is taken, and starts no child', async () => {
    const pid = await startSupervisor(node, { name: 'app', strategy: 'oneForOne' });
    const options = { name: 'app', strategy: 'oneForOne', children: [child('a')] } as const;
    const error = await failureOf(startSupervisor(node, options));
    expect(error).toBeInstanceOf(NameTakenError);
    expect(error).toMatchObject({ pid });
    expect(diary).toStrictEqual([]);
  });

  it('without children is a start all the same', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [] });
    expect(await Supervisor.whichChildren(node, pid)).toStrictEqual([]);
  });

  it('of a child that fails ends those before it with shutdown', async () => {
    const ends: unknown[] = [];
    const watched: StartSpec = {
      id: 'watched',
      start: (parent) =>
        parent.spawnLink(async (self) => {
          self.trapExit(true);
          ends.push((await self.receive('EXIT')).reason);
        }),
    };
    await failureOf(startSupervisor(node, { strategy: 'oneForOne', children: [watched, failing()] }));
    expect(ends).toEqual(['shutdown']);
  });

  it('of a child that fails starts none behind it', async () => {
    await failureOf(
      startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), failing(), child('c')] }),
    );
    expect(diary).toEqual(['+a', '!broken', '-a']);
  });

  it('that fails frees the name and leaves no process', async () => {
    const before = [node.processes(), node.registered()];
    const children = [child('a'), supervisorSpec({ id: 'b', strategy: 'oneForOne', children: [child('c')] })];
    const starting = startSupervisor(node, {
      name: 'app',
      strategy: 'oneForOne',
      children: [...children, failing()],
    });
    await failureOf(starting);
    expect([node.processes(), node.registered()]).toEqual(before);
  });

  it('that fails far below tells the way to the child that did it', async () => {
    const below = (id: string, spec: StartSpec) =>
      supervisorSpec({ id, strategy: 'oneForOne', children: [child(`before ${id}`), spec] });
    const top = below('top', below('middle', failing()));
    const error = await failureOf<StartError>(
      startSupervisor(node, { strategy: 'oneForOne', children: [top] }),
    );
    expect(error.message).toBe(
      "start Supervisor: shutdown: failed to start child 'top': shutdown: failed to start child 'middle': " +
        "shutdown: failed to start child 'broken': cannot start",
    );
    expect(diary).toEqual(['+before top', '+before middle', '!broken', '-before middle', '-before top']);
  });

  it('that fails ends a starter that does not trap exits with the reason of the failure', async () => {
    const starter = await puppet(node);
    const end = await watch(node, starter.pid);
    void startSupervisor(starter.self, { strategy: 'oneForOne', children: [failing()] });
    expect(await end.reason).toEqual({
      type: 'shutdown',
      detail: { type: 'failedToStartChild', id: 'broken', reason: 'cannot start' },
    });
  });

  it('that fails is an error, and no EXIT, for a starter that traps exits', async () => {
    const starter = await puppet(node, true);
    const starting = startSupervisor(starter.self, { strategy: 'oneForOne', children: [failing()] });
    expect(await failureOf(starting)).toBeInstanceOf(StartError);
    await settle();
    expect(starter.inbox).toStrictEqual([]);
  });

  it.each<[what: string, start: (parent: Self) => any, reason: unknown]>([
    [
      'throws an error',
      () => {
        throw new TypeError('oops');
      },
      { type: 'error', name: 'TypeError', message: 'oops' },
    ],
    ['rejects', () => Promise.reject(new Error('later')), { type: 'error', message: 'later' }],
    ['exits', (parent) => parent.exit('enough'), 'enough'],
    ['returns no pid', () => 42, { type: 'badReturnValue', callback: 'start', value: 42 }],
    ['returns nothing', () => undefined, { type: 'badReturnValue', callback: 'start', value: undefined }],
  ])('fails if a start function %s, and tells what that was', async (_, start, reason) => {
    const error = await failureOf<StartError>(
      startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), { id: 'odd', start }] }),
    );
    expect(error.reason).toMatchObject({ detail: { id: 'odd', reason } });
    expect(diary).toEqual(['+a', '-a']);
  });

  it('fails if the init of a child takes longer than its timeoutMs', async () => {
    const clock = new VirtualClock();
    const slow = await startTestNode({ clock });
    class Slow extends GenServer {
      override init = (): Promise<undefined> => new Promise(() => {});
    }
    const options = { strategy: 'oneForOne', children: [childSpec(Slow, { timeoutMs: 50 })] } as const;
    const starting = failureOf<StartError>(startSupervisor(slow, options));
    await clock.advance(50);
    expect((await starting).reason).toMatchObject({ detail: { id: 'Slow', reason: 'timeout' } });
  });

  it('keeps the spec of a child that says ignore, and nothing of a temporary one', async () => {
    const ignoring = (id: string, restart: 'permanent' | 'temporary'): StartSpec => ({
      id,
      restart,
      start: () => ignore(),
    });
    const children = [ignoring('a', 'permanent'), ignoring('b', 'temporary'), child('c')];
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children });
    expect(await Supervisor.whichChildren(node, pid)).toMatchObject([
      { id: 'a', pid: undefined },
      { id: 'c' },
    ]);
  });

  it('gives every start function the supervisor as the parent of the child', async () => {
    const parents: Pid[] = [];
    const start = (parent: Self): Pid => (parents.push(parent.pid), parent.spawnLink(sleeps));
    const children = ['a', 'b'].map((id) => ({ id, start }));
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children });
    expect(parents).toEqual([pid, pid]);
  });

  it('links the supervisor and its children', async () => {
    const pid = await startSupervisor(node, { strategy: 'oneForOne', children: [child('a')] });
    const a = node.whereis('a')!;
    const { table } = partsOf(node);
    expect([table.get(pid)?.hasLink(a), table.get(a)?.hasLink(pid)]).toEqual([true, true]);
  });
});

describe('the names of children', () => {
  it('are theirs alone: the start of two with one name fails, and leaves neither', async () => {
    const twins = [child('a'), { ...child('a'), id: 'b' }];
    const error = await failureOf<StartError>(
      startSupervisor(node, { strategy: 'oneForOne', children: twins }),
    );
    expect(error.reason).toMatchObject({ detail: { id: 'b', reason: { type: 'alreadyStarted' } } });
    expect(node.whereis('a')).toBeUndefined();
    expect(diary).toEqual(['+a', '-a']);
  });
});

describe('a supervisor that is started as any server is', () => {
  it('is one, with its defaults', async () => {
    const pid = await node.start(Supervisor, { args: { strategy: 'oneForOne', children: [child('a')] } });
    node.exitSignal('a', 'kill');
    await settle();
    expect(diary).toEqual(['+a', '+a']);
    const dynamic = await node.start(DynamicSupervisor);
    expect(await DynamicSupervisor.countChildren(node, dynamic)).toMatchObject({ specs: 0 });
    await stopServer(node, pid);
  });

  it.each([undefined, {}, { strategy: 'none' }, { strategy: 'oneForOne', children: [{}] }])(
    'does not start with wrong options: %j',
    async (args) => {
      const error = await failureOf<StartError>(node.start(Supervisor, { args: args as never }));
      expect(error).toMatchObject({ code: 'ERR_START', reason: { code: 'ERR_BAD_ARGUMENT' } });
      expect(error.message).toContain('Supervisor');
    },
  );
});

describe('a supervisor that is killed while it starts', () => {
  it('takes those that have started with it', async () => {
    const children = [child('a'), child('slow', { starts: [sleeps()], trapsExits: false })];
    const starting = failureOf(startSupervisor(node, { name: 'app', strategy: 'oneForOne', children }));
    await settle();
    node.exitSignal('app', 'kill');
    expect(await starting).toMatchObject({ code: 'ERR_START', reason: 'killed' });
    await settle();
    expect(diary).toEqual(['+a', '-a']);
    expect(node.registered()).not.toContain('slow');
  });
});

describe('a supervisor and the process that started it', () => {
  it.each(['normal', 'shutdown', 'oops'])(
    'end together, with the reason of that one (%s): the children are stopped first',
    async (reason) => {
      const starter = await puppet(node);
      const children = [child('a'), child('b')];
      const pid = await startSupervisor(starter.self, { strategy: 'oneForOne', children });
      const end = await watch(node, pid);
      partsOf(node).table.get(starter.pid)?.end(reason);
      expect(await end.reason).toBe(reason);
      expect(diary).toEqual(['+a', '+b', '-b', '-a']);
    },
  );

  it('end together if it is the supervisor that ends', async () => {
    const starter = await puppet(node);
    const end = await watch(node, starter.pid);
    const pid = await startSupervisor(starter.self, { strategy: 'oneForOne' });
    await stopServer(node, pid, { reason: 'shutdown' });
    expect(await end.reason).toBe('shutdown');
  });

  inBothPlaces('are not parted by another process that is linked and ends', async (places) => {
    const { here, there } = places;
    const pid = await startSupervisor(there, { strategy: 'oneForAll', children: [child('a')] });
    const stranger = await puppet(here);
    stranger.self.link(pid);
    await quiet(places);
    here.exitSignal(stranger.pid, 'oops');
    await quiet(places);
    expect(there.isAlive(pid)).toBe(true);
    expect(diary).toEqual(['+a']);
  });

  inBothPlaces('are not parted by exit signals of others, kill excepted', async (places) => {
    const { here, there } = places;
    const pid = await startSupervisor(there, { strategy: 'oneForOne', children: [child('a')] });
    for (const reason of ['normal', 'shutdown', 'oops']) here.exitSignal(pid, reason);
    await quiet(places);
    expect(there.isAlive(pid)).toBe(true);
    const end = await watch(here, pid);
    here.exitSignal(pid, 'kill');
    expect(await end.reason).toBe('killed');
    await quiet(places);
    expect(there.whereis('a')).toBeUndefined();
  });
});

describe('a child on another node than its supervisor', () => {
  const startThere = (there: Node) => (): Promise<Pid> => inProcess(there, (self) => self.spawn(sleeps));

  inBothPlaces('is restarted when it ends, and stopped with its supervisor', async (places) => {
    const { here, there } = places;
    const children = [{ id: 'far', start: startThere(there) }];
    const supervisor = await startSupervisor(here, { strategy: 'oneForOne', children });
    const pidOf = async () => (await Supervisor.whichChildren(here, supervisor))[0]?.pid as Pid;
    const first = await pidOf();
    there.exitSignal(first, 'oops');
    await quiet(places);
    const second = await pidOf();
    expect(second).not.toBe(first);
    expect([there.isAlive(first), there.isAlive(second)]).toEqual([false, true]);
    expect(await Supervisor.countChildren(here, supervisor)).toMatchObject({ active: 1 });
    await stopServer(here, supervisor, { reason: 'shutdown' });
    expect(there.isAlive(second)).toBe(false);
  });

  it('ends with noconnection when its node is lost: a transient one is restarted', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    expect(await here.connect(there.name)).toBe(true);
    const far = startThere(there);
    let starts = 0;
    const start = (parent: Self): Pid | Promise<Pid> => (starts++ === 0 ? far() : parent.spawnLink(sleeps));
    const children = [{ id: 'far', restart: 'transient', start }] as const;
    const supervisor = await startSupervisor(here, { strategy: 'oneForOne', children });
    await there.stop();
    await settle();
    expect(starts).toBe(2);
    expect(await Supervisor.countChildren(here, supervisor)).toMatchObject({ active: 1 });
  });
});
