import {
  BadArgumentError,
  CallTimeoutError,
  childSpec,
  GenServer,
  NoProcessError,
  reply,
  startAgent,
  startRegistry,
  startSupervisor,
  stopServer,
  sys,
  UnsendableError,
  type Call,
  type CallResult,
  type Node,
  type ServerPid,
  type ServerStatus,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster, type Places } from '../support/both-places';
import { inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';

type CounterCall = Call<{ type: 'get' }, number> | Call<{ type: 'later' }, number>;
type CounterCast = { type: 'add'; n: number } | { type: 'crash' };

class Counter extends GenServer<CounterCall, CounterCast, { traps: boolean } | undefined> {
  private count = 0;
  private readonly seen: unknown[] = [];
  override init(args?: { traps: boolean }): undefined {
    this.self.trapExit(args?.traps ?? false);
    return undefined;
  }
  override handleCall(request: CounterCall): CallResult | Promise<CallResult> {
    if (request.type === 'later') return Promise.resolve().then(() => reply(request, this.count));
    return reply(request, this.count);
  }
  override handleCast(request: CounterCast): void {
    if (request.type === 'crash') throw new Error('crash');
    this.count += request.n;
  }
  override handleInfo(message: unknown): void {
    this.seen.push(message);
  }
}

class Safe extends GenServer<Call<{ type: 'open'; key: string }, never>, { type: 'crash' }> {
  private readonly secret = 'swordfish';
  private readonly contents = 3;
  override handleCast(): void {
    throw new Error(`crash ${this.contents} ${this.secret.length}`);
  }
  override handleCall(): CallResult {
    throw new Error('crash');
  }
  override formatStatus(status: ServerStatus): ServerStatus {
    const state = { ...(status.state as object), secret: '***' };
    return status.lastMessage === undefined ? { ...status, state } : { ...status, state, lastMessage: '***' };
  }
}

/** A counter on `there`, asked from `here`. */
async function counterOn({ there }: Places, traps = false): Promise<ServerPid<Counter>> {
  return there.start(Counter, { args: { traps } });
}

function add(node: Node, counter: ServerPid<Counter>, n: number): void {
  node.cast(counter, { type: 'add', n });
}

describe('sys.getState', () => {
  inBothPlaces('tells the state of a server: its own fields', async (places) => {
    const counter = await counterOn(places);
    add(places.here, counter, 2);
    places.here.send(counter, 'hello');
    expect(await sys.getState(places.here, counter)).toEqual({ count: 2, seen: ['hello'] });
  });

  inBothPlaces('of an agent tells its value', async ({ here, there }) => {
    const agent = await startAgent(there, () => ({ n: 1 }));
    expect(await sys.getState(here, agent.address)).toEqual({ n: 1 });
  });

  inBothPlaces('of a supervisor tells its settings and children', async ({ here, there }) => {
    const children = [childSpec(Counter, { name: 'counter' })];
    const supervisor = await startSupervisor(there, { strategy: 'restForOne', children });
    expect(await sys.getState(here, supervisor)).toEqual({
      strategy: 'restForOne',
      intensity: { restarts: 3, withinMs: 5_000 },
      autoShutdown: 'never',
      children: [{ id: 'Counter', pid: there.whereis('counter'), type: 'worker' }],
    });
  });

  inBothPlaces('of a registry tells what it holds', async ({ here, there }) => {
    const registry = await startRegistry(there, { name: 'r', keys: 'duplicate', meta: { a: 1 } });
    registry.register((await puppet(there)).self, 'x');
    expect(await sys.getState(here, registry.pid!)).toEqual({
      keys: 'duplicate',
      entries: 1,
      meta: new Map([['a', 1]]),
    });
  });

  inBothPlaces('waits for the messages before it', async (places) => {
    const counter = await counterOn(places);
    for (let n = 0; n < 100; n++) add(places.here, counter, 1);
    expect(await sys.getState(places.here, counter)).toMatchObject({ count: 100 });
  });

  inBothPlaces('fails for a process that is gone', async ({ here, there }) => {
    const gone = there.spawn(() => undefined) as ServerPid<Counter>;
    await settle();
    await expect(sys.getState(here, gone)).rejects.toBeInstanceOf(NoProcessError);
  });

  inBothPlaces('fails after its timeout for a process that is no server', async ({ here, there }) => {
    const { pid } = await puppet(there);
    await expect(sys.getState(here, pid, { timeoutMs: 1 })).rejects.toBeInstanceOf(CallTimeoutError);
  });

  it('of a state that cannot travel fails with its path, and the server lives', async () => {
    class Holder extends GenServer {
      readonly held = { inner: [() => 1] };
    }
    let holder!: ServerPid<Holder>;
    await eachPlace(async ({ here, there, apart }) => {
      holder = await there.start(Holder);
      const asked = sys.getState(here, holder);
      if (!apart) expect(Object.keys((await asked) as object)).toEqual(['held']);
      else await expect(asked).rejects.toMatchObject({ cause: { code: 'ERR_UNSENDABLE' } });
      expect(there.isAlive(holder)).toBe(true);
    });
  });
});

/** For a claim that is another in each place. */
async function eachPlace(test: (places: Places) => Promise<void>): Promise<void> {
  const cluster = await startCluster();
  const [here, there] = [await cluster('here'), await cluster('there')];
  await here.connect(there.name);
  await test({ here, there: here, apart: false });
  await test({ here, there, apart: true });
}

describe('sys.replaceState', () => {
  it('gives a server the fields of the result, and tells them', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    add(node, counter, 1);
    const replaced = await sys.replaceState(node, counter, (state: { count: number }) => ({
      ...state,
      count: state.count + 41,
    }));
    expect(replaced).toEqual({ count: 42, seen: [] });
    expect(await node.call(counter, { type: 'get' })).toBe(42);
  });

  it('takes fields away that the result has not, and leaves the process alone', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    await sys.replaceState(node, counter, () => ({ count: 1, self: 'nobody' }));
    expect(await sys.getState(node, counter)).toEqual({ count: 1 });
    expect((await sys.getStatus(node, counter)).pid).toBe(counter);
  });

  it('replaces the value of an agent', async () => {
    const node = await startTestNode();
    const agent = await startAgent(node, () => 1);
    expect(await sys.replaceState(node, agent.address, (n: number) => n + 1)).toBe(2);
    expect(await agent.get((n) => n)).toBe(2);
  });

  it("whose function throws changes nothing: the error is the caller's, and the server lives", async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    const fault = new Error('mine');
    const replacing = sys.replaceState(node, counter, () => {
      throw fault;
    });
    await expect(replacing).rejects.toBe(fault);
    expect(await node.call(counter, { type: 'get' })).toBe(0);
  });

  it('is refused where there is no state to replace, and for what can be none', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne' });
    for (const replacing of [
      sys.replaceState(node, counter, () => 5),
      sys.replaceState(node, counter, () => null),
      sys.replaceState(node, counter, async () => ({})),
      sys.replaceState(node, supervisor, (state) => state),
      sys.replaceState(node, counter, 5 as never),
    ]) {
      await expect(replacing).rejects.toBeInstanceOf(BadArgumentError);
    }
    expect(await node.call(counter, { type: 'get' })).toBe(0);
  });

  it('is refused for a server on another node: functions do not travel', async () => {
    await eachPlace(async ({ here, there, apart }) => {
      const counter = await there.start(Counter);
      const replacing = sys.replaceState(here, counter, (state) => state);
      if (apart) await expect(replacing).rejects.toBeInstanceOf(UnsendableError);
      else expect(await replacing).toEqual({ count: 0, seen: [] });
    });
  });
});

