import {
  BadArgumentError,
  CallTimeoutError,
  childSpec,
  CodeChangeError,
  localName,
  startSupervisor,
  stopServer,
  sys,
  type Node,
  type Pid,
  type Self,
  type ServerExitError,
  type ServerStatus,
} from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { machineServer, type MachineServer } from '@trestle/runtime/xstate';
import { assign, createMachine, fromCallback, fromPromise, log, setup } from 'xstate';
import { inBothPlaces, puppet, quiet } from '../../support/both-places';
import { logOf, settle, startTestNode, watch } from '../../support/test-node';

/** How XState is told types. */
const typesOf = <T>(): T => ({}) as T;

const jobMachine = setup({
  types: typesOf<{
    context: { left: number; failed: number };
    events: { type: 'start' } | { type: 'work'; n?: number } | { type: 'fail' };
    input: { left?: number } | undefined;
    output: { failed: number };
    tags: 'busy';
  }>(),
  delays: { pause: 1_000 },
}).createMachine({
  id: 'Job',
  context: ({ input }) => ({ left: input?.left ?? 2, failed: 0 }),
  initial: 'idle',
  output: ({ context }) => ({ failed: context.failed }),
  states: {
    idle: { on: { start: 'running' } },
    running: {
      tags: 'busy',
      initial: 'ready',
      always: { guard: ({ context }) => context.left <= 0, target: 'finished' },
      states: {
        ready: {
          on: {
            work: {
              target: 'resting',
              actions: assign({ left: ({ context, event }) => context.left - (event.n ?? 1) }),
            },
          },
        },
        resting: { after: { pause: 'ready' } },
      },
      on: {
        fail: {
          actions: () => {
            throw new Error('the job has failed');
          },
        },
      },
    },
    finished: { type: 'final' },
  },
});
const Job = machineServer(jobMachine);

/** The state value of a machine. */
const valueOf = async (node: Node, machine: Parameters<typeof sys.getState>[1]): Promise<unknown> =>
  ((await sys.getState(node, machine)) as { value: unknown }).value;

describe('a machine of XState as a process', () => {
  inBothPlaces('takes casts, messages and the events of send, in the order sent', async ({ here, there }) => {
    const job = await there.start(Job, { args: { input: { left: 10 } } });
    here.cast(job, { type: 'start' });
    here.send(job, { type: 'work', n: 3 });
    const view = await here.call(job, { type: 'send', event: { type: 'work' } });
    expect(view).toEqual({
      status: 'active',
      value: { running: 'resting' },
      context: { left: 7, failed: 0 },
      tags: ['busy'],
      output: undefined,
      children: [],
    });
    expect(await here.call(job, { type: 'snapshot' })).toEqual(view);
  });

  inBothPlaces('tells who waits for a state when it is there', async ({ here, there }) => {
    const job = await there.start(Job, { name: 'job' });
    const to = localName<MachineServer<typeof jobMachine>>('job').on(there.name);
    const waits = [here.call(to, { type: 'waitFor', state: 'running' })];
    waits.push(here.call(job, { type: 'waitFor', state: { running: 'resting' } }));
    expect((await here.call(job, { type: 'waitFor', state: 'idle' })).value).toBe('idle');
    here.cast(job, { type: 'start' });
    here.cast(job, { type: 'work' });
    expect((await Promise.all(waits)).map(({ value }) => value)).toEqual([
      { running: 'ready' },
      { running: 'resting' },
    ]);
  });

  inBothPlaces('lets who waits for a state time out, and forgets it', async ({ here, there }) => {
    const job = await there.start(Job);
    const waits = here.call(job, { type: 'waitFor', state: 'running' }, { timeoutMs: 1 });
    await expect(waits).rejects.toBeInstanceOf(CallTimeoutError);
    here.cast(job, { type: 'start' });
    expect((await here.call(job, { type: 'snapshot' })).value).toEqual({ running: 'ready' });
  });

  inBothPlaces(
    'ends with normal when it is done, and tells its output to who waits for it',
    async (places) => {
      const { here, there } = places;
      const job = await there.start(Job, { args: { input: { left: 1 } } });
      const output = here.call(job, { type: 'output' });
      const finished = here.call(job, { type: 'waitFor', state: 'finished' });
      const { reason } = await watch(here, job);
      here.cast(job, { type: 'start' });
      here.cast(job, { type: 'work' });
      expect(await output).toEqual({ failed: 0 });
      expect(await finished).toMatchObject({ status: 'done', value: 'finished', output: { failed: 0 } });
      expect(await reason).toBe('normal');
      expect(logOf(there).filter(({ level }) => level === 'error')).toStrictEqual([]);
    },
  );

  inBothPlaces('answers a send by which it is done before it ends', async ({ here, there }) => {
    const job = await there.start(Job, { args: { input: { left: 0 } } });
    const view = await here.call(job, { type: 'send', event: { type: 'start' } });
    expect(view).toMatchObject({ status: 'done', output: { failed: 0 } });
  });

  inBothPlaces(
    'ends with the error of an action, which fails the calls that wait',
    async ({ here, there }) => {
      const job = await there.start(Job);
      here.cast(job, { type: 'start' });
      const output = here
        .call(job, { type: 'output' })
        .catch((error: unknown) => (error as ServerExitError).reason);
      const { reason } = await watch(here, job);
      here.cast(job, { type: 'fail' });
      expect(await reason).toMatchObject({ type: 'error', message: 'the job has failed' });
      expect(await output).toMatchObject({ message: 'the job has failed' });
    },
  );

  it('is restarted by its supervisor after an error, from the beginning, and not when it is done', async () => {
    const node = await startTestNode();
    const spec = childSpec(Job, { name: 'job', restart: 'transient', args: { input: { left: 1 } } });
    const job = localName<MachineServer<typeof jobMachine>>('job');
    await startSupervisor(node, { strategy: 'oneForOne', children: [spec] });
    expect(spec.id).toBe('Job');
    const first = node.whereis(job);
    node.cast(job, { type: 'start' });
    node.cast(job, { type: 'fail' });
    await settle();
    expect(node.whereis(job)).not.toBe(first);
    expect((await node.call(job, { type: 'snapshot' })).value).toBe('idle');
    node.cast(job, { type: 'start' });
    node.cast(job, { type: 'work' });
    await settle();
    expect(node.whereis(job)).toBeUndefined();
  });

  it('is stopped in order by stopServer', async () => {
    const node = await startTestNode();
    const job = await node.start(Job);
    await stopServer(node, job);
    expect(node.isAlive(job)).toBe(false);
  });
});

