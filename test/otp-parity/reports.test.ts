import {
  childSpec,
  GenServer,
  noReply,
  startApplication,
  startDynamicSupervisor,
  startSupervisor,
  DynamicSupervisor,
  GenStatem,
  initialState,
  stop,
  stopServer,
  supervisorSpec,
  Supervisor,
  sys,
  Task,
  type CrashReport,
  type Next,
  type Node,
  type Pid,
  type ProgressReport,
  type Report,
  type ReportRecord,
  type ServerStatus,
  type SupervisorReport,
  type TaskFunction,
} from '@trestle/runtime';
import { crash, endWith, kid, kidName, type Diary } from '../runtime/behaviours/family';
import { inBothPlaces, puppet } from '../support/both-places';
import { startScripted } from '../support/scripted-server';
import { idle, inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';

/** The reports of a type that a node has logged. */
function reportsOf<T extends Report['type']>(node: Node, type: T): Extract<Report, { type: T }>[] {
  const reports = logOf(node).flatMap(({ report }) => report ?? []);
  return reports.filter((report) => report.type === type) as Extract<Report, { type: T }>[];
}

const crashes = (node: Node): CrashReport[] => reportsOf(node, 'crash');
const troubles = (node: Node): SupervisorReport[] => reportsOf(node, 'supervisor');
const progress = (node: Node): ProgressReport[] => reportsOf(node, 'progress');

const broken = () => {
  throw new TypeError('broken');
};

describe('a crash report', () => {
  inBothPlaces(
    'is on the node of the server that crashed, whoever caused it',
    async ({ here, there, apart }) => {
      const { pid } = await startScripted(there, { call: broken });
      await expect(here.call(pid, 'go')).rejects.toMatchObject({ reason: { message: 'broken' } });
      expect(crashes(there)).toMatchObject([{ pid, reason: { type: 'error', name: 'TypeError' } }]);
      if (apart) expect(crashes(here)).toStrictEqual([]);
    },
  );

  inBothPlaces(
    'has the last message of the server, and the client that waits for its reply',
    async (places) => {
      const { here, there } = places;
      const { pid } = await startScripted(there, { call: broken });
      const client = await puppet(here);
      await client.self.call(pid, { type: 'add', n: 1 }).catch(() => undefined);
      expect(crashes(there)).toMatchObject([{ lastMessage: { type: 'add', n: 1 }, client: client.pid }]);
    },
  );

  it('has no client after a cast or another message', async () => {
    const node = await startTestNode();
    const [one, other] = [
      await startScripted(node, { cast: broken }),
      await startScripted(node, { info: broken }),
    ];
    node.cast(one.pid, 'a');
    node.send(other.pid, 'b');
    await settle();
    expect(crashes(node).map((report) => [report.lastMessage, 'client' in report])).toEqual([
      ['a', false],
      ['b', false],
    ]);
  });

  it('has the state of the server, its class, its name and its label', async () => {
    class Till extends GenServer {
      private readonly coins = [1, 2];
      override init(): void {
        this.self.label = 'the till';
      }
      override handleInfo(): never {
        throw new Error(`no more than ${String(this.coins.length)}`);
      }
    }
    const node = await startTestNode();
    const pid = await node.start(Till, { name: 'till' });
    node.send(pid, 'coin');
    await settle();
    const who = { pid, registeredName: 'till', label: 'the till' };
    expect(crashes(node)).toMatchObject([
      { ...who, behaviour: 'GenServer', initialCall: 'Till', state: { coins: [1, 2] } },
    ]);
    expect(logOf(node).at(-1)).toMatchObject({ ...who, module: 'Till', level: 'error' });
  });

  it('shows of the state, the last message and the reason what formatStatus makes of them', async () => {
    class Vault extends GenServer {
      private readonly secret = 'swordfish';
      override handleInfo(message: unknown): never {
        throw new Error(`${String(message)} is not ${this.secret}`);
      }
      override formatStatus(status: ServerStatus): ServerStatus {
        return { ...status, state: '***', lastMessage: '***', reason: 'wrong secret' };
      }
    }
    const node = await startTestNode();
    node.send(await node.start(Vault), 'tuna');
    await settle();
    expect(crashes(node)).toMatchObject([{ state: '***', lastMessage: '***', reason: 'wrong secret' }]);
    expect(JSON.stringify(logOf(node))).not.toMatch(/swordfish|tuna/);
  });

  it.each<[string, () => unknown]>([
    ['raises an error', broken],
    ['returns nothing', () => undefined],
    ['returns what is no status', () => 'hidden'],
  ])(
    'shows nothing of a server whose formatStatus %s, and the server ends all the same',
    async (_how, formatStatus) => {
      class Careless extends GenServer {
        private readonly secret = 'swordfish';
        override handleInfo(): never {
          return broken();
        }
      }
      Object.assign(Careless.prototype, { formatStatus });
      const node = await startTestNode();
      const pid = await node.start(Careless);
      const { reason } = await watch(node, pid);
      node.send(pid, 'swordfish');
      expect(await reason).toMatchObject({ message: 'broken' });
      expect(crashes(node)).toMatchObject([{ pid, state: 'formatStatus raised an error' }]);
      expect(JSON.stringify(logOf(node))).not.toContain('swordfish');
    },
  );

  it('is of a server whose fields cannot be read, too', async () => {
    class Odd extends GenServer {
      override init(): void {
        Object.defineProperty(this, 'field', { enumerable: true, get: broken });
      }
      override handleInfo(): Next {
        return stop('odd');
      }
    }
    const node = await startTestNode();
    const pid = await node.start(Odd);
    const { reason } = await watch(node, pid);
    node.send(pid, 'go');
    expect(await reason).toBe('odd');
    expect(crashes(node)).toMatchObject([{ pid, reason: 'odd', state: 'the state cannot be read' }]);
  });

  it('takes from formatStatus what it may say, and nothing else', async () => {
    class Liar extends GenServer {
      override handleInfo(): Next {
        return stop('odd');
      }
      override formatStatus(status: ServerStatus): ServerStatus {
        return { ...status, pid: 'another', type: 'supervisor', extra: 1 } as ServerStatus;
      }
    }
    const node = await startTestNode();
    const pid = await node.start(Liar);
    node.send(pid, 'go');
    await settle();
    expect(crashes(node)).toMatchObject([{ type: 'crash', pid, state: {} }]);
    expect(crashes(node)[0]).not.toHaveProperty('extra');
  });

  it('names the ancestors, the nearest first, by their names if they have some', async () => {
    const node = await startTestNode();
    const diary: Diary = [];
    const workers = { id: 'workers', name: 'workers', strategy: 'oneForOne' } as const;
    const root = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [supervisorSpec({ ...workers, children: [kid(diary, 'a')] })],
    });
    crash(node, 'a');
    await settle();
    expect(crashes(node)).toMatchObject([{ ancestors: ['workers', root] }]);
  });

  it('has how many messages wait, whether it traps exits, and its links', async () => {
    const node = await startTestNode();
    const linked = idle(node, (self) => self.trapExit(true));
    const { pid } = await startScripted(node, {
      traps: true,
      cast: (_request, { self }) => {
        self.link(linked.pid);
        for (const message of [1, 2, 3]) self.send(self.pid, message);
        broken();
      },
    });
    node.cast(pid, 'go');
    await settle();
    expect(crashes(node)).toMatchObject([
      { messageQueueLen: 3, trapExit: true, links: [linked.pid], neighbours: [] },
    ]);
  });

  it('tells of the neighbours: those linked that do not trap exits, and so end with it', async () => {
    const node = await startTestNode();
    const [trapping, neighbour] = [idle(node, (self) => self.trapExit(true)), await startScripted(node)];
    const { pid } = await startScripted(node, {
      cast: (_request, { self }) => {
        self.link(trapping.pid);
        self.link(neighbour.pid);
        broken();
      },
    });
    node.cast(pid, 'go');
    await settle();
    expect(node.isAlive(neighbour.pid)).toBe(false);
    expect(crashes(node)).toMatchObject([
      { neighbours: [{ pid: neighbour.pid, initialCall: 'Scripted', messageQueueLen: 0 }] },
    ]);
  });

  it.each<[string, Parameters<typeof startScripted>[1], unknown]>([
    ['stops for a reason of its own', { info: () => stop('odd') }, 'odd'],
    ['exits for a reason of its own', { info: (_message, me) => me.self.exit('odd') }, 'odd'],
    ['throws something that is no error', { info: () => Promise.reject('odd') }, 'odd'],
    ['rejects', { info: () => Promise.reject(new Error('odd')) }, { message: 'odd' }],
    ['returns what is no result', { info: () => 'odd' }, { type: 'badReturnValue', value: 'odd' }],
    [
      'throws in terminate',
      { info: () => stop('normal'), terminate: broken },
      { name: 'TypeError', message: 'broken' },
    ],
  ])('is logged of a server that %s', async (_how, script, reason) => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, script);
    node.send(pid, 'go');
    await settle();
    expect(crashes(node)).toMatchObject([{ pid, reason }]);
  });

  it.each<[string, (node: Node, pid: Pid) => unknown]>([
    ['stops with normal', (node, pid) => node.send(pid, 'normal')],
    ['stops with shutdown', (node, pid) => node.send(pid, 'shutdown')],
    [
      'stops with a shutdown that says why',
      (node, pid) => node.send(pid, { type: 'shutdown', detail: 'update' }),
    ],
    ['is stopped in order', (node, pid) => stopServer(node, pid)],
    ['is killed', (node, pid) => node.exitSignal(pid, 'kill')],
    ['is ended by an exit signal that it does not trap', (node, pid) => node.exitSignal(pid, 'odd')],
  ])('is not logged of a server that %s', async (_how, end) => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, { info: (reason) => stop(reason) });
    const { reason } = await watch(node, pid);
    await end(node, pid);
    await reason;
    expect(logOf(node)).toStrictEqual([]);
  });

  it('is logged of a process without a behaviour if its code throws', async () => {
    const node = await startTestNode();
    const pid = node.spawn(function count(self) {
      self.register('counter');
      throw new Error('odd');
    });
    await settle();
    expect(crashes(node)).toMatchObject([
      {
        pid,
        behaviour: 'Process',
        initialCall: 'count',
        registeredName: 'counter',
        reason: { message: 'odd' },
      },
    ]);
    expect(crashes(node)[0]).not.toHaveProperty('state');
  });

  it.each<[string, TaskFunction<unknown>, unknown]>([
    ['raises an error', broken, { message: 'broken' }],
    ['exits for a reason of its own', (self) => self.exit('odd'), 'odd'],
  ])('is logged of a task that %s, with who started it', async (_how, fn, reason) => {
    const node = await startTestNode();
    const owner = await puppet(node, true);
    const task = Task.async(owner.self, async function fetchPage(self) {
      return fn(self);
    });
    await Task.await(owner.self, task).catch(() => undefined);
    expect(crashes(node)).toMatchObject([
      { behaviour: 'Task', initialCall: 'fetchPage', label: `task of ${owner.pid}`, reason },
    ]);
    expect(crashes(node)[0]!.ancestors).toEqual([owner.pid]);
  });

  it('is not logged of a task that exits in order', async () => {
    const node = await startTestNode();
    const owner = await puppet(node, true);
    for (const reason of ['normal', 'shutdown', { type: 'shutdown', detail: 1 }]) {
      const task = Task.async(owner.self, (self) => self.exit(reason));
      await Task.await(owner.self, task).catch(() => undefined);
    }
    expect(logOf(node)).toStrictEqual([]);
  });

  it('is logged of a state machine, with its state and data', async () => {
    class Door extends GenStatem<{ state: 'open' }> {
      private readonly hinges = 2;
      override init() {
        return initialState('open' as const);
      }
      open(): never {
        throw new Error(`only ${String(this.hinges)} hinges`);
      }
    }
    const node = await startTestNode();
    const pid = await node.start(Door);
    node.send(pid, 'slam');
    await settle();
    expect(crashes(node)).toMatchObject([
      { behaviour: 'GenStatem', initialCall: 'Door', state: { state: 'open', data: { hinges: 2 } } },
    ]);
  });

  it('is not logged of a process without a behaviour that exits on purpose, or is ended', async () => {
    const node = await startTestNode();
    node.spawn((self) => self.exit('odd'));
    node.exitSignal(idle(node).pid, 'odd');
    await settle();
    expect(logOf(node)).toStrictEqual([]);
  });

  it('has no state if the server did not start', async () => {
    const node = await startTestNode();
    await startScripted(node, { init: broken }).catch(() => undefined);
    expect(crashes(node)).toMatchObject([{ initialCall: 'Scripted', reason: { message: 'broken' } }]);
    expect(crashes(node)[0]).not.toHaveProperty('state');
  });

  it('is logged of a server whose constructor throws, as of one whose init does', async () => {
    class Stillborn extends GenServer {
      readonly field = broken();
    }
    const node = await startTestNode();
    await node.start(Stillborn).catch(() => undefined);
    expect(crashes(node)).toMatchObject([{ initialCall: 'Stillborn', reason: { message: 'broken' } }]);
  });

  it('comes before anybody hears of the end', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, { info: broken });
    const seen = inProcess(node, async (self) => {
      self.monitor(pid);
      self.send(pid, 'go');
      await self.receive('DOWN');
      return crashes(node).length;
    });
    expect(await seen).toBe(1);
  });

  it('comes before the supervisor’s report of it, and that before the progress of the restart', async () => {
    const node = await startTestNode();
    await startSupervisor(node, { strategy: 'oneForOne', children: [kid([], 'a')] });
    crash(node, 'a');
    await settle();
    const types = logOf(node).map((record) => record.report!.type);
    expect(types).toEqual(['progress', 'crash', 'supervisor', 'progress']);
  });
});

