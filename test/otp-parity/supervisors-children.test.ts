import {
  ChildError,
  NoProcessError,
  StartError,
  startSupervisor,
  Supervisor,
  supervisorSpec,
  sys,
  type ChildOptions,
  type Node,
  type Pid,
  type Self,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, lives, puppet, quiet } from '../support/both-places';
import { settle, startTestNode } from '../support/test-node';
import { crash, endWith, failureOf, kid, type Diary, type Habits } from '../runtime/behaviours/family';

let diary: Diary;
beforeEach(() => {
  diary = [];
});

const child = (id: string, options: ChildOptions & Partial<Habits> = {}) => kid(diary, id, options);
const supervise = (node: Node, children = ['a', 'b', 'c'].map((id) => child(id))) =>
  startSupervisor(node, { strategy: 'oneForOne', children });
const idsOf = async (node: Node, supervisor: ServerPid<Supervisor>) =>
  (await Supervisor.whichChildren(node, supervisor)).map(({ id }) => id);

describe('which_children', () => {
  inBothPlaces('tells of the children in start order, with id, process and type', async ({ here, there }) => {
    const below = supervisorSpec({ id: 'below', strategy: 'oneForOne' });
    const supervisor = await supervise(there, [child('a'), below, child('b')]);
    const infos = await Supervisor.whichChildren(here, supervisor);
    expect(infos).toEqual([
      { id: 'a', pid: there.whereis('a'), type: 'worker' },
      { id: 'below', pid: expect.any(String), type: 'supervisor' },
      { id: 'b', pid: there.whereis('b'), type: 'worker' },
    ]);
  });

  inBothPlaces('tells undefined as the process of a child that does not run', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a', { starts: ['ignores'] }), child('b')]);
    await Supervisor.terminateChild(here, supervisor, 'b');
    const infos = await Supervisor.whichChildren(here, supervisor);
    expect(infos.map(({ pid }) => pid)).toStrictEqual([undefined, undefined]);
  });

  inBothPlaces("tells 'restarting' of a child whose restart is being tried again", async (places) => {
    const { here, there } = places;
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let starts = 0;
    const start = async (parent: Self): Promise<Pid> => {
      starts += 1;
      if (starts === 2) await gate;
      if (starts > 1) throw new Error('not again');
      return parent.spawnLink(() => new Promise(() => {}));
    };
    const supervisor = await startSupervisor(there, {
      strategy: 'oneForOne',
      intensity: { restarts: Infinity },
      children: [{ id: 'wobbly', start }],
    });
    const [wobbly] = await Supervisor.whichChildren(here, supervisor);
    there.exitSignal(wobbly?.pid as Pid, 'oops');
    await settle();
    const asked = Supervisor.whichChildren(here, supervisor);
    await quiet(places);
    open();
    expect(await asked).toMatchObject([{ id: 'wobbly', pid: 'restarting' }]);
    await Supervisor.terminateChild(here, supervisor, 'wobbly');
  });
});

describe('count_children', () => {
  inBothPlaces('counts specs, living processes, supervisors and workers', async ({ here, there }) => {
    const below = supervisorSpec({ id: 'below', strategy: 'oneForOne' });
    const supervisor = await supervise(there, [child('a'), child('b', { starts: ['ignores'] }), below]);
    expect(await Supervisor.countChildren(here, supervisor)).toEqual({
      specs: 3,
      active: 2,
      supervisors: 1,
      workers: 2,
    });
  });

  it('does not count as active a child that has unlinked itself and ended', async () => {
    const node = await startTestNode();
    const start = (parent: Self): Pid =>
      parent.spawnLink(async (self) => {
        await self.receive();
        self.unlink(parent.pid);
      });
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children: [{ id: 'a', start }] });
    const [info] = await Supervisor.whichChildren(node, supervisor);
    node.send(info?.pid as Pid, 'leave');
    await settle();
    expect(await Supervisor.whichChildren(node, supervisor)).toEqual([info]);
    expect(await Supervisor.countChildren(node, supervisor)).toMatchObject({ specs: 1, active: 0 });
  });
});

