import {
  Application,
  ApplicationError,
  BadArgumentError,
  defineApplication,
  startApplication,
  StartError,
  stopServer,
  sys,
  type Node,
  type Pid,
  type Self,
} from '@trestle/runtime';
import { inBothPlaces, puppet } from '../support/both-places';
import { diaryApplication, treeOf, type Writer } from '../support/diary-application';
import { inProcess, logOf, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let diary: string[];
beforeEach(() => {
  diary = [];
});

const app = (name: string, more: Parameters<typeof diaryApplication>[2] = {}) =>
  diaryApplication(diary, name, more);
const runningOn = (node: Node): string[] => Application.whichApplications(node).map(({ name }) => name);
/** Ends the server of a diary application, whose supervisor gives up then. */
const crash = (node: Node, name: string) =>
  node.cast(name as unknown as Pid & { type?: Writer }, { type: 'crash' } as never);
const refused = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('application:start', () => {
  it('starts the tree and tells its process and its root', async () => {
    const node = await startTestNode();
    const shop = await startApplication(node, app('shop'));
    expect(diary).toEqual(['+shop']);
    expect(node.isAlive(shop.pid) && node.isAlive(shop.root)).toBe(true);
    expect((await sys.getStatus(node, shop.root)).parent).toBe(shop.pid);
  });

  it('of an application that runs fails with alreadyStarted, and leaves it alone', async () => {
    const node = await startTestNode();
    const shop = app('shop');
    await startApplication(node, shop);
    for (const again of [shop, app('shop')]) {
      const error = await refused(startApplication(node, again));
      expect(error).toBeInstanceOf(ApplicationError);
      expect(error).toMatchObject({
        code: 'ERR_APPLICATION',
        reason: 'alreadyStarted',
        message: "startApplication 'shop': the application runs already",
      });
    }
    expect(diary).toEqual(['+shop']);
  });

  it('twice at the same time starts it once, and both get it', async () => {
    const node = await startTestNode();
    const shop = app('shop');
    const [first, second] = await Promise.all([startApplication(node, shop), startApplication(node, shop)]);
    expect(second).toBe(first);
    expect(diary).toEqual(['+shop']);
  });

  it('of another application of the name, while that starts, fails', async () => {
    const node = await startTestNode();
    const starting = startApplication(node, app('shop'));
    expect(await refused(startApplication(node, app('shop')))).toMatchObject({ reason: 'alreadyStarted' });
    await starting;
  });

  it('is possible again when it has stopped, and after a start that failed', async () => {
    const node = await startTestNode();
    const first = await startApplication(node, app('shop'));
    await first.stop();
    expect(await refused(startApplication(node, app('shop', { fails: 'no' })))).toBeInstanceOf(StartError);
    const again = await startApplication(node, app('shop'));
    expect(again.pid).not.toBe(first.pid);
    expect(diary).toEqual(['+shop', 'prepStop shop', '-shop', 'stop shop', '+shop']);
  });

  it('runs applications side by side, one of each name on each node', async () => {
    const [node, other] = [await startTestNode(), await startTestNode()];
    const shop = app('shop');
    await startApplication(node, shop);
    await startApplication(node, app('bank'));
    await startApplication(other, shop);
    expect([runningOn(node), runningOn(other)]).toEqual([['shop', 'bank'], ['shop']]);
  });

  it.each([
    ['exits', (self: Self) => self.exit('no stock'), 'no stock'],
    ['throws', () => Promise.reject(new Error('no stock')), { type: 'error', message: 'no stock' }],
    ['returns no pid', () => 'root' as never, { type: 'badReturnValue', callback: 'start', value: 'root' }],
    ['returns its own process', (self: Self) => self.pid, { type: 'badReturnValue', callback: 'start' }],
    [
      'has its own process as the root',
      ({ pid }: Self) => ({ root: pid, state: 1 }),
      { value: { state: 1 } },
    ],
    ['returns no root', () => ({ state: 1 }) as never, { type: 'badReturnValue', value: { state: 1 } }],
  ])('fails with the reason if its start function %s', async (_, start, reason) => {
    const node = await startTestNode();
    const error = await refused(startApplication(node, app('shop', { start })));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ reason, message: expect.stringMatching(/^startApplication 'shop': /) });
    expect(runningOn(node)).toStrictEqual([]);
  });

  it('that fails ends what its start function has started', async () => {
    const node = await startTestNode();
    let stray!: Pid;
    const start = (self: Self): never => {
      stray = self.spawn((it) => it.receive());
      return self.exit('no');
    };
    await refused(startApplication(node, app('shop', { start })));
    expect(node.isAlive(stray)).toBe(false);
  });

  it('is refused on what is no node, with options there are not, and for no application', async () => {
    const node = await startTestNode();
    for (const starting of [
      startApplication(5 as never, app('shop')),
      inProcess(node, (self) => startApplication(self as never, app('shop'))),
      startApplication(node, app('shop'), { typ: 'permanent' } as never),
      startApplication(node, app('shop'), { type: 'always' } as never),
      startApplication(node, null as never),
      startApplication(node, { ...app('shop'), dependencies: [5] } as never),
      startApplication(node, { ...app('shop'), dependencies: ['db', {}] } as never),
      startApplication(node, { ...app('shop'), startPhases: { go: () => {} } } as never),
      startApplication(node, { ...app('shop'), env: { limit: 5 } } as never),
    ]) {
      expect(await refused(starting)).toBeInstanceOf(BadArgumentError);
    }
    expect(diary).toStrictEqual([]);
    expect(Application.loadedApplications(node)).toStrictEqual([]);
  });
});