describe('a supervisor report', () => {
  const family = (node: Node, options: object = {}) =>
    startSupervisor(node, { name: 'app', strategy: 'oneForOne', children: [kid([], 'a', options)] });

  it('has the supervisor, the phase, the reason and the child: its id, pid and spec', async () => {
    const node = await startTestNode();
    await family(node, { restart: 'transient', shutdownMs: 7 });
    const pid = node.whereis(kidName('a'))!;
    crash(node, 'a');
    await settle();
    const offender = {
      id: 'a',
      pid,
      type: 'worker',
      restart: 'transient',
      shutdownMs: 7,
      significant: false,
    };
    expect(troubles(node)).toEqual([
      {
        ...{ type: 'supervisor', supervisor: 'app', errorContext: 'childTerminated', offender },
        reason: expect.objectContaining({ type: 'error', message: 'a crashed' }),
      },
    ]);
    expect(logOf(node).filter(({ report }) => report?.type === 'supervisor')).toMatchObject([
      { level: 'error', registeredName: 'app', module: 'Supervisor' },
    ]);
  });

  it.each([
    ['permanent', 'normal', 1],
    ['permanent', 'odd', 1],
    ['transient', 'normal', 0],
    ['transient', 'shutdown', 0],
    ['transient', 'odd', 1],
    ['temporary', 'normal', 0],
    ['temporary', 'odd', 1],
  ] as const)('is written of a %s child that ends with %s: %d', async (restart, reason, count) => {
    const node = await startTestNode();
    await family(node, { restart });
    endWith(node, 'a', reason);
    await settle();
    expect(troubles(node)).toHaveLength(count);
  });

  it('is of a start error if a child does not start, which has no pid then', async () => {
    const node = await startTestNode();
    await family(node, { starts: ['fails'] }).catch(() => undefined);
    expect(troubles(node)).toMatchObject([
      { errorContext: 'startError', reason: 'cannot start', offender: { id: 'a', pid: undefined } },
    ]);
  });

  it('is not written of a child that says ignore', async () => {
    const node = await startTestNode();
    await family(node, { starts: ['ignores'] });
    expect([troubles(node), progress(node)]).toEqual([[], []]);
  });

  it('is of a shutdown error if a child that is stopped ends for another reason', async () => {
    const node = await startTestNode();
    const supervisor = await family(node, { farewell: broken });
    await Supervisor.terminateChild(node, supervisor, 'a');
    expect(troubles(node)).toMatchObject([{ errorContext: 'shutdownError', reason: { message: 'broken' } }]);
  });

  it('is of a shutdown if there are too many restarts', async () => {
    const node = await startTestNode();
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      intensity: { restarts: 0, withinMs: 1_000 },
      children: [kid([], 'a')],
    });
    const { reason } = await watch(node, supervisor);
    crash(node, 'a');
    await reason;
    expect(troubles(node)).toMatchObject([
      { supervisor, errorContext: 'childTerminated' },
      { supervisor, errorContext: 'shutdown', reason: 'reachedMaxRestartIntensity', offender: { id: 'a' } },
    ]);
  });

  it('is not written of a child that is stopped in order', async () => {
    const node = await startTestNode();
    const supervisor = await family(node);
    await Supervisor.terminateChild(node, supervisor, 'a');
    await node.stop();
    expect(troubles(node)).toStrictEqual([]);
  });

  it('is written of the children of a dynamic supervisor, too', async () => {
    const node = await startTestNode();
    const supervisor = await startDynamicSupervisor(node, { name: 'dynamic' });
    const pid = await DynamicSupervisor.startChild(node, supervisor, kid([], 'a'));
    crash(node, 'a');
    await settle();
    expect(troubles(node)).toMatchObject([
      { supervisor: 'dynamic', errorContext: 'childTerminated', offender: { id: 'a', pid } },
    ]);
  });
});

