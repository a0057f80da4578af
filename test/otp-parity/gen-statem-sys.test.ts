import {
  BadArgumentError,
  changeCallbackModule,
  GenStatem,
  initialState,
  keepState,
  namedTimeout,
  nextEvent,
  nextState,
  popCallbackModule,
  postpone,
  pushCallbackModule,
  reply,
  stateTimeout,
  stopServer,
  sys,
  type Call,
  type StatemEvent,
  type StatemInitResult,
  type StatemStatus,
  type StateResult,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { startRuled } from '../support/scripted-statem';
import { logOf, settle, startTestNode, watch } from '../support/test-node';

interface SafeTypes {
  state: 'closed' | 'open' | { level: number };
  calls: Call<{ type: 'turned' }, number> | Call<{ type: 'later' }, string>;
  casts: { type: 'turn'; key: string } | { type: 'crash' } | { type: 'relock' };
  stateTimeout: 'lock';
  namedTimeouts: { check: undefined };
}

/** A machine to look into. */
class Safe extends GenStatem<SafeTypes> {
  private readonly secret: string = 'swordfish';
  private turned = 0;

  init(): StatemInitResult<SafeTypes> {
    return initialState('closed');
  }

  override handleEvent(event: StatemEvent<SafeTypes>): StateResult<SafeTypes> {
    if (event.type === 'call') {
      return event.request.type === 'turned'
        ? keepState(reply(event.request, this.turned))
        : keepState(postpone());
    }
    if (event.type !== 'cast') return keepState();
    if (event.request.type === 'crash') throw new Error('crash');
    if (event.request.type === 'relock') return nextState('closed');
    if (event.request.key !== this.secret) return keepState();
    this.turned += 1;
    return nextState('open', stateTimeout(10_000, 'lock'), namedTimeout('check', 20_000));
  }
}

/** A safe that shows no secrets. */
class Discreet extends Safe {
  override formatStatus(status: StatemStatus): StatemStatus {
    const { queue, postponed } = status;
    return {
      ...status,
      data: { ...(status.data as object), secret: '***' },
      queue: queue.map(() => '***'),
      postponed: postponed.map(() => '***'),
    };
  }
}

describe('sys of a gen_statem', () => {
  inBothPlaces('getState tells its state and its data', async ({ here, there }) => {
    const safe = await there.start(Safe);
    here.cast(safe, { type: 'turn', key: 'swordfish' });
    expect(await sys.getState(here, safe)).toEqual({
      state: 'open',
      data: { secret: 'swordfish', turned: 1 },
    });
  });

  inBothPlaces('handles no request before the events inside the machine', async ({ here, there }) => {
    const { machine, log } = await startRuled(there, {
      go: () => keepState(nextEvent({ type: 'internal', content: 'inserted' })),
      inserted: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return nextState('b', stateTimeout(0, 'time'));
      },
      time: () => nextState('c'),
    });
    here.cast(machine, 'go');
    await sys.suspend(here, machine);
    expect(log.at(-1)).toEqual(['b', 'stateTimeout', 'time']);
  });

  it('replaceState replaces both; the state is not entered, and nothing postponed is handled again', async () => {
    const node = await startTestNode();
    const safe = await node.start(Safe);
    const asked = node.call(safe, { type: 'later' }, { timeoutMs: 1 });
    const timedOut = expect(asked).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    const replaced = await sys.replaceState(node, safe, ({ data }: { data: object }) => ({
      state: 'open',
      data: { ...data, turned: 5 },
    }));
    expect(replaced).toEqual({ state: 'open', data: { secret: 'swordfish', turned: 5 } });
    expect(await node.call(safe, { type: 'turned' })).toBe(5);
    expect((await sys.getStatus(node, safe)).state).toMatchObject({ postponed: [{ type: 'call' }] });
    await timedOut;
  });

  it('replaceState refuses what is no state and data, and a state without a function', async () => {
    class Lamp extends GenStatem<{ state: 'off' }> {
      init() {
        return initialState('off');
      }
      off() {
        return keepState();
      }
    }
    const node = await startTestNode();
    const lamp = await node.start(Lamp);
    for (const replaced of [
      5,
      null,
      { state: 'off' },
      { state: 'on', data: {} },
      { state: 'off', data: 5 },
    ]) {
      await expect(sys.replaceState(node, lamp, () => replaced)).rejects.toBeInstanceOf(BadArgumentError);
    }
    expect(await sys.getState(node, lamp)).toEqual({ state: 'off', data: {} });
  });

  inBothPlaces(
    'getStatus tells what it is and how it is: also what is postponed, and its timeouts',
    async (places) => {
      const { here, there } = places;
      const safe = await there.start(Discreet, { name: 'safe' });
      const client = await puppet(here);
      here.cast(safe, { type: 'turn', key: 'swordfish' });
      client.self.call(safe, { type: 'later' }, { timeoutMs: 50 }).catch(() => undefined);
      await quiet(places);
      expect(await sys.getStatus(here, safe)).toMatchObject({
        pid: safe,
        module: 'Discreet',
        name: 'safe',
        status: 'running',
        state: {
          state: 'open',
          data: { secret: '***', turned: 1 },
          queue: [],
          postponed: ['***'],
          timeouts: [
            { type: 'stateTimeout', content: 'lock' },
            { type: 'namedTimeout', name: 'check', content: undefined },
          ],
        },
      });
    },
  );

  inBothPlaces('suspend makes events wait, in order, until resume', async (places) => {
    const { here, there } = places;
    const { machine, log } = await startRuled(there, {
      call: ({ request }) => keepState(reply(request, 'ok')),
    });
    await sys.suspend(here, machine);
    here.cast(machine, 1);
    here.send(machine, 2);
    const asked = here.call(machine, 3);
    await quiet(places);
    expect(log).toStrictEqual([]);
    await sys.resume(here, machine);
    await asked;
    expect(log.map((entry) => (entry as unknown[])[2])).toEqual([1, 2, 3]);
  });

  inBothPlaces('suspend leaves a machine that can be stopped in order', async ({ here, there }) => {
    const { machine, log } = await startRuled(there, {});
    await sys.suspend(here, machine);
    await stopServer(here, machine);
    expect(log).toEqual([['a', 'terminate', 'normal']]);
  });

  inBothPlaces('statistics count messages and timeouts in, and replies out', async ({ here, there }) => {
    const { machine } = await startRuled(there, {
      go: () => keepState(stateTimeout(0, 'time'), nextEvent({ type: 'internal', content: 1 })),
      call: ({ request }) => keepState(reply(request, 'ok')),
    });
    await sys.statistics(here, machine, true);
    here.cast(machine, 'go');
    here.send(machine, 'hello');
    await here.call(machine, 'ask');
    expect(await sys.statistics(here, machine, 'get')).toMatchObject({ messagesIn: 5, messagesOut: 1 });
    await sys.statistics(here, machine, false);
    await here.call(machine, 'ask');
    expect(await sys.statistics(here, machine, 'get')).toBeUndefined();
  });

  inBothPlaces(
    'statistics count an event once, when it comes, however often it is postponed',
    async ({ here, there }) => {
      const { machine } = await startRuled(there, {
        'a call': () => keepState(postpone()),
        'b call': () => keepState(postpone()),
        'a go': () => nextState('b'),
        'b go': () => nextState('c'),
        'c call': ({ request }) => keepState(reply(request, 'ok')),
      });
      const client = await puppet(here);
      const before = client.self.call(machine, 'ask');
      await sys.statistics(client.self, machine, true);
      const since = client.self.call(machine, 'ask');
      client.self.cast(machine, 'go');
      client.self.cast(machine, 'go');
      await Promise.all([before, since]);
      expect(await sys.statistics(here, machine, 'get')).toMatchObject({ messagesIn: 3, messagesOut: 2 });
    },
  );

  inBothPlaces('trace logs each event once, what became of it, and each reply', async ({ here, there }) => {
    const { machine } = await startRuled(there, {
      'a call': () => keepState(postpone()),
      'a go': () => nextState('b'),
      'b call': ({ request }) => nextState('b', reply(request, 'ok')),
    });
    await sys.trace(here, machine, true);
    const client = await puppet(here);
    const asked = client.self.call(machine, 'ask');
    client.self.cast(machine, 'go');
    await asked;
    await sys.trace(here, machine, false);
    here.cast(machine, 'untraced');
    await quiet({ here, there });
    const traced = logOf(there).flatMap(({ report }) => (report?.type === 'trace' ? [report.event] : []));
    const call = { type: 'call', request: 'ask', from: client.pid };
    const cast = { type: 'cast', request: 'go' };
    expect(traced).toEqual([
      call,
      { type: 'postponed', event: call, state: 'a', nextState: 'a' },
      cast,
      { type: 'consumed', event: cast, state: 'a', nextState: 'b' },
      { type: 'reply', reply: 'ok', to: client.pid },
      { type: 'consumed', event: call, state: 'b', nextState: 'b' },
    ]);
  });

  it('log keeps the last events, as long as it is asked to', async () => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, { go: () => keepState(stateTimeout(0, 'time')) });
    await sys.log(node, machine, true);
    node.cast(machine, 'go');
    const kept = await sys.log(node, machine, 'get');
    expect(kept.map(({ type }) => type)).toEqual(['cast', 'consumed', 'event', 'consumed']);
    await sys.noDebug(node, machine);
    node.cast(machine, 'go');
    expect(await sys.log(node, machine, 'get')).toStrictEqual([]);
  });
});