describe('application:stop', () => {
  it('calls prepStop, ends the tree, and then calls stop', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop'));
    await Application.stop(node, 'shop');
    expect(diary).toEqual(['+shop', 'prepStop shop', '-shop', 'stop shop']);
    expect(runningOn(node)).toStrictEqual([]);
    expect(logOf(node).map(({ text }) => text)).toContain('Application shop exited: stopped');
  });

  it('of an application that does not run fails with notStarted', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop'));
    await Application.stop(node, 'shop');
    for (const name of ['shop', 'nothing']) {
      expect(await refused(Application.stop(node, name))).toMatchObject({
        code: 'ERR_APPLICATION',
        reason: 'notStarted',
      });
    }
  });

  it('hands the state of start to prepStop, and what that returns to stop', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const shop = defineApplication({
      name: 'shop',
      handleSignals: false,
      start: async (self) => ({ root: await treeOf(self, { id: 'shop', diary }), state: { open: true } }),
      prepStop: (state) => {
        seen.push(state);
        return { open: false };
      },
      stop: (state) => void seen.push(state),
    });
    await (await startApplication(node, shop)).stop();
    expect(seen).toEqual([{ open: true }, { open: false }]);
  });

  it('hands the state of start to stop if prepStop returns nothing, and none if start has none', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const start = async (self: Self) => ({ root: await treeOf(self, { id: 'shop', diary }), state: 5 });
    const stop = (state: unknown) => void seen.push(state);
    await (await startApplication(node, app('shop', { start, stop }))).stop();
    await (await startApplication(node, app('shop', { stop }))).stop();
    expect(seen).toStrictEqual([5, undefined]);
  });

  it('calls prepStop and stop when the tree has ended by itself, too', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const prepStop = (state: unknown) => (seen.push(state), 'prepared');
    const stop = (state: unknown) => void seen.push(state);
    const shop = await startApplication(node, app('shop', { type: 'temporary', prepStop, stop }));
    crash(node, 'shop');
    expect(await shop.ended).toBe('shutdown');
    expect(diary).toEqual(['+shop', '-shop']);
    expect(seen).toStrictEqual([undefined, 'prepared']);
  });

  it('of an application that is ending by itself waits for that', async () => {
    const node = await startTestNode();
    let prepared!: () => void;
    const done = new Promise<void>((resolve) => (prepared = resolve));
    const shop = await startApplication(node, app('shop', { type: 'temporary', prepStop: () => done }));
    node.exitSignal(shop.root, 'kill');
    await settle();
    const stopped = Promise.all([shop.stop(), Application.stop(node, 'shop')]);
    prepared();
    await stopped;
    expect(await shop.ended).toBe('killed');
    expect(diary.at(-1)).toBe('stop shop');
  });

  it('is no stop in order when the process of the application is killed: all that belongs to it is', async () => {
    const node = await startTestNode();
    let child!: Pid;
    const start = (self: Self) => {
      child = self.spawn((it) => it.receive());
      return treeOf(self, { id: 'shop', diary });
    };
    const shop = await startApplication(node, app('shop', { type: 'temporary', start }));
    node.exitSignal(shop.pid, 'kill');
    expect(await shop.ended).toBe('killed');
    await settle();
    expect([shop.root, child].map((pid) => node.isAlive(pid))).toEqual([false, false]);
    expect(diary).toEqual(['+shop']);
    expect(runningOn(node)).toStrictEqual([]);
  });

  it('ends every process that belongs to the application, linked or not', async () => {
    const node = await startTestNode();
    const pids: Pid[] = [];
    const start = (self: Self) => {
      pids.push(
        self.spawn(async (it) => {
          it.trapExit(true);
          pids.push(it.spawn((child) => child.receive()));
          for (;;) await it.receive();
        }),
      );
      return treeOf(self, { id: 'shop', diary });
    };
    const shop = await startApplication(node, app('shop', { start }));
    const stranger = await puppet(node);
    await settle();
    expect(pids.map((pid) => node.isAlive(pid))).toEqual([true, true]);
    await shop.stop();
    expect(pids.map((pid) => node.isAlive(pid))).toEqual([false, false]);
    expect(node.isAlive(stranger.pid)).toBe(true);
  });

  it('leaves the applications that depend on it running', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop', { dependencies: [app('db')] }));
    await Application.stop(node, 'db');
    expect(runningOn(node)).toEqual(['shop']);
    expect(diary).toEqual(['+db', '+shop', 'prepStop db', '-db', 'stop db']);
  });

  it('leaves it loaded, with its env', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop'), { env: { limit: 5 } });
    await Application.stop(node, 'shop');
    expect(Application.loadedApplications(node).map(({ name }) => name)).toEqual(['shop']);
    expect(Application.getEnv(node, 'shop', 'limit')).toBe(5);
  });
});