describe('a progress report', () => {
  it('is written of each child that starts, and starts again, with its new pid', async () => {
    const node = await startTestNode();
    await startSupervisor(node, {
      name: 'app',
      strategy: 'oneForOne',
      children: [kid([], 'a'), kid([], 'b')],
    });
    const first = node.whereis(kidName('a'));
    crash(node, 'a');
    await settle();
    const again = node.whereis(kidName('a'));
    expect(progress(node).map(({ supervisor, started }) => [supervisor, started.id, started.pid])).toEqual([
      ['app', 'a', first],
      ['app', 'b', node.whereis(kidName('b'))],
      ['app', 'a', again],
    ]);
  });

  it('is at debug, and not written unless that is asked for: of the node, or of supervisors', async () => {
    const start = async (levels: object) => {
      const node = await startTestNode({ levels });
      await startSupervisor(node, { strategy: 'oneForOne', children: [childSpec(GenServerAlone)] });
      return logOf(node).map(({ level, report }) => [level, report?.type]);
    };
    class GenServerAlone extends GenServer {}
    expect(await start({})).toStrictEqual([]);
    expect(await start({ modules: { Supervisor: 'debug' } })).toEqual([['debug', 'progress']]);
  });

  it('is written of an application that has started, with its node', async () => {
    const node = await startTestNode();
    const start = (self: Parameters<typeof startSupervisor>[0]) =>
      startSupervisor(self, { strategy: 'oneForOne', children: [] });
    await startApplication(node, { name: 'shop', start, handleSignals: false });
    expect(reportsOf(node, 'applicationStarted')).toEqual([
      { type: 'applicationStarted', application: 'shop', startedAt: node.name },
    ]);
  });
});