describe('sys.getStatus', () => {
  inBothPlaces('tells what a server is and how it is', async (places) => {
    const { here, there } = places;
    const counter = await there.start(Counter, { name: 'counter' });
    const running = {
      pid: counter,
      module: 'Counter',
      name: 'counter',
      parent: undefined,
      status: 'running',
      statistics: undefined,
      isTraced: false,
      state: { count: 0, seen: [] },
    };
    expect(await sys.getStatus(here, counter)).toEqual(running);
    await sys.suspend(here, counter);
    expect(await sys.getStatus(here, counter)).toEqual({ ...running, status: 'suspended' });
  });

  inBothPlaces('tells the process that started a linked server', async ({ here, there }) => {
    const parent = await puppet(there);
    const counter = await parent.self.startLink(Counter);
    expect((await sys.getStatus(here, counter)).parent).toBe(parent.pid);
  });

  inBothPlaces('shows what formatStatus makes of the state; getState shows all', async ({ here, there }) => {
    const safe = await there.start(Safe);
    expect((await sys.getStatus(here, safe)).state).toEqual({ secret: '***', contents: 3 });
    expect(await sys.getState(here, safe)).toEqual({ secret: 'swordfish', contents: 3 });
  });
});

describe('formatStatus', () => {
  it('redacts the state and the last message of a crash report', async () => {
    const node = await startTestNode();
    const safe = await node.start(Safe);
    const ended = await watch(node, safe);
    node.call(safe, { type: 'open', key: 'swordfish' }).catch(() => undefined);
    await ended.reason;
    const [record] = logOf(node);
    expect(record!.report).toMatchObject({ state: { secret: '***', contents: 3 }, lastMessage: '***' });
    expect(JSON.stringify(record!.report)).not.toContain('swordfish');
  });

  it('that fails shows nothing of the state', async () => {
    class Careless extends Safe {
      override formatStatus(): ServerStatus {
        throw new Error('no status');
      }
    }
    const node = await startTestNode();
    const careless = await node.start(Careless);
    expect((await sys.getStatus(node, careless)).state).toBe('formatStatus raised an error');
    const ended = await watch(node, careless);
    node.cast(careless, { type: 'crash' });
    await ended.reason;
    const { report } = logOf(node)[0]!;
    expect(Object.keys(report!).toSorted()).toEqual(['reason', 'state']);
    expect(report).toMatchObject({ state: 'formatStatus raised an error' });
  });
});

