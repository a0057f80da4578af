import {
  BadArgumentError,
  NoProcessError,
  startRegistry,
  stopServer,
  type Node,
  type Registry,
  type Self,
} from '@trestle/runtime';
import { puppet, startCluster, type Puppet } from '../support/both-places';
import { settle, startTestNode } from '../support/test-node';

/* Registry.lock/3: "out-of-band locking of the given lock_key for the duration of function". */

let node: Node;
let registry: Registry<string, number>;
let a: Puppet;
let b: Puppet;
let steps: string[];

beforeEach(async () => {
  node = await startTestNode();
  registry = await startRegistry<string, number>(node, { name: 'r', keys: 'unique' });
  [a, b] = [await puppet(node), await puppet(node)];
  steps = [];
});

const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

/** Takes a lock, and keeps it until the test ends the work. */
function hold(
  self: Self<any>,
  who: string,
  key: unknown = 'key',
): { done: Promise<unknown>; finish: () => void } {
  let finish!: () => void;
  const work = new Promise<void>((resolve) => (finish = resolve));
  const done = registry.lock(self, key, async () => {
    steps.push(`+${who}`);
    await work;
    steps.push(`-${who}`);
    return who;
  });
  return { done, finish };
}

describe('a lock of a registry', () => {
  it('has one process execute at a time, in the order they came', async () => {
    const c = await puppet(node);
    const held = [hold(a.self, 'a'), hold(b.self, 'b'), hold(c.self, 'c')];
    await settle();
    expect(steps).toEqual(['+a']);
    for (const { finish } of held.toReversed()) finish();
    expect(await Promise.all(held.map(({ done }) => done))).toEqual(['a', 'b', 'c']);
    expect(steps).toEqual(['+a', '-a', '+b', '-b', '+c', '-c']);
  });

  it('gives what the function returns, and at once if nobody has it', async () => {
    expect(await registry.lock(a.self, 'key', () => 5)).toBe(5);
    expect(await registry.lock(a.self, 'key', () => Promise.resolve(6))).toBe(6);
  });

  it('is another for another key', async () => {
    const held = [hold(a.self, 'a', 1), hold(b.self, 'b', 2)];
    await settle();
    expect(steps).toEqual(['+a', '+b']);
    for (const { finish } of held) finish();
    await Promise.all(held.map(({ done }) => done));
  });

  it('has nothing to do with an entry of the same key', async () => {
    registry.register(a.self, 'key', 1);
    await registry.lock(b.self, 'key', () => {
      registry.unregister(a.self, 'key');
      registry.register(b.self, 'key', 2);
    });
    expect(registry.lookup('key')).toMatchObject([{ pid: b.pid, value: 2 }]);
  });

  it('is given back when the function fails, whose error is the caller’s', async () => {
    const fail = (): never => {
      throw new Error('in the lock');
    };
    await expect(registry.lock(a.self, 'key', fail)).rejects.toThrow('in the lock');
    await expect(registry.lock(a.self, 'key', () => Promise.reject(new Error('later')))).rejects.toThrow(
      'later',
    );
    expect(await registry.lock(b.self, 'key', () => 'mine')).toBe('mine');
  });

  it('is given back when its process ends, whatever the function does', async () => {
    hold(a.self, 'a');
    const next = hold(b.self, 'b');
    await settle();
    node.exitSignal(a.pid, 'kill');
    await settle();
    expect(steps).toEqual(['+a', '+b']);
    next.finish();
    await next.done;
  });

  it('is not waited for any more by a process that has ended', async () => {
    const first = hold(a.self, 'a');
    hold(b.self, 'b');
    const c = await puppet(node);
    const third = hold(c.self, 'c');
    node.exitSignal(b.pid, 'kill');
    first.finish();
    third.finish();
    await third.done;
    expect(steps).toEqual(['+a', '-a', '+c', '-c']);
  });

  it('can be nested, under another key', async () => {
    const inner = (): Promise<string> => registry.lock(a.self, 'inner', () => 'both');
    expect(await registry.lock(a.self, 'outer', inner)).toBe('both');
  });

  it('serves code that is no process, by its node', async () => {
    const first = hold(a.self, 'a');
    const done = registry.lock(node, 'key', () => steps.push('node'));
    first.finish();
    await done;
    expect(steps).toEqual(['+a', '-a', 'node']);
  });

  it('fails for those who wait when the registry ends; who has it goes on', async () => {
    const first = hold(a.self, 'a');
    const waiting = errorOf(registry.lock(node, 'key', () => steps.push('never')));
    await settle();
    await stopServer(node, 'r' as never);
    expect(await waiting).toBeInstanceOf(NoProcessError);
    first.finish();
    expect(await first.done).toBe('a');
    expect(steps).toEqual(['+a', '-a']);
    expect(await errorOf(registry.lock(node, 'key', () => 1))).toBeInstanceOf(BadArgumentError);
  });

  it('leaves nothing behind', async () => {
    const work = Array.from({ length: 100 }, (_, n) =>
      registry.lock(n % 2 === 0 ? a.self : b.self, n % 3, () => n),
    );
    await Promise.all(work);
    const { claims } = (registry as any).running().locks;
    expect(claims.size).toBe(0);
  });

  it('is refused for what is no function, and for a process of another node', async () => {
    expect(await errorOf(registry.lock(a.self, 'key', 5 as never))).toBeInstanceOf(BadArgumentError);
    const other = await (await startCluster())('other');
    const stranger = await puppet(other);
    expect(await errorOf(registry.lock(stranger.self, 'key', () => 1))).toBeInstanceOf(BadArgumentError);
  });
});