describe('the report of an application’s exit', () => {
  const application = async (node: Node, type: 'permanent' | 'transient' | 'temporary') => {
    const start = (self: Parameters<typeof startSupervisor>[0]) =>
      startSupervisor(self, { strategy: 'oneForOne', children: [] });
    return startApplication(node, { name: 'shop', start, type, handleSignals: false });
  };
  const recordOf = (node: Node) =>
    logOf(node).find(({ report }) => report?.type === 'applicationExited') as ReportRecord;

  it('says stopped at notice if it was asked to stop', async () => {
    const node = await startTestNode();
    await (await application(node, 'permanent')).stop();
    expect(recordOf(node)).toMatchObject({
      level: 'notice',
      report: { application: 'shop', exited: 'stopped', kind: 'permanent', stopsNode: false },
    });
  });

  it('says why it ended by itself, and whether the node stops with it', async () => {
    const node = await startTestNode();
    const { root, ended } = await application(node, 'permanent');
    node.exitSignal(root, 'kill');
    await ended;
    await node.stopped;
    expect(recordOf(node)).toMatchObject({
      level: 'error',
      report: { exited: 'killed', kind: 'permanent', stopsNode: true },
    });
  });

  it('is a notice if the node goes on', async () => {
    const node = await startTestNode();
    const { root, ended } = await application(node, 'temporary');
    node.exitSignal(root, 'kill');
    await ended;
    expect(recordOf(node)).toMatchObject({ level: 'notice', report: { exited: 'killed', stopsNode: false } });
  });
});

describe('the report of a message that no server handles', () => {
  inBothPlaces('is a warning on the server’s node, and the server lives on', async ({ here, there }) => {
    class Deaf extends GenServer {}
    const pid = await there.start(Deaf);
    here.send(pid, { type: 'hello' });
    expect(await sys.getState(here, pid)).toEqual({});
    expect(reportsOf(there, 'unexpectedMessage')).toEqual([
      { type: 'unexpectedMessage', server: `Deaf ${pid}`, message: { type: 'hello' } },
    ]);
    expect(logOf(there).at(-1)).toMatchObject({ level: 'warning', pid, module: 'Deaf' });
  });

  it('is not written by a server that has a handleInfo of its own', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, { info: () => noReply() });
    node.send(pid, 'hello');
    await settle();
    expect(logOf(node)).toStrictEqual([]);
  });
});