describe('sys.suspend', () => {
  inBothPlaces('makes messages wait, in order, until resume', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    for (const n of [1, 2, 3]) here.send(counter, n);
    add(here, counter, 5);
    const asked = here.call(counter, { type: 'get' });
    await quiet(places);
    expect(await sys.getState(here, counter)).toEqual({ count: 0, seen: [] });
    await sys.resume(here, counter);
    expect(await asked).toBe(5);
    expect(await sys.getState(here, counter)).toEqual({ count: 5, seen: [1, 2, 3] });
  });

  inBothPlaces('lets system requests through, whatever waits before them', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    for (let n = 0; n < 1_000; n++) add(here, counter, 1);
    expect(await sys.getState(here, counter)).toMatchObject({ count: 0 });
    expect((await sys.getStatus(here, counter)).status).toBe('suspended');
    await sys.resume(here, counter);
    expect(await here.call(counter, { type: 'get' })).toBe(1_000);
  });

  inBothPlaces('makes calls time out', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    const asked = here.call(counter, { type: 'get' }, { timeoutMs: 1 });
    await expect(asked).rejects.toBeInstanceOf(CallTimeoutError);
  });

  inBothPlaces('twice is once, and resume twice is once', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.resume(here, counter);
    await sys.suspend(here, counter);
    await sys.suspend(here, counter);
    await sys.resume(here, counter);
    await sys.resume(here, counter);
    expect(await here.call(counter, { type: 'get' })).toBe(0);
  });

  inBothPlaces('can be followed by a suspend again, and again', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    for (let n = 1; n <= 3; n++) {
      await sys.suspend(here, counter);
      add(here, counter, 1);
      await sys.resume(here, counter);
      expect(await here.call(counter, { type: 'later' })).toBe(n);
    }
  });

  inBothPlaces('leaves a server that can be stopped in order', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    add(here, counter, 1);
    await stopServer(here, counter);
    expect(there.isAlive(counter)).toBe(false);
  });

  inBothPlaces('leaves a server that exit signals end', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    const { reason } = await watch(here, counter);
    here.exitSignal(counter, 'away');
    expect(await reason).toBe('away');
    expect(there.isAlive(counter)).toBe(false);
  });

  it('leaves a server that traps exits and ends with who started it', async () => {
    const node = await startTestNode();
    const [parent, other] = [await puppet(node), await puppet(node)];
    const counter = await parent.self.startLink(Counter, { args: { traps: true } });
    await sys.suspend(node, counter);
    other.self.link(counter);
    node.exitSignal(other.pid, 'not the parent');
    await settle();
    expect((await sys.getStatus(node, counter)).status).toBe('suspended');
    const { reason } = await watch(node, counter);
    node.exitSignal(parent.pid, 'parent gone');
    expect(await reason).toBe('parent gone');
  });

  it('makes a supervisor wait with its restarts', async () => {
    const node = await startTestNode();
    const children = [childSpec(Counter, { name: 'counter' })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    await sys.suspend(node, supervisor);
    node.exitSignal('counter', 'kill');
    await settle();
    expect(node.whereis('counter')).toBeUndefined();
    await sys.resume(node, supervisor);
    await sys.getState(node, supervisor);
    expect(node.whereis('counter')).toBeDefined();
  });
});