describe('the delays of a machine', () => {
  it('are of the time of the node', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const job = await node.start(Job);
    node.cast(job, { type: 'start' });
    node.cast(job, { type: 'work' });
    await clock.advance(999);
    expect(await valueOf(node, job)).toEqual({ running: 'resting' });
    await clock.advance(1);
    expect(await valueOf(node, job)).toEqual({ running: 'ready' });
  });

  it('come in their turn: not while the process is suspended, and behind what waits', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const job = await node.start(Job, { args: { input: { left: 5 } } });
    node.cast(job, { type: 'start' });
    node.cast(job, { type: 'work' });
    await settle();
    await sys.suspend(node, job);
    node.cast(job, { type: 'work' });
    await clock.advance(1_000);
    expect(await valueOf(node, job)).toEqual({ running: 'resting' });
    await sys.resume(node, job);
    // The work that came while it rested is lost, as it is for any machine.
    expect(await sys.getState(node, job)).toMatchObject({
      value: { running: 'ready' },
      context: { left: 4 },
    });
  });

  it('are gone with their state, and with the process', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const machine = createMachine({
      initial: 'a',
      states: { a: { after: { 100: 'late' }, on: { go: 'b' } }, b: { after: { 500: 'late' } }, late: {} },
    });
    const pid = await node.start(machineServer(machine));
    await clock.advance(50);
    node.cast(pid, { type: 'go' });
    await clock.advance(400);
    expect(await valueOf(node, pid)).toBe('b');
    node.exitSignal(pid, 'kill');
    await clock.advance(1_000);
    expect(node.isAlive(pid)).toBe(false);
  });
});