describe('start_child', () => {
  it('adds a child behind the others, starts it, and returns its pid', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    expect(await Supervisor.startChild(node, supervisor, child('d'))).toBe(node.whereis('d'));
    expect(await idsOf(node, supervisor)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses a child whose id runs: already_started, with its process; the new spec is dropped', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const error = await failureOf(
      Supervisor.startChild(node, supervisor, child('a', { restart: 'temporary' })),
    );
    expect(error).toBeInstanceOf(ChildError);
    expect(error).toMatchObject({ reason: 'alreadyStarted', pid: node.whereis('a') });
    expect(await Supervisor.getChildSpec(node, supervisor, 'a')).toMatchObject({ restart: 'permanent' });
  });

  it('refuses a child whose id is known but does not run: already_present', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    await Supervisor.terminateChild(node, supervisor, 'a');
    expect(await failureOf(Supervisor.startChild(node, supervisor, child('a')))).toMatchObject({
      reason: 'alreadyPresent',
    });
  });

  it('drops the spec of a child that does not start, and tells why', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const failing = Supervisor.startChild(node, supervisor, child('d', { starts: ['fails'] }));
    expect(await failureOf(failing)).toMatchObject({ code: 'ERR_START', reason: 'cannot start' });
    expect(await idsOf(node, supervisor)).toEqual(['a', 'b', 'c']);
    expect(diary.slice(3)).toEqual(['!d']);
  });

  it('does not end the supervisor, nor its other children, if the child does not start', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const pids = ['a', 'b', 'c'].map((id) => node.whereis(id));
    await failureOf(Supervisor.startChild(node, supervisor, child('d', { starts: ['fails'] })));
    await settle();
    expect(['a', 'b', 'c'].map((id) => node.whereis(id))).toEqual(pids);
    expect(node.isAlive(supervisor)).toBe(true);
  });

  it('keeps the spec of a child that says ignore, and returns no pid', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const ignoring = child('d', { starts: ['ignores', 'well'] });
    expect(await Supervisor.startChild(node, supervisor, ignoring)).toBeUndefined();
    expect(await Supervisor.restartChild(node, supervisor, 'd')).toBe(node.whereis('d'));
  });

  it('keeps nothing of a temporary child that says ignore', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const ignoring = child('d', { starts: ['ignores'], restart: 'temporary' });
    expect(await Supervisor.startChild(node, supervisor, ignoring)).toBeUndefined();
    expect(await idsOf(node, supervisor)).toEqual(['a', 'b', 'c']);
  });

  it('refuses a significant child where the supervisor never shuts down by itself', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    const significant = child('d', { restart: 'transient', significant: true });
    expect(await failureOf(Supervisor.startChild(node, supervisor, significant))).toMatchObject({
      code: 'ERR_START',
      reason: { code: 'ERR_BAD_ARGUMENT' },
    });
    expect(diary).toEqual(['+a', '+b', '+c']);
  });

  it('starts what many ask for at once, one after another', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node, []);
    const ids = Array.from({ length: 200 }, (_, n) => `kid ${n}`);
    const pids = await Promise.all(ids.map((id) => Supervisor.startChild(node, supervisor, child(id))));
    expect(new Set(pids).size).toBe(200);
    expect(diary).toEqual(ids.map((id) => `+${id}`));
    expect(await idsOf(node, supervisor)).toEqual(ids);
  });

  it('adds a child that was deleted behind the others again', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    await Supervisor.terminateChild(node, supervisor, 'a');
    await Supervisor.deleteChild(node, supervisor, 'a');
    await Supervisor.startChild(node, supervisor, child('a'));
    expect(await idsOf(node, supervisor)).toEqual(['b', 'c', 'a']);
  });
});