describe('the stop of a node', () => {
  it('stops its applications in the reverse order of their start', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop', { dependencies: [app('db'), app('mail')] }));
    await startApplication(node, app('admin'));
    diary.length = 0;
    await node.stop();
    expect(diary.filter((line) => line.startsWith('-'))).toEqual(['-admin', '-shop', '-mail', '-db']);
  });

  it('gives each application its own time, kills what is left of it then, and goes on with the next', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const slow = (self: Self) =>
      treeOf(self, { id: 'slow', diary, farewell: () => new Promise(() => {}) }, { shutdownMs: Infinity });
    await startApplication(node, app('first'));
    await startApplication(node, app('slow', { start: slow, stopTimeoutMs: 1_000 }));
    await startApplication(node, app('last', { stopTimeoutMs: 5_000 }));
    diary.length = 0;
    const server = node.whereis('slow')!;
    const stopped = node.stop();
    await clock.advance(999);
    expect(diary).toEqual(['prepStop last', '-last', 'stop last', 'prepStop slow']);
    expect(node.isAlive(server)).toBe(true);
    await clock.advance(1);
    await stopped;
    expect(diary.slice(4)).toEqual(['prepStop first', '-first', 'stop first']);
    expect(node.isAlive(server)).toBe(false);
    expect(
      logOf(node)
        .filter(({ level }) => level === 'error')
        .map(({ text }) => text),
    ).toContain('Application slow did not stop within 1000 ms');
  });
});

describe('the type of an application', () => {
  it.each([
    ['permanent', 'normal', true],
    ['permanent', 'shutdown', true],
    ['permanent', 'trouble', true],
    ['transient', 'normal', false],
    ['transient', 'shutdown', true],
    ['transient', { type: 'shutdown', detail: 'x' }, true],
    ['transient', 'trouble', true],
    ['temporary', 'normal', false],
    ['temporary', 'trouble', false],
  ] as const)('%s: when it ends with %j its node stops: %j', async (type, reason, stops) => {
    const node = await startTestNode();
    const start = (self: Self) => self.spawnLink(async (root) => root.exit(await root.receive()));
    await startApplication(node, app('other'));
    const shop = await startApplication(node, app('shop', { start, type }));
    node.send(shop.root, reason);
    expect(await shop.ended).toEqual(reason);
    if (stops) await node.stopped;
    else await settle();
    expect(diary.includes('stop other')).toBe(stops);
  });

  it('counts for nothing when the application is stopped', async () => {
    const node = await startTestNode();
    for (const type of ['permanent', 'transient', 'temporary'] as const) {
      await startApplication(node, app(type, { type }));
      await Application.stop(node, type);
    }
    expect(await inProcess(node, () => 'runs')).toBe('runs');
  });

  it('given at the start counts before that of the application, for what it depends on as well', async () => {
    const node = await startTestNode();
    const shop = app('shop', { dependencies: [app('db')], type: 'permanent' });
    await startApplication(node, shop, { type: 'temporary' });
    crash(node, 'shop');
    crash(node, 'db');
    await settle();
    expect(runningOn(node)).toStrictEqual([]);
    expect(await inProcess(node, () => 'runs')).toBe('runs');
  });
});

