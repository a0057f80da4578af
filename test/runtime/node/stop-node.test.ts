import { BadArgumentError, GenServer, NodeDownError, ServerExitError, startNode } from '@trestle/runtime';
import { idle, leftovers, logOf, partsOf, settle, startTestNode } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

class Silent extends GenServer<any> {
  override handleCall() {
    return new Promise<never>(() => {});
  }
}

describe('a node that stops', () => {
  it('ends every process, frees every name and cancels every timer', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    for (let i = 0; i < 10; i++) idle(node, (self) => self.register(`n${i}`));
    await node.start(Silent, { name: 'silent' });
    node.sendAfter('n1', 'x', 1_000);
    const call = node.call('silent' as any as never, 'q' as never).catch((error: unknown) => error);
    node.spawn((self) => self.receive(undefined, { afterMs: 5_000 }));
    await settle();
    await node.stop();
    expect(await call).toBeInstanceOf(ServerExitError);
    expect(leftovers(node)).toMatchObject({ processes: 0, names: [], timers: 0, deadlines: 0 });
    expect(node.processes()).toStrictEqual([]);
    expect(clock.runningTimers).toBe(0);
  });

  it('ends processes that trap exits, with killed', async () => {
    const node = await startTestNode();
    let signal!: AbortSignal;
    idle(node, (self) => {
      self.trapExit(true);
      signal = self.signal;
    });
    await settle();
    await node.stop();
    expect(signal.reason).toBe('killed');
  });

  it('never executes what was spawned but had no turn yet', async () => {
    const node = await startTestNode();
    let executed = false;
    node.spawn(() => void (executed = true));
    await node.stop();
    await settle();
    expect(executed).toBe(false);
  });

  it('stops first what asked for it, the last one first, while processes live; then the processes', async () => {
    const node = await startTestNode();
    const order: string[] = [];
    const { pid } = idle(node, (self) => self.signal.addEventListener('abort', () => order.push('process')));
    await settle();
    const { stopHooks } = partsOf(node);
    stopHooks.push(async () => {
      await settle();
      order.push(`first ${node.isAlive(pid)}`);
    });
    stopHooks.push(async () => {
      order.push(`second ${node.isAlive(pid)}`);
      throw new Error('a hook that fails');
    });
    await node.stop();
    expect(order).toEqual(['second true', 'first true', 'process']);
    expect(logOf(node)).toMatchObject([
      { level: 'error', report: { error: { message: 'a hook that fails' } } },
    ]);
  });

  it('stops timers even if its connections do not close in order', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    node.sendAfter('x', 'y', 1_000);
    partsOf(node).distribution.stop = () => Promise.reject(new Error('stuck'));
    await node.stop();
    expect(clock.runningTimers).toBe(0);
    expect(logOf(node)).toMatchObject([{ report: { error: { message: 'stuck' } } }]);
  });

  it('can be told twice, and tells when it has stopped', async () => {
    const node = await startTestNode();
    let stopped = false;
    void node.stopped.then(() => (stopped = true));
    await settle();
    expect(stopped).toBe(false);
    const first = node.stop();
    expect(node.stop()).toBe(first);
    await first;
    await node.stopped;
    await node.stop();
    expect(stopped).toBe(true);
  });

  it('can be told by one of its own processes', async () => {
    const node = await startTestNode();
    node.spawn((self) => self.node.stop());
    await node.stopped;
    expect(node.processes()).toStrictEqual([]);
  });

  const verbs: Record<string, (node: any) => unknown> = {
    send: (node) => node.send('x', 1),
    cast: (node) => node.cast('x', 1),
    call: (node) => node.call('x', 1),
    spawn: (node) => node.spawn(() => undefined),
    'start a server': (node) => node.start(Silent),
    register: (node) => node.register('x', node.pid),
    unregister: (node) => node.unregister('x'),
    whereis: (node) => node.whereis('x'),
    sendAfter: (node) => node.sendAfter('x', 1, 1),
    startTimer: (node) => node.startTimer('x', 1, 1),
    cancelTimer: (node) => node.cancelTimer('x'),
    readTimer: (node) => node.readTimer('x'),
    exitSignal: (node) => node.exitSignal(node.pid, 'x'),
    connect: (node) => node.connect('b@host'),
    disconnect: (node) => node.disconnect('b@host'),
    ping: (node) => node.ping('b@host'),
    expose: (node) => node.expose('X', {}),
    spawnOn: (node) => node.spawnOn('b@host', 'X', 'f'),
  };

  it.each(Object.keys(verbs))('refuses its verbs from then on: %s', async (verb) => {
    const node = await startNode();
    await node.stop();
    const error = await (async () => verbs[verb]!(node))().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadArgumentError);
    expect((error as Error).message).toBe('node nonode@nohost: expected a running node, got a stopped one');
  });

  it.each(['call', 'start a server', 'connect', 'ping'])(
    'refuses by a promise what answers by one: %s',
    async (verb) => {
      const node = await startNode();
      await node.stop();
      await expect(verbs[verb]!(node)).rejects.toBeInstanceOf(BadArgumentError);
    },
  );

  it('without a name is out of reach of others, and they of it', async () => {
    const node = await startTestNode();
    expect(node.name).toBe('nonode@nohost');
    expect(await node.connect('b@host')).toBe(false);
    expect(await node.disconnect('b@host')).toBe(false);
    expect(await node.ping('b@host')).toBe('pang');
    expect(node.list()).toStrictEqual([]);
    expect(node.getCookie()).toBeUndefined();
    const error: unknown = await node
      .call({ name: 'kv', node: 'b@host' }, 'x' as never)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NodeDownError);
    expect(error).toMatchObject({ node: 'b@host', mayHaveBeenHandled: false });
  });
});
