import {
  BadArgumentError,
  childSpec,
  GenServer,
  NoProcessError,
  startAgent,
  startRegistry,
  startSupervisor,
  sys,
  UnsendableError,
  type Call,
  type CallResult,
  type ServerPid,
  type ServerStatus,
} from '@trestle/runtime';
import { eachPlace, inBothPlaces, puppet } from '../support/both-places';
import { add, Counter, counterOn } from '../support/counter';
import { logOf, settle, startTestNode, watch } from '../support/test-node';

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
    const refused = await Promise.allSettled([
      sys.replaceState(node, counter, () => 5),
      sys.replaceState(node, counter, () => null),
      sys.replaceState(node, counter, async () => ({})),
      sys.replaceState(node, supervisor, (state) => state),
      sys.replaceState(node, counter, 5 as never),
    ]);
    for (const one of refused)
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(BadArgumentError) });
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
      debugFunctions: 0,
      mailbox: expect.objectContaining({ messages: 0, maxMessages: Infinity }),
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

  it('redacts the events that sys.log keeps, in crash reports and in sys.getStatus', async () => {
    class Discreet extends Safe {
      override formatStatus(status: ServerStatus): ServerStatus {
        return { ...super.formatStatus(status), log: [] };
      }
    }
    const node = await startTestNode();
    const discreet = await node.start(Discreet);
    await sys.log(node, discreet, true);
    const ended = await watch(node, discreet);
    node.send(discreet, 'swordfish');
    expect((await sys.getStatus(node, discreet)).log).toStrictEqual([]);
    node.cast(discreet, { type: 'crash' });
    await ended.reason;
    const report = logOf(node).at(-1)!.report!;
    expect(report).toMatchObject({ state: { secret: '***' }, log: [] });
    expect(JSON.stringify(report)).not.toContain('swordfish');
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
    await sys.log(node, careless, true);
    node.cast(careless, { type: 'crash' });
    await ended.reason;
    const { report } = logOf(node)[0]!;
    expect(report).toMatchObject({ type: 'crash', state: 'formatStatus raised an error' });
    expect(report).not.toHaveProperty('lastMessage');
  });
});
