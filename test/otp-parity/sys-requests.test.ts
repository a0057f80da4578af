import {
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  GenServer,
  NodeDownError,
  NoProcessError,
  NotServerError,
  ServerExitError,
  stopServer,
  sys,
  type CallOptions,
  type CallResult,
  type ExitReason,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, puppet, type Places } from '../support/both-places';
import { Counter, counterOn } from '../support/counter';
import { inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** Says how it ends, and may take as long for it as it likes. */
class Mortal extends GenServer<never, never, { onEnd: (reason: ExitReason) => unknown }> {
  private onEnd!: (reason: ExitReason) => unknown;
  override init({ onEnd }: { onEnd: (reason: ExitReason) => unknown }): void {
    this.onEnd = onEnd;
  }
  override async terminate(reason: ExitReason): Promise<void> {
    await this.onEnd(reason);
  }
}

type Request = (on: Node, server: ServerPid<any>, options?: CallOptions) => Promise<unknown>;
const requests: readonly [string, Request][] = [
  ['getState', (on, server, options) => sys.getState(on, server, options)],
  ['getStatus', (on, server, options) => sys.getStatus(on, server, options)],
  ['suspend', (on, server, options) => sys.suspend(on, server, options)],
  ['resume', (on, server, options) => sys.resume(on, server, options)],
  ['terminate', (on, server, options) => sys.terminate(on, server, 'shutdown', options)],
  ['statistics', (on, server, options) => sys.statistics(on, server, 'get', options)],
  ['trace', (on, server, options) => sys.trace(on, server, true, options)],
  ['log', (on, server, options) => sys.log(on, server, 'get', options)],
  ['remove', (on, server, options) => sys.remove(on, server, 'id', options)],
  ['noDebug', (on, server, options) => sys.noDebug(on, server, options)],
];

/** Every request that can go to any node, to the same server. */
async function each(places: Places, server: ServerPid<any>, options?: CallOptions): Promise<unknown[]> {
  const failures = requests.map(([, ask]) =>
    ask(places.here, server, options).then(String, (error: unknown) => error),
  );
  return Promise.all(failures);
}

describe('a request of sys', () => {
  inBothPlaces(
    'to a process that is no server fails at once, says so, and leaves the process alone',
    async (places) => {
      const plain = await puppet(places.there);
      for (const error of await each(places, plain.pid, { timeoutMs: Infinity })) {
        expect(error).toBeInstanceOf(NotServerError);
        expect(error).toMatchObject({ code: 'ERR_NOT_SERVER', mayHaveBeenHandled: false });
        expect(String(error)).toMatch(/the process is no server$/);
      }
      expect(plain.inbox).toStrictEqual([]);
      await expect(stopServer(places.here, plain.pid)).rejects.toBeInstanceOf(NotServerError);
      expect(places.there.isAlive(plain.pid)).toBe(true);
    },
  );

  inBothPlaces('to a process that is gone fails at once', async (places) => {
    const counter = await counterOn(places);
    await stopServer(places.here, counter);
    for (const error of await each(places, counter, { timeoutMs: Infinity }))
      expect(error).toBeInstanceOf(NoProcessError);
  });

  inBothPlaces('fails after its timeout if the server is busy', async (places) => {
    class Busy extends GenServer<never, 'wait'> {
      override handleCast(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const busy = await places.there.start(Busy);
    places.here.cast(busy, 'wait');
    for (const error of await each(places, busy, { timeoutMs: 1 }))
      expect(error).toBeInstanceOf(CallTimeoutError);
  });

  it('waits for 5,000 ms unless told otherwise', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const stuck = await node.start(Mortal, { args: { onEnd: () => new Promise(() => {}) } });
    void stopServer(node, stuck).catch(() => undefined);
    const answers = Promise.all(requests.map(([, ask]) => ask(node, stuck).catch((error: unknown) => error)));
    let isOver = false;
    void answers.then(() => (isOver = true));
    await clock.advance(4_999);
    expect(isOver).toBe(false);
    await clock.advance(200);
    for (const error of await answers) expect(error).toBeInstanceOf(CallTimeoutError);
  });

  inBothPlaces('fails when the server ends before it answers', async (places) => {
    class Ends extends GenServer<never, 'end'> {
      override async handleCast(): Promise<never> {
        await settle();
        return this.self.exit('away');
      }
    }
    const ends = await places.there.start(Ends);
    places.here.cast(ends, 'end');
    for (const error of await each(places, ends)) {
      expect(error).toBeInstanceOf(ServerExitError);
      expect(error).toMatchObject({ reason: 'away' });
    }
  });

  it('to a server of a node that cannot be reached fails with its name', async () => {
    const node = await startTestNode();
    const asked = sys.getState(node, { name: 'kv', node: 'nobody@127.0.0.1' });
    await expect(asked).rejects.toBeInstanceOf(NodeDownError);
    await expect(asked).rejects.toMatchObject({ node: 'nobody@127.0.0.1' });
  });

  it('cannot be made by the server itself', async () => {
    class Curious extends GenServer<{ type: 'look' }> {
      override async handleCall(request: { type: 'look' }): Promise<CallResult> {
        throw await sys.getState(this.self, this.self.pid).catch((error: unknown) => [request, error]);
      }
    }
    const node = await startTestNode();
    const asked = node.call(await node.start(Curious), { type: 'look' });
    await expect(asked).rejects.toMatchObject({ reason: [{ type: 'look' }, expect.any(CallingSelfError)] });
  });

  it('cannot be made by a process of itself either', async () => {
    const node = await startTestNode();
    const asked = inProcess(node, (self) => sys.getState(self, self.pid));
    await expect(asked).rejects.toBeInstanceOf(CallingSelfError);
  });

  it.each(requests)('is refused for a wrong timeout: %s', async (_, ask) => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    for (const timeoutMs of [-1, NaN, '5'])
      await expect(ask(node, counter, { timeoutMs } as never)).rejects.toBeInstanceOf(BadArgumentError);
    expect(node.isAlive(counter)).toBe(true);
  });
});

describe('sys.terminate', () => {
  inBothPlaces('ends a server with the reason, after its terminate', async ({ here, there }) => {
    const ends: ExitReason[] = [];
    const mortal = await there.start(Mortal, { args: { onEnd: (reason) => ends.push(reason) } });
    const { reason } = await watch(here, mortal);
    await sys.terminate(here, mortal, { type: 'shutdown', detail: 'enough' });
    expect(await reason).toEqual({ type: 'shutdown', detail: 'enough' });
    expect(ends).toEqual([{ type: 'shutdown', detail: 'enough' }]);
  });

  inBothPlaces('does not wait for the end', async ({ here, there }) => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const mortal = await there.start(Mortal, { args: { onEnd: () => gate } });
    const { reason } = await watch(here, mortal);
    await sys.terminate(here, mortal, 'normal');
    expect(there.isAlive(mortal)).toBe(true);
    open();
    expect(await reason).toBe('normal');
  });

  inBothPlaces('waits for the messages before it, and ends a suspended server at once', async (places) => {
    const { here } = places;
    const [running, suspended] = [await counterOn(places), await counterOn(places)];
    const ends = [await watch(here, running), await watch(here, suspended)];
    await sys.suspend(here, suspended);
    const calls = [running, suspended].map((counter) => here.call(counter, { type: 'get' }));
    const answers = Promise.allSettled(calls);
    for (const counter of [running, suspended]) await sys.terminate(here, counter, 'shutdown');
    for (const { reason } of ends) expect(await reason).toBe('shutdown');
    expect(await answers).toMatchObject([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: { code: 'ERR_SERVER_EXIT', reason: 'shutdown' } },
    ]);
  });

  inBothPlaces('for a reason that is none of order is reported as a crash', async (places) => {
    const counter = await counterOn(places);
    const { reason } = await watch(places.here, counter);
    await sys.terminate(places.here, counter, 'trouble');
    expect(await reason).toBe('trouble');
    expect(logOf(places.there).at(-1)!.text).toBe(`GenServer Counter ${counter} terminating`);
  });
});