describe('sys.statistics', () => {
  inBothPlaces('counts messages and replies from when it is asked to', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await here.call(counter, { type: 'get' });
    expect(await sys.statistics(here, counter, 'get')).toBeUndefined();
    await sys.statistics(here, counter, true);
    add(here, counter, 1);
    here.send(counter, 'info');
    await here.call(counter, { type: 'get' });
    await here.call(counter, { type: 'later' });
    const statistics = await sys.statistics(here, counter, 'get');
    expect(statistics).toMatchObject({ messagesIn: 4, messagesOut: 2 });
    expect(statistics!.currentTime).toBeGreaterThanOrEqual(statistics!.startTime);
    expect((await sys.getStatus(here, counter)).statistics).toMatchObject({ messagesIn: 4 });
  });

  inBothPlaces('ends when it is asked to, and begins from nothing again', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    add(here, counter, 1);
    await sys.statistics(here, counter, false);
    expect(await sys.statistics(here, counter, 'get')).toBeUndefined();
    await sys.statistics(here, counter, true);
    expect(await sys.statistics(here, counter, 'get')).toMatchObject({ messagesIn: 0, messagesOut: 0 });
  });

  inBothPlaces('changes nothing of the state, nor of how the server ends', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    expect(await sys.getState(here, counter)).toEqual({ count: 0, seen: [] });
    const { reason } = await watch(here, counter);
    here.cast(counter, { type: 'crash' });
    expect(await reason).toMatchObject({ message: 'crash' });
    expect(logOf(there).at(-1)!.text).toBe(`GenServer Counter ${counter} terminating`);
  });

  inBothPlaces('is refused for another flag', async (places) => {
    const counter = await counterOn(places);
    for (const flag of [undefined, 1, 'got']) {
      await expect(sys.statistics(places.here, counter, flag as never)).rejects.toBeInstanceOf(
        BadArgumentError,
      );
      await expect(sys.trace(places.here, counter, flag as never)).rejects.toBeInstanceOf(BadArgumentError);
    }
  });
});

describe('sys.trace', () => {
  inBothPlaces(
    'logs each message and each reply, on the node of the server, until it is ended',
    async (places) => {
      const { here, there } = places;
      const counter = await counterOn(places);
      const who = `GenServer Counter ${counter}`;
      await sys.trace(here, counter, true);
      expect((await sys.getStatus(here, counter)).isTraced).toBe(true);
      add(here, counter, 1);
      here.send(counter, 'hello');
      const from = await inProcess(here, async (self) => {
        await self.call(counter, { type: 'get' });
        return self.pid;
      });
      await sys.trace(here, counter, false);
      await here.call(counter, { type: 'get' });
      const lines = logOf(there).filter(({ text }) => text.startsWith(who));
      expect(lines.map(({ level, text, report }) => [level, text.slice(who.length + 1), report])).toEqual([
        ['info', 'got a cast', { request: { type: 'add', n: 1 } }],
        ['info', 'got a message', { message: 'hello' }],
        ['info', 'got a call', { request: { type: 'get' }, from }],
        ['info', 'replied', { reply: 1, to: from }],
      ]);
    },
  );

  inBothPlaces('and statistics are independent', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    await sys.trace(here, counter, true);
    await sys.trace(here, counter, false);
    add(here, counter, 1);
    expect(await sys.statistics(here, counter, 'get')).toMatchObject({ messagesIn: 1 });
  });
});