describe('terminate_child', () => {
  inBothPlaces('ends the child and keeps its spec; it is not restarted', async (places) => {
    const { here, there } = places;
    const supervisor = await supervise(there);
    await Supervisor.terminateChild(here, supervisor, 'b');
    expect(diary).toEqual(['+a', '+b', '+c', '-b']);
    await quiet(places);
    expect(there.whereis('b')).toBeUndefined();
    expect(await idsOf(here, supervisor)).toEqual(['a', 'b', 'c']);
  });

  inBothPlaces('returns when the child has ended', async ({ here, there }) => {
    let leave!: () => void;
    const farewell = new Promise<void>((resolve) => (leave = resolve));
    const supervisor = await supervise(there, [child('a', { farewell: () => farewell })]);
    let isDone = false;
    const terminated = Supervisor.terminateChild(here, supervisor, 'a').then(() => (isDone = true));
    await quiet({ here, there });
    expect(isDone).toBe(false);
    leave();
    await terminated;
    expect(there.whereis('a')).toBeUndefined();
  });

  inBothPlaces('is done at once with a child that does not run', async ({ here, there }) => {
    const supervisor = await supervise(there);
    await Supervisor.terminateChild(here, supervisor, 'b');
    await Supervisor.terminateChild(here, supervisor, 'b');
    expect(diary.filter((deed) => deed === '-b')).toHaveLength(1);
  });

  inBothPlaces('forgets a temporary child', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a', { restart: 'temporary' }), child('b')]);
    await Supervisor.terminateChild(here, supervisor, 'a');
    expect(await idsOf(here, supervisor)).toEqual(['b']);
    expect(await failureOf(Supervisor.restartChild(here, supervisor, 'a'))).toMatchObject({
      reason: 'notFound',
    });
  });

  inBothPlaces('takes no part of the intensity', async ({ here, there }) => {
    const supervisor = await supervise(there);
    for (let n = 0; n < 20; n++) {
      await Supervisor.terminateChild(here, supervisor, 'a');
      await Supervisor.restartChild(here, supervisor, 'a');
    }
    expect(lives(there, { pid: supervisor })).toBe(true);
  });

  it('ends the tries to restart a child', async () => {
    const node = await startTestNode();
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      intensity: { restarts: Infinity },
      children: [child('a', { starts: ['well', 'fails'] })],
    });
    crash(node, 'a');
    await Supervisor.terminateChild(node, supervisor, 'a');
    const tries = diary.length;
    await settle();
    expect(diary).toHaveLength(tries);
    expect(await Supervisor.whichChildren(node, supervisor)).toMatchObject([{ id: 'a', pid: undefined }]);
  });
});

describe('restart_child', () => {
  inBothPlaces(
    'starts a child that was terminated, in its old place, and returns its pid',
    async (places) => {
      const { here, there } = places;
      const supervisor = await supervise(there);
      const before = there.whereis('a');
      await Supervisor.terminateChild(here, supervisor, 'a');
      const after = await Supervisor.restartChild(here, supervisor, 'a');
      expect(after).not.toBe(before);
      expect(after).toBe(there.whereis('a'));
      expect(await idsOf(here, supervisor)).toEqual(['a', 'b', 'c']);
    },
  );

  inBothPlaces('starts a transient child that had ended in order', async (places) => {
    const { here, there } = places;
    const supervisor = await supervise(there, [child('a', { restart: 'transient' })]);
    endWith(there, 'a', 'normal');
    await quiet(places);
    expect(await Supervisor.restartChild(here, supervisor, 'a')).toBe(there.whereis('a'));
  });

  inBothPlaces('refuses a child that runs, and one that is not known', async ({ here, there }) => {
    const supervisor = await supervise(there);
    expect(await failureOf(Supervisor.restartChild(here, supervisor, 'a'))).toMatchObject({
      reason: 'running',
      message: "restartChild 'a': the child is running",
    });
    expect(await failureOf(Supervisor.restartChild(here, supervisor, 'x'))).toMatchObject({
      reason: 'notFound',
    });
  });

  inBothPlaces('tells why a child does not start, and keeps its spec', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a', { starts: ['well', 'fails', 'well'] })]);
    await Supervisor.terminateChild(here, supervisor, 'a');
    const error = await failureOf(Supervisor.restartChild(here, supervisor, 'a'));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ reason: 'cannot start' });
    expect(await Supervisor.restartChild(here, supervisor, 'a')).toBe(there.whereis('a'));
  });

  inBothPlaces('returns no pid if the child says ignore', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a', { starts: ['ignores'] })]);
    expect(await Supervisor.restartChild(here, supervisor, 'a')).toBeUndefined();
  });

  inBothPlaces('does not find a temporary child that has ended', async (places) => {
    const { here, there } = places;
    const supervisor = await supervise(there, [child('a', { restart: 'temporary' })]);
    endWith(there, 'a', 'normal');
    await quiet(places);
    expect(await failureOf(Supervisor.restartChild(here, supervisor, 'a'))).toMatchObject({
      reason: 'notFound',
    });
  });
});

