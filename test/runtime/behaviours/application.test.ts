import {
  BadArgumentError,
  startApplication,
  StartError,
  startSupervisor,
  Supervisor,
  type ApplicationOptions,
  type ChildSpec,
  type Node,
  type Self,
} from '@trestle/runtime';
import { ApplicationSignals } from '../../../packages/runtime/src/behaviours/application/application-signals';
import { inProcess, logOf, settle, startTestNode } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';
import { crash, kid, type Diary } from './family';

let node: Node;
let clock: VirtualClock;
let diary: Diary;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  diary = [];
});

const tree =
  (...children: ChildSpec[]) =>
  (self: Self) =>
    startSupervisor(self, { strategy: 'oneForOne', intensity: { restarts: 0 }, children });

function options(more: Partial<ApplicationOptions> = {}): ApplicationOptions {
  return {
    name: 'app',
    start: tree(kid(diary, 'a'), kid(diary, 'b')),
    prepStop: () => void diary.push('prepStop'),
    stop: () => void diary.push('stop'),
    handleSignals: false,
    ...more,
  };
}

const logged = (level: string) => logOf(node).filter((record) => record.level === level);

describe('an application', () => {
  it('runs the tree that its start function returns', async () => {
    const application = await startApplication(node, options());
    expect(diary).toEqual(['+a', '+b']);
    expect(await Supervisor.countChildren(node, application.root)).toMatchObject({ active: 2 });
    expect(application.name).toBe('app');
    expect(node.isAlive(application.pid)).toBe(true);
  });

  it('stops in order, once, and leaves the node running', async () => {
    const application = await startApplication(node, options());
    diary.length = 0;
    await Promise.all([application.stop(), application.stop()]);
    expect(diary).toEqual(['prepStop', '-b', '-a', 'stop']);
    expect(await application.ended).toBe('normal');
    expect(logged('notice').map(({ text }) => text)).toEqual(['Application app exited: stopped']);
    expect(await inProcess(node, () => 'runs')).toBe('runs');
  });

  it('stops in order with its node, the last started first', async () => {
    await startApplication(node, options());
    await startApplication(
      node,
      options({ name: 'second', start: tree(kid(diary, 'c')), prepStop: () => {}, stop: () => {} }),
    );
    diary.length = 0;
    await node.stop();
    expect(diary).toEqual(['-c', 'prepStop', '-b', '-a', 'stop']);
  });

  it('does not start if its tree does not, and says why', async () => {
    const start = tree(kid(diary, 'a'), kid(diary, 'b', { starts: ['fails'] }));
    const error = await startApplication(node, options({ start })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({
      message: "startApplication 'app': shutdown: failed to start child 'b': cannot start",
      reason: { type: 'shutdown', detail: { type: 'failedToStartChild', id: 'b', reason: 'cannot start' } },
    });
    expect(diary).toEqual(['+a', '!b', '-a']);
    expect(await inProcess(node, () => 'runs')).toBe('runs');
  });

  it('does not start if its start function returns no pid', async () => {
    await expect(startApplication(node, options({ start: () => 'root' as never }))).rejects.toMatchObject({
      reason: { type: 'badReturnValue', callback: 'start', value: 'root' },
    });
  });

  it('takes the node along when its root ends by itself', async () => {
    const application = await startApplication(node, options());
    crash(node, 'a');
    await node.stopped;
    expect(await application.ended).toBe('shutdown');
    expect(diary).toEqual(['+a', '+b', '-a', '-b', 'prepStop', 'stop']);
    expect(logged('error').map(({ text }) => text)).toContain(
      'Application app exited: shutdown; the node stops with it',
    );
  });

  it.each([
    ['transient', 'normal', false],
    ['transient', 'shutdown', true],
    ['transient', 'trouble', true],
    ['temporary', 'trouble', false],
  ] as const)('of type %s whose root ends with %s takes the node along: %j', async (type, reason, along) => {
    const start = (self: Self) => self.spawnLink(async (root) => root.exit(await root.receive()));
    const application = await startApplication(node, options({ type, start }));
    let stopped = false;
    void node.stopped.then(() => (stopped = true));
    node.send(application.root, reason);
    expect(await application.ended).toBe(reason);
    await settle();
    expect(stopped).toBe(along);
  });

  it('is linked to its root, whatever the start function did', async () => {
    const start = () => node.spawn((self) => self.receive());
    const application = await startApplication(node, options({ type: 'temporary', start }));
    node.send(application.root, 'end');
    expect(await application.ended).toBe('normal');
  });

  it('goes on stopping when a callback throws, and logs that', async () => {
    const prepStop = (): never => {
      throw new Error('not prepared');
    };
    const application = await startApplication(node, options({ prepStop }));
    await application.stop();
    expect(diary).toEqual(['+a', '+b', '-b', '-a', 'stop']);
    expect(logged('error')).toMatchObject([
      {
        text: 'Application app: prepStop raised an error',
        report: { problem: { error: { message: 'not prepared' } } },
      },
    ]);
  });

  it('kills what has not stopped when its time is over', async () => {
    const forever = new Promise<void>(() => {});
    const start = tree(kid(diary, 'a'), kid(diary, 'b', { shutdownMs: Infinity, farewell: () => forever }));
    const application = await startApplication(node, options({ start, stopTimeoutMs: 1_000 }));
    diary.length = 0;
    const stopped = application.stop();
    await clock.advance(999);
    expect(diary).toEqual(['prepStop']);
    await clock.advance(1);
    await stopped;
    expect(node.isAlive(application.root)).toBe(false);
    expect(logged('error').map(({ text }) => text)).toContain('Application app did not stop within 1000 ms');
  });

  it('waits no longer than its time for prepStop', async () => {
    let prepared = (): void => {};
    const prepStop = () => new Promise<void>((resolve) => (prepared = resolve));
    const application = await startApplication(node, options({ prepStop, stopTimeoutMs: 1_000 }));
    const stopped = application.stop();
    await clock.advance(1_000);
    await stopped;
    await node.stop();
    prepared();
    await settle();
    expect(diary).not.toContain('stop');
  });

  it('is stopped in order by a node that stops while it starts', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const start = tree(kid(diary, 'a', { starts: [gate] }));
    const starting = startApplication(node, options({ start }));
    await settle();
    const stopped = node.stop();
    open();
    await Promise.all([starting, stopped]);
    expect(diary).toEqual(['+a', 'prepStop', '-a', 'stop']);
  });

  it.each([
    [{ name: '' }, 'expected name to be a string that is not empty'],
    [{ start: undefined }, 'expected start to be a function, got undefined'],
    [{ prepStop: 1 }, 'expected prepStop to be a function, got 1'],
    [{ type: 'always' }, "expected type to be 'permanent', 'transient' or 'temporary', got 'always'"],
    [{ stopTimeoutMs: -1 }, 'expected stopTimeoutMs to be milliseconds (0 or more, or Infinity), got -1'],
    [{ signals: true }, "expected options to have no 'signals'"],
  ])('refuses wrong options: %j', async (wrong, message) => {
    const starting = startApplication(node, { ...options(), ...wrong } as never);
    await expect(starting).rejects.toThrow(BadArgumentError);
    await expect(starting).rejects.toThrow(`startApplication: ${message}`);
  });

  it('is started on a node, not by a process', async () => {
    const starting = inProcess(node, (self) => startApplication(self as never, options()));
    await expect(starting).rejects.toThrow('startApplication: expected a node');
  });

  it('listens to signals while it runs, and no longer', async () => {
    const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
    const before = count();
    const application = await startApplication(node, options({ handleSignals: true }));
    const second = await startApplication(
      node,
      options({ name: 'second', start: tree(), handleSignals: true }),
    );
    expect(count()).toBe(before + 2);
    await application.stop();
    expect(count()).toBe(before + 2);
    await second.stop();
    expect(count()).toBe(before);
    await startApplication(node, options({ start: () => 'no pid' as never, handleSignals: true })).catch(
      () => {},
    );
    expect(count()).toBe(before);
  });
});