describe('which_applications', () => {
  inBothPlaces(
    'tells what runs, in the order of the start, with description and version',
    async ({ here, there }) => {
      const about = { description: 'sells things', version: '1.2.3' };
      await startApplication(there, app('shop', { ...about, dependencies: [app('db')] }));
      const shown = await here.rpc.call(there.name, 'Application', 'whichApplications', []);
      expect(shown).toEqual([
        { name: 'db', description: 'db', version: '' },
        { name: 'shop', ...about },
      ]);
    },
  );

  inBothPlaces('tells no more of one that has ended; loaded_applications does', async ({ here, there }) => {
    const shop = await startApplication(there, app('shop', { type: 'temporary' }));
    await stopServer(there, shop.root, { reason: 'shutdown' });
    await shop.ended;
    const ask = (question: string) => here.rpc.call(there.name, 'Application', question, []);
    expect(await ask('whichApplications')).toStrictEqual([]);
    expect(await ask('loadedApplications')).toEqual([{ name: 'shop', description: 'shop', version: '' }]);
  });

  it('does not tell of one that is starting', async () => {
    const node = await startTestNode();
    let during: string[] = ['?'];
    const start = (self: Self) => {
      during = runningOn(node);
      return treeOf(self, { id: 'shop', diary });
    };
    await startApplication(node, app('shop', { start }));
    expect([during, runningOn(node)]).toEqual([[], ['shop']]);
  });
});

describe('get_application', () => {
  inBothPlaces(
    'tells the application of a process: of its tree, and of all that this has started',
    async (places) => {
      const { here, there } = places;
      let spawned!: Pid;
      const start = (self: Self) => {
        spawned = self.spawn((it) => it.spawn((child) => child.receive()) && it.receive());
        return treeOf(self, { id: 'shop', diary });
      };
      const shop = await startApplication(there, app('shop', { start }));
      await settle();
      const grandchild = there.processes().find((pid) => there.processInfo(pid)?.parent === spawned)!;
      for (const pid of [shop.pid, shop.root, there.whereis('shop')!, spawned, grandchild]) {
        expect(await here.rpc.call(there.name, 'Application', 'getApplication', [pid])).toBe('shop');
      }
    },
  );

  it('tells it from inside, also while it starts', async () => {
    const node = await startTestNode();
    let inside: unknown;
    const start = (self: Self) => {
      inside = Application.getApplication(self, self.pid);
      return treeOf(self, { id: 'shop', diary });
    };
    await startApplication(node, app('shop', { start }));
    expect(inside).toBe('shop');
  });

  it('tells none of a process outside of all, of one that has ended, and of one on another node', async () => {
    const [node, other] = [await startTestNode({ name: 'a@127.0.0.1' }), await startTestNode()];
    await startApplication(node, app('shop'));
    await startApplication(other, app('shop'));
    const outside = await puppet(node);
    const gone = node.spawn(() => undefined);
    await settle();
    for (const pid of [outside.pid, gone, other.whereis('shop')!, node.spawn((self) => self.receive())])
      expect(Application.getApplication(node, pid)).toBeUndefined();
    expect(() => Application.getApplication(node, 'shop' as never)).toThrow(BadArgumentError);
  });
});

describe('application:load', () => {
  it('makes an application known by its name, which can be started then', async () => {
    const node = await startTestNode();
    Application.load(node, app('shop'));
    expect([Application.loadedApplications(node).length, runningOn(node)]).toEqual([1, []]);
    await startApplication(node, 'shop');
    expect(runningOn(node)).toEqual(['shop']);
  });

  it('is refused for another application of the name of one that runs', async () => {
    const node = await startTestNode();
    const shop = app('shop');
    await startApplication(node, shop);
    Application.load(node, shop);
    expect(() => Application.load(node, app('shop'))).toThrow("load 'shop': the application runs already");
  });

  it('is undone by unload, unless the application runs', async () => {
    const node = await startTestNode();
    await startApplication(node, app('shop'));
    expect(() => Application.unload(node, 'shop')).toThrow("unload 'shop': the application runs");
    await Application.stop(node, 'shop');
    Application.unload(node, 'shop');
    expect(Application.loadedApplications(node)).toStrictEqual([]);
    expect(() => Application.unload(node, 'shop')).toThrow("unload 'shop': no such application is loaded");
  });

  it('is needed to start by name', async () => {
    const node = await startTestNode();
    const error = await refused(startApplication(node, 'shop'));
    expect(error).toMatchObject({ reason: 'notLoaded', message: expect.stringContaining("'shop'") });
  });
});

describe('a definition', () => {
  it('is checked when it is made', () => {
    const wrong: [object, RegExp][] = [
      [{ name: '' }, /^defineApplication '': expected name to be a string that is not empty/],
      [{ version: 1 }, /expected version to be a string, got 1/],
      [{ dependencies: 'db' }, /expected dependencies to be an array of applications, got 'db'/],
      [{ optionalDependencies: [{}] }, /expected optionalDependencies.0 to be a string/],
      [{ startPhases: [{ phase: 'go' }] }, /expected startPhases.0.run to be a function/],
      [{ env: {} }, /expected env to be a zod object/],
      [{ mod: 'shop' }, /expected options to have no 'mod'/],
    ];
    for (const [part, message] of wrong)
      expect(() => defineApplication({ ...app('shop'), ...part })).toThrow(message);
    expect(() => defineApplication(undefined as never)).toThrow(BadArgumentError);
  });
});