describe('the actors of a machine', () => {
  const fetching = (load: () => Promise<string>) =>
    setup({
      types: typesOf<{ context: { found: string } }>(),
      actors: { load: fromPromise(load) },
    }).createMachine({
      context: { found: '' },
      initial: 'loading',
      states: {
        loading: {
          invoke: {
            src: 'load',
            id: 'loader',
            onDone: { target: 'ready', actions: assign({ found: ({ event }) => event.output }) },
          },
        },
        ready: {},
      },
    });

  it('tell it what they have come to', async () => {
    const node = await startTestNode();
    let found!: (what: string) => void;
    const loading = new Promise<string>((resolve) => (found = resolve));
    const machine = await node.start(machineServer(fetching(() => loading)));
    expect(await sys.getState(node, machine)).toMatchObject({ value: 'loading', children: ['loader'] });
    const view = node.call(machine, { type: 'waitFor', state: 'ready' });
    found('it');
    expect(await view).toMatchObject({ context: { found: 'it' } });
  });

  it('that fail, where nothing is said of that, end the process with their error', async () => {
    const node = await startTestNode();
    let fail!: (why: Error) => void;
    const loading = new Promise<string>((_, reject) => (fail = reject));
    const machine = await node.start(machineServer(fetching(() => loading)));
    const { reason } = await watch(node, machine);
    fail(new Error('not found'));
    expect(await reason).toMatchObject({ message: 'not found' });
  });

  it.each([
    ['killed', (node: Node, pid: Pid) => node.exitSignal(pid, 'kill')],
    ['stopped', (node: Node, pid: Pid) => void stopServer(node, pid as never)],
  ])('end with the process when it is %s', async (_how, end) => {
    const closed: string[] = [];
    const machine = setup({
      actors: { socket: fromCallback(() => () => void closed.push('socket')) },
    }).createMachine({ invoke: { src: 'socket' } });
    const node = await startTestNode();
    const pid = await node.start(machineServer(machine));
    await settle();
    end(node, pid);
    await settle();
    expect(closed).toEqual(['socket']);
  });

  it('send it what they have to send, though the process is doing something else', async () => {
    let sendBack!: (event: { type: 'tick' }) => void;
    const machine = setup({
      types: typesOf<{ context: { ticks: number }; events: { type: 'tick' } }>(),
      actors: { timer: fromCallback(({ sendBack: send }) => void (sendBack = send as never)) },
    }).createMachine({
      context: { ticks: 0 },
      invoke: { src: 'timer' },
      on: { tick: { actions: assign({ ticks: ({ context }) => context.ticks + 1 }) } },
    });
    const node = await startTestNode();
    const pid = await node.start(machineServer(machine));
    sendBack({ type: 'tick' });
    expect((await node.call(pid, { type: 'snapshot' })).context).toEqual({ ticks: 1 });
  });
});

describe('the messages of the runtime', () => {
  const watcher = (self: Self) =>
    setup({
      types: typesOf<{
        context: { gone: unknown[] };
        events: { type: 'watch'; pid: Pid } | { type: 'gone'; pid: unknown; reason: unknown };
      }>(),
    }).createMachine({
      context: { gone: [] },
      on: {
        watch: { actions: ({ event }) => void self.monitor(event.pid) },
        gone: { actions: assign({ gone: ({ context, event }) => [...context.gone, event.reason] }) },
      },
    });

  inBothPlaces('are events where they are mapped: DOWN', async (places) => {
    const { here, there } = places;
    const Watcher = machineServer(watcher, {
      name: 'Watcher',
      mapMessage: (message) =>
        message.type === 'DOWN' ? { type: 'gone', pid: message.pid, reason: message.reason } : undefined,
    });
    const machine = await there.start(Watcher);
    const { pid } = await puppet(here);
    here.cast(machine, { type: 'watch', pid });
    await quiet(places);
    here.exitSignal(pid, 'away');
    await quiet(places);
    expect((await here.call(machine, { type: 'snapshot' })).context).toEqual({ gone: ['away'] });
  });

  it('and messages that are no events are logged as unexpected, otherwise', async () => {
    const node = await startTestNode();
    const machine = await node.start(machineServer(watcher));
    const { pid } = await puppet(node);
    node.cast(machine, { type: 'watch', pid });
    await settle();
    node.exitSignal(pid, 'kill');
    await settle();
    node.send(machine, 'hello');
    await settle();
    const unexpected = logOf(node).flatMap(({ report }) =>
      report?.type === 'unexpectedMessage' ? [report.message] : [],
    );
    expect(unexpected).toEqual([expect.objectContaining({ type: 'DOWN', reason: 'killed' }), 'hello']);
  });
});

describe('a machine that is made for its process', () => {
  it('can send, by its actions', async () => {
    const node = await startTestNode();
    const { pid, inbox } = await puppet(node);
    const machine = setup({
      types: typesOf<{ events: { type: 'greet'; who: string } }>(),
      actions: { tell: () => undefined },
    }).createMachine({ on: { greet: { actions: 'tell' } } });
    const Greeter = machineServer((self) =>
      machine.provide({
        actions: {
          tell: ({ event }) => {
            self.send(pid, `hello ${event.who}`);
          },
        },
      }),
    );
    node.cast(await node.start(Greeter), { type: 'greet', who: 'Ada' });
    await settle();
    expect(inbox).toEqual(['hello Ada']);
  });

  it('logs to the log of its process', async () => {
    const node = await startTestNode();
    const machine = createMachine({ id: 'Talker', entry: log('ready') });
    const pid = await node.start(machineServer(machine));
    expect(logOf(node).find(({ text }) => text === 'machine Talker logs')).toMatchObject({
      level: 'info',
      pid,
    });
  });
});