describe('delete_child', () => {
  inBothPlaces('forgets a child that was terminated', async ({ here, there }) => {
    const supervisor = await supervise(there);
    await Supervisor.terminateChild(here, supervisor, 'b');
    await Supervisor.deleteChild(here, supervisor, 'b');
    expect(await idsOf(here, supervisor)).toEqual(['a', 'c']);
  });

  inBothPlaces('refuses a child that runs, and one that is not known', async ({ here, there }) => {
    const supervisor = await supervise(there);
    expect(await failureOf(Supervisor.deleteChild(here, supervisor, 'a'))).toMatchObject({
      code: 'ERR_CHILD',
      reason: 'running',
    });
    expect(await failureOf(Supervisor.deleteChild(here, supervisor, 'x'))).toMatchObject({
      reason: 'notFound',
    });
    expect(await idsOf(here, supervisor)).toEqual(['a', 'b', 'c']);
  });
});

describe('get_childspec', () => {
  inBothPlaces('tells how a child is kept, every default filled in, as data', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a', { restart: 'transient', shutdownMs: 7 })]);
    expect(await Supervisor.getChildSpec(here, supervisor, 'a')).toEqual({
      id: 'a',
      restart: 'transient',
      shutdownMs: 7,
      significant: false,
      type: 'worker',
    });
    expect(await failureOf(Supervisor.getChildSpec(here, supervisor, 'x'))).toMatchObject({
      reason: 'notFound',
      message: "getChildSpec 'x': there is no such child",
    });
  });
});

describe('every request to a supervisor', () => {
  const requests: [string, (node: Node, supervisor: ServerPid<Supervisor>) => Promise<unknown>][] = [
    ['whichChildren', (node, supervisor) => Supervisor.whichChildren(node, supervisor)],
    ['countChildren', (node, supervisor) => Supervisor.countChildren(node, supervisor)],
    ['getChildSpec', (node, supervisor) => Supervisor.getChildSpec(node, supervisor, 'a')],
    ['terminateChild', (node, supervisor) => Supervisor.terminateChild(node, supervisor, 'a')],
    ['restartChild', (node, supervisor) => Supervisor.restartChild(node, supervisor, 'a')],
    ['deleteChild', (node, supervisor) => Supervisor.deleteChild(node, supervisor, 'a')],
  ];

  inBothPlaces('fails if there is no such supervisor: nothing was done', async ({ here, there }) => {
    const { pid } = await puppet(there);
    there.exitSignal(pid, 'kill');
    await settle();
    for (const [name, ask] of requests) {
      const error = await failureOf(ask(here, pid));
      expect([name, error]).toEqual([name, expect.any(NoProcessError)]);
    }
  });

  inBothPlaces('waits while the supervisor starts a child, however long that takes', async (places) => {
    const { here, there } = places;
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const supervisor = await supervise(there, [child('a')]);
    const slow = Supervisor.startChild(there, supervisor, child('slow', { starts: [gate] }));
    const asked = Supervisor.countChildren(here, supervisor);
    await quiet(places);
    open();
    expect(await asked).toMatchObject({ specs: 2, active: 2 });
    await slow;
  });
});

describe('a supervisor that is looked into', () => {
  inBothPlaces('shows its strategy, intensity and children by sys.getState', async ({ here, there }) => {
    const supervisor = await supervise(there, [child('a')]);
    expect(await sys.getState(here, supervisor)).toEqual({
      strategy: 'oneForOne',
      intensity: { restarts: 3, withinMs: 5_000 },
      autoShutdown: 'never',
      children: [{ id: 'a', pid: there.whereis('a'), type: 'worker' }],
    });
  });

  it('does not have its state replaced: its children are processes', async () => {
    const node = await startTestNode();
    const supervisor = await supervise(node);
    await expect(sys.replaceState(node, supervisor, () => ({}))).rejects.toThrow(
      'a state that can be replaced',
    );
    expect(await idsOf(node, supervisor)).toEqual(['a', 'b', 'c']);
  });

  inBothPlaces('handles the ends of its children after it was suspended and resumed', async (places) => {
    const { here, there } = places;
    const supervisor = await supervise(there);
    const before = there.whereis('a');
    await sys.suspend(here, supervisor);
    there.exitSignal('a', 'kill');
    await quiet(places);
    expect(there.whereis('a')).toBeUndefined();
    await sys.resume(here, supervisor);
    await quiet(places);
    expect(there.whereis('a')).not.toBe(before);
    expect(there.whereis('a')).toBeDefined();
  });
});