describe('the signals of an application', () => {
  /** An OS process that only notes how it was ended. */
  class FakeProcess {
    exitCode?: number;
    exits: number[] = [];
    listeners: [signal: string, listener: () => void][] = [];
    on = (signal: string, listener: () => void) => this.listeners.push([signal, listener]);
    off = (_signal: string, listener: () => void) =>
      (this.listeners = this.listeners.filter(([, other]) => other !== listener));
    listenerCount = (signal: string) => this.listeners.filter(([other]) => other === signal).length;
    exit = (code: number) => this.exits.push(code);
    raise = (signal: string) =>
      this.listeners.filter(([of]) => of === signal).forEach(([, listen]) => listen());
  }

  it('end the process only when the last of several is done', async () => {
    const os = new FakeProcess();
    const done: (() => void)[] = [];
    const stop = () => new Promise<void>((resolve) => done.push(resolve));
    for (let i = 0; i < 2; i++) new ApplicationSignals(os, stop);
    os.raise('SIGTERM');
    done[0]!();
    await settle();
    expect(os).toMatchObject({ exits: [], exitCode: 0 });
    done[1]!();
    await settle();
    expect(os).toMatchObject({ exits: [0], listeners: [] });
  });

  it('leave the process to others that listen to them', async () => {
    const os = new FakeProcess();
    os.on('SIGINT', () => {});
    new ApplicationSignals(os, () => Promise.resolve());
    os.raise('SIGINT');
    await settle();
    expect(os).toMatchObject({ exits: [], exitCode: 0 });
    expect(os.listeners).toHaveLength(1);
  });
});