describe('the crash report of a gen_statem', () => {
  it('shows the event at hand, what waits, state, data and reason', async () => {
    const node = await startTestNode();
    const client = await puppet(node);
    const { machine } = await startRuled(node, {
      later: () => keepState(postpone()),
      go: () =>
        keepState(
          nextEvent({ type: 'cast', request: 'crash' }),
          nextEvent({ type: 'cast', request: 'next' }),
        ),
      crash: () => {
        throw new Error('fault');
      },
    });
    const { reason } = await watch(node, machine);
    client.self.call(machine, 'later').catch(() => undefined);
    await settle();
    node.cast(machine, 'go');
    await reason;
    const [crash] = logOf(node).flatMap(({ report }) => (report?.type === 'crash' ? [report] : []));
    expect(crash).toMatchObject({
      behaviour: 'GenStatem',
      initialCall: 'Scripted',
      reason: { type: 'error', message: 'fault' },
      state: {
        state: 'a',
        queue: [
          { type: 'cast', request: 'crash' },
          { type: 'cast', request: 'next' },
        ],
        postponed: [{ type: 'call', request: 'later', from: client.pid }],
      },
    });
    expect(logOf(node)[0]!.text).toBe(`GenStatem Scripted ${machine} terminating`);
  });

  it('shows what formatStatus makes of it', async () => {
    const node = await startTestNode();
    const safe = await node.start(Discreet);
    const { reason } = await watch(node, safe);
    node.cast(safe, { type: 'crash' });
    await reason;
    expect(JSON.stringify(logOf(node))).not.toContain('swordfish');
    expect(logOf(node)[0]!.report).toMatchObject({ state: { queue: ['***'], data: { secret: '***' } } });
  });

  it('whose formatStatus fails shows nothing of the state', async () => {
    class Careless extends Safe {
      override formatStatus(): StatemStatus {
        throw new Error('no status');
      }
    }
    const node = await startTestNode();
    const safe = await node.start(Careless);
    expect((await sys.getStatus(node, safe)).state).toBe('formatStatus raised an error');
    const { reason } = await watch(node, safe);
    node.cast(safe, { type: 'crash' });
    await reason;
    expect(JSON.stringify(logOf(node))).not.toContain('swordfish');
  });
});

