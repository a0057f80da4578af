import {
  ChildError,
  childSpec,
  localName,
  Process,
  startSupervisor,
  StartError,
  Supervisor,
  supervisorSpec,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { logOf, settle, startTestNode } from '../../support/test-node';
import { crash, kid, type Diary } from './family';

let node: Node;
let diary: Diary;
let supervisor: ServerPid<Supervisor>;

beforeEach(async () => {
  node = await startTestNode();
  diary = [];
  supervisor = await startSupervisor(node, {
    name: 'app',
    strategy: 'oneForOne',
    children: [
      kid(diary, 'a'),
      kid(diary, 'b', { restart: 'temporary' }),
      kid(diary, 'c', { starts: ['ignores', 'ignores', 'well'] }),
      supervisorSpec({ id: 'sup', strategy: 'oneForOne' }),
    ],
  });
});

const ids = async () => (await Supervisor.whichChildren(node, supervisor)).map(({ id }) => id);

describe('whichChildren and countChildren', () => {
  it('tell of the children in start order, with their processes', async () => {
    expect(await Supervisor.whichChildren(node, supervisor)).toStrictEqual([
      { id: 'a', pid: node.whereis('a'), type: 'worker' },
      { id: 'b', pid: node.whereis('b'), type: 'worker' },
      { id: 'c', pid: undefined, type: 'worker' },
      { id: 'sup', pid: expect.any(String), type: 'supervisor' },
    ]);
    expect(await Supervisor.countChildren(node, supervisor)).toEqual({
      specs: 4,
      active: 3,
      supervisors: 1,
      workers: 3,
    });
  });

  it('can be asked by name, and by the children themselves', async () => {
    expect(await Supervisor.whichChildren(node, localName<Supervisor>('app'))).toHaveLength(4);
    let seen: number | undefined;
    class Curious extends Process {
      override async run(): Promise<void> {
        seen = (await Supervisor.countChildren(this, supervisor)).specs;
        await this.receive();
      }
    }
    await Supervisor.startChild(node, supervisor, childSpec(Curious));
    await settle();
    expect(seen).toBe(5);
  });
});

describe('startChild', () => {
  it('adds a child behind the others, and starts it', async () => {
    const pid = await Supervisor.startChild(node, supervisor, kid(diary, 'd'));
    expect(node.whereis('d')).toBe(pid);
    expect(await ids()).toEqual(['a', 'b', 'c', 'sup', 'd']);
    crash(node, 'd');
    await settle();
    expect(node.whereis('d')).not.toBe(pid);
  });

  it('does not keep the spec of a child that does not start', async () => {
    const failing = Supervisor.startChild(node, supervisor, kid(diary, 'd', { starts: ['fails'] }));
    await expect(failing).rejects.toThrow(new StartError("startChild 'd'", 'cannot start'));
    expect(await ids()).toEqual(['a', 'b', 'c', 'sup']);
  });

  it('keeps the spec of a child whose init says ignore, unless it is temporary', async () => {
    const ignoring = kid(diary, 'd', { starts: ['ignores'] });
    expect(await Supervisor.startChild(node, supervisor, ignoring)).toBeUndefined();
    const temporary = kid(diary, 'e', { starts: ['ignores'], restart: 'temporary' });
    expect(await Supervisor.startChild(node, supervisor, temporary)).toBeUndefined();
    expect(await ids()).toEqual(['a', 'b', 'c', 'sup', 'd']);
  });

  it('refuses a child that runs already, or is known, by its id', async () => {
    const running = await Supervisor.startChild(node, supervisor, kid(diary, 'a')).catch((e: unknown) => e);
    expect(running).toBeInstanceOf(ChildError);
    expect(running).toMatchObject({
      code: 'ERR_CHILD',
      reason: 'alreadyStarted',
      pid: node.whereis('a'),
      message: "startChild 'a': there is such a child already, and it runs",
    });
    await expect(Supervisor.startChild(node, supervisor, kid(diary, 'c'))).rejects.toMatchObject({
      reason: 'alreadyPresent',
    });
  });

  it('refuses a wrong spec at the door, and one that gets past the door too', async () => {
    const wrong = { id: 'd', start: 'now' } as never;
    await expect(Supervisor.startChild(node, supervisor, wrong)).rejects.toThrow(
      "startChild: expected start to be a function, got 'now'",
    );
    const reply = await node.call(supervisor, { type: 'startChild', spec: wrong });
    expect(reply).toMatchObject({ kind: 'failed', reason: { code: 'ERR_BAD_ARGUMENT' } });
    expect(await ids()).toEqual(['a', 'b', 'c', 'sup']);
  });
});

describe('terminateChild', () => {
  it('stops a child and keeps its spec; it is not restarted', async () => {
    await Supervisor.terminateChild(node, supervisor, 'a');
    await settle();
    expect(diary).toEqual(['+a', '+b', '-a']);
    expect(await ids()).toEqual(['a', 'b', 'c', 'sup']);
    expect(node.whereis('a')).toBeUndefined();
    await Supervisor.terminateChild(node, supervisor, 'a');
  });

  it('forgets a temporary child', async () => {
    await Supervisor.terminateChild(node, supervisor, 'b');
    expect(await ids()).toEqual(['a', 'c', 'sup']);
  });

  it('refuses a child it does not know', async () => {
    await expect(Supervisor.terminateChild(node, supervisor, 'z')).rejects.toThrow(
      new ChildError("terminateChild 'z'", 'notFound'),
    );
  });
});

describe('restartChild', () => {
  it('starts a child that was stopped, or had said ignore', async () => {
    await Supervisor.terminateChild(node, supervisor, 'a');
    expect(await Supervisor.restartChild(node, supervisor, 'a')).toBe(node.whereis('a'));
    expect(await Supervisor.restartChild(node, supervisor, 'c')).toBeUndefined();
    expect(await Supervisor.restartChild(node, supervisor, 'c')).toBe(node.whereis('c'));
  });

  it('refuses a child that runs, and one it does not know', async () => {
    await expect(Supervisor.restartChild(node, supervisor, 'a')).rejects.toMatchObject({ reason: 'running' });
    await expect(Supervisor.restartChild(node, supervisor, 'z')).rejects.toMatchObject({
      reason: 'notFound',
    });
  });

  it('tells why the child does not start, and keeps its spec', async () => {
    await Supervisor.startChild(node, supervisor, kid(diary, 'd', { starts: ['well', 'fails'] }));
    await Supervisor.terminateChild(node, supervisor, 'd');
    await expect(Supervisor.restartChild(node, supervisor, 'd')).rejects.toMatchObject({
      code: 'ERR_START',
      reason: 'cannot start',
    });
    expect(await ids()).toContain('d');
  });
});

describe('deleteChild', () => {
  it('forgets a child that does not run', async () => {
    await Supervisor.deleteChild(node, supervisor, 'c');
    await Supervisor.terminateChild(node, supervisor, 'a');
    await Supervisor.deleteChild(node, supervisor, 'a');
    expect(await ids()).toEqual(['b', 'sup']);
  });

  it('refuses a child that runs, and one it does not know', async () => {
    await expect(Supervisor.deleteChild(node, supervisor, 'a')).rejects.toMatchObject({ reason: 'running' });
    await expect(Supervisor.deleteChild(node, supervisor, 'z')).rejects.toMatchObject({ reason: 'notFound' });
  });
});

describe('a child whose restart is being tried again', () => {
  it('is shown as restarting, can be stopped, and is left alone then', async () => {
    let tries = 0;
    let triedAgain!: () => void;
    const retried = new Promise<void>((resolve) => (triedAgain = resolve));
    const asked: unknown[] = [];
    const pid = await startSupervisor(node, {
      strategy: 'oneForOne',
      intensity: { restarts: Infinity },
      children: [
        {
          id: 'wobbly',
          start: (parent) => {
            tries += 1;
            if (tries > 1) {
              triedAgain();
              throw new Error('not yet');
            }
            return parent.spawnLink(() => undefined);
          },
        },
      ],
    });
    await retried;
    asked.push((await Supervisor.whichChildren(node, pid))[0]?.pid);
    asked.push(
      await Supervisor.restartChild(node, pid, 'wobbly').catch((e: unknown) => (e as ChildError).reason),
    );
    asked.push(
      await Supervisor.deleteChild(node, pid, 'wobbly').catch((e: unknown) => (e as ChildError).reason),
    );
    await Supervisor.terminateChild(node, pid, 'wobbly');
    expect(asked).toEqual(['restarting', 'restarting', 'restarting']);
    const sofar = tries;
    await settle();
    expect(tries).toBe(sofar);
    expect((await Supervisor.whichChildren(node, pid))[0]?.pid).toBeUndefined();
  });
});

describe('a supervisor that gets messages it does not know', () => {
  it('refuses and logs them, and lives on', async () => {
    const untyped: ServerPid<any> = supervisor;
    node.send(supervisor, 'hello');
    const refused = { code: 'ERR_REMOTE', cause: { code: 'ERR_BAD_ARGUMENT' } };
    await expect(node.call(untyped, { type: 'nonsense' })).rejects.toMatchObject(refused);
    await expect(node.call(untyped, null)).rejects.toMatchObject(refused);
    node.cast(untyped, { type: 'nonsense' });
    node.cast(untyped, null);
    expect(await ids()).toHaveLength(4);
    expect(logOf(node).filter(({ level }) => level === 'warning')).toHaveLength(5);
  });
});

describe('a start function', () => {
  it('may forget to link: the supervisor does', async () => {
    let starts = 0;
    const start = (): ReturnType<Node['spawn']> => {
      starts += 1;
      return node.spawn((self) => self.receive());
    };
    const pid = await Supervisor.startChild(node, supervisor, { id: 'loose', start });
    node.send(pid!, 'end');
    await settle();
    expect(starts).toBe(2);
  });

  it('must return a pid or ignore()', async () => {
    const start = (): never => 'pid?' as never;
    await expect(Supervisor.startChild(node, supervisor, { id: 'odd', start })).rejects.toMatchObject({
      reason: { type: 'badReturnValue', callback: 'start', value: 'pid?' },
    });
  });
});