describe('a machine that has been persisted', () => {
  inBothPlaces('goes on where it was, on whichever node', async ({ here, there }) => {
    const job = await there.start(Job, { args: { input: { left: 5 } } });
    here.cast(job, { type: 'start' });
    here.cast(job, { type: 'work' });
    const snapshot = await here.call(job, { type: 'persist' });
    const again = await here.start(Job, { args: { snapshot } });
    expect(await here.call(again, { type: 'snapshot' })).toMatchObject({
      value: { running: 'resting' },
      context: { left: 4 },
    });
  });

  it('when it was done starts, and ends with normal', async () => {
    const node = await startTestNode();
    const Done = machineServer(createMachine({ initial: 'a', states: { a: { type: 'final' } } }));
    const snapshot = { status: 'done', value: 'a', context: {}, children: {}, historyValue: {} } as never;
    for (const args of [undefined, { snapshot }]) {
      const done = await node.start(Done, { args });
      await settle();
      expect(node.isAlive(done)).toBe(false);
    }
    expect(logOf(node).filter(({ level }) => level === 'error')).toStrictEqual([]);
  });

  it.each([
    5,
    null,
    {},
    { status: 'active' },
    { status: 'error', value: 'idle' },
    { status: 'stopped', value: 'idle' },
  ])('is not %p: its start fails', async (snapshot) => {
    const node = await startTestNode();
    await expect(node.start(Job, { args: { snapshot: snapshot as never } })).rejects.toMatchObject({
      code: 'ERR_START',
      reason: { code: 'ERR_BAD_ARGUMENT' },
    });
  });

  it.each([[{ inputt: 1 }], [5], [null], ['input']])(
    'or input is all it starts from: not %j',
    async (args) => {
      const node = await startTestNode();
      await expect(node.start(Job, { args: args as never })).rejects.toThrow(
        'start Job: expected args: { input } or { snapshot }, got',
      );
    },
  );

  it('of another machine fails the start', async () => {
    const node = await startTestNode();
    const snapshot = { status: 'active', value: 'nowhere', context: {}, children: {}, historyValue: {} };
    await expect(node.start(Job, { args: { snapshot: snapshot as never } })).rejects.toMatchObject({
      code: 'ERR_START',
    });
  });
});

describe('sys of a machine', () => {
  inBothPlaces('getState tells its snapshot', async ({ here, there }) => {
    const job = await there.start(Job);
    expect(await sys.getState(here, job)).toEqual(await here.call(job, { type: 'snapshot' }));
    expect((await sys.getStatus(here, job)).module).toBe('Job');
  });

  it('replaceState is refused', async () => {
    const node = await startTestNode();
    const job = await node.start(Job);
    await expect(sys.replaceState(node, job, (state) => state)).rejects.toBeInstanceOf(BadArgumentError);
  });

  it('shows what formatStatus of a class that extends it shows', async () => {
    class Secretive extends Job {
      override formatStatus(status: ServerStatus): ServerStatus {
        return { ...status, state: '***' };
      }
    }
    const node = await startTestNode();
    const job = await node.start(Secretive);
    expect(await sys.getStatus(node, job)).toMatchObject({ module: 'Secretive', state: '***' });
  });
});

describe('the code of a machine', () => {
  it('cannot change while it runs: it goes on as it began', async () => {
    const node = await startTestNode();
    const job = await node.start(Job);
    await sys.suspend(node, job);
    await expect(sys.changeCode(node, job, machineServer(jobMachine))).rejects.toBeInstanceOf(
      CodeChangeError,
    );
    await sys.resume(node, job);
    node.cast(job, { type: 'start' });
    expect(await valueOf(node, job)).toEqual({ running: 'ready' });
  });
});

describe('what is no machine', () => {
  it.each([undefined, null, 5, {}, { config: {} }])('is refused by machineServer: %p', (machine) => {
    expect(() => machineServer(machine as never)).toThrow(BadArgumentError);
  });

  it('is refused when its function returns it, and options that there are not', async () => {
    const node = await startTestNode();
    const Wrong = machineServer((): typeof jobMachine => 5 as never);
    await expect(node.start(Wrong)).rejects.toMatchObject({ reason: { code: 'ERR_BAD_ARGUMENT' } });
    expect(() => machineServer(jobMachine, { title: 'x' } as never)).toThrow("to have no 'title'");
    expect(() => machineServer(jobMachine, { mapMessage: 5 as never })).toThrow(BadArgumentError);
  });

  it('is no event either: a cast of it ends the process', async () => {
    const node = await startTestNode();
    const job = await node.start(Job);
    const { reason } = await watch(node, job);
    node.cast(job, 'start' as never);
    expect(await reason).toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
  });

  it('fails its start if its context cannot be made', async () => {
    const node = await startTestNode();
    const machine = createMachine({
      context: () => {
        throw new Error('no context');
      },
    });
    await expect(node.start(machineServer(machine))).rejects.toMatchObject({
      reason: { message: 'no context' },
    });
  });
});