describe('the callback module of a gen_statem', () => {
  interface PhaseTypes {
    state: 'idle' | 'busy';
    calls: Call<{ type: 'who' }, string>;
    casts: 'change' | 'push' | 'pop';
  }
  abstract class Phase extends GenStatem<PhaseTypes> {
    protected readonly born: string = this.constructor.name;
    init(): StatemInitResult<PhaseTypes> {
      return initialState('idle');
    }
    idle(event: StatemEvent<PhaseTypes>): StateResult<PhaseTypes> {
      if (event.type === 'call') return keepState(reply(event.request, `${this.who()}, born ${this.born}`));
      if (event.type !== 'cast') return keepState();
      if (event.request === 'pop') return keepState(popCallbackModule());
      return keepState(event.request === 'push' ? pushCallbackModule(Second) : changeCallbackModule(Second));
    }
    abstract who(): string;
  }
  class First extends Phase {
    who(): string {
      return 'first';
    }
    busy(): void {}
  }
  class Second extends Phase {
    override readonly born = 'as the second';
    who(): string {
      return 'second';
    }
    busy(): void {}
  }

  it('is changed with the fields as they are, from the next event on', async () => {
    const node = await startTestNode();
    const machine = await node.start(First);
    expect(await node.call(machine, { type: 'who' })).toBe('first, born First');
    node.cast(machine, 'change');
    expect(await node.call(machine, { type: 'who' })).toBe('second, born First');
    expect((await sys.getStatus(node, machine)).module).toBe('Second');
  });

  it('is pushed, and popped to the one before', async () => {
    const node = await startTestNode();
    const machine = await node.start(First);
    for (const [cast, who] of [
      ['push', 'second'],
      ['push', 'second'],
      ['pop', 'second'],
      ['pop', 'first'],
    ] as const) {
      node.cast(machine, cast);
      expect(await node.call(machine, { type: 'who' })).toBe(`${who}, born First`);
    }
  });

  it('cannot be popped where none was pushed, nor be what is none', async () => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, { pop: () => keepState(popCallbackModule()) });
    for (const [target, cast] of [
      [machine, 'pop'],
      [(await startRuled(node, { x: () => keepState(changeCallbackModule(Date as never)) })).machine, 'x'],
    ] as const) {
      const { reason } = await watch(node, target);
      node.cast(target, cast);
      expect(await reason).toMatchObject({ type: 'badAction' });
    }
  });

  it('says whether states are entered from then on', async () => {
    class Told extends First {
      static override readonly stateEnter = true;
      override busy(event?: StatemEvent<PhaseTypes>): void {
        this.self.label = event?.type ?? 'nothing';
      }
    }
    class Untold extends First {
      override idle(): StateResult<PhaseTypes> {
        return nextState('busy', changeCallbackModule(Told));
      }
    }
    const node = await startTestNode();
    const machine = await node.start(Untold);
    node.cast(machine, 'change');
    expect((await sys.getStatus(node, machine)).name).toBe('enter');
  });
});

describe('a gen_statem whose handler is interrupted', () => {
  it('by kill enters no state any more, and answers nobody, though the handler goes on', async () => {
    const node = await startTestNode();
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { machine, log } = await startRuled(
      node,
      { slow: () => gate.then(() => nextState('b')) },
      { enters: true },
    );
    node.cast(machine, 'slow');
    await settle();
    node.exitSignal(machine, 'kill');
    go();
    await settle();
    expect(log).toEqual([
      ['a', 'enter', 'a'],
      ['a', 'cast', 'slow'],
    ]);
  });

  it('by a result that is thrown goes on as if that had been returned', async () => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, {
      'a go': () => {
        throw nextState('b');
      },
      'b go': () => Promise.reject(nextState('c')),
    });
    node.cast(machine, 'go');
    node.cast(machine, 'go');
    expect(await sys.getState(node, machine)).toMatchObject({ state: 'c' });
  });
});
