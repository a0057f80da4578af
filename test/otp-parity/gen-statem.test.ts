import {
  BadArgumentError,
  CallTimeoutError,
  childSpec,
  GenStatem,
  ignore,
  initialState,
  keepState,
  localName,
  nextEvent,
  nextState,
  repeatState,
  reply,
  ReplyPort,
  replyTo,
  ServerExitError,
  startRegistry,
  startSupervisor,
  stop,
  stopAndReply,
  stopServer,
  Supervisor,
  sys,
  via,
  type Call,
  type Node,
  type ServerPid,
  type StatemEvent,
  type StatemInitResult,
  type StateFunctions,
  type StateResult,
  type TrestleError,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { Scripted, startRuled, type Script } from '../support/scripted-statem';
import { inProcess, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';

interface SwitchTypes {
  state: 'off' | 'on';
  calls: Call<{ type: 'count' }, number>;
  casts: { type: 'flip' };
}

/** A switch that counts how often it was turned on: states as functions. */
class Switch extends GenStatem<SwitchTypes> implements StateFunctions<SwitchTypes> {
  private count = 0;

  init(): StatemInitResult<SwitchTypes> {
    return initialState('off');
  }

  off(event: StatemEvent<SwitchTypes>): StateResult<SwitchTypes> {
    if (event.type === 'call') return keepState(reply(event.request, this.count));
    this.count += 1;
    return nextState('on');
  }

  on(event: StatemEvent<SwitchTypes>): StateResult<SwitchTypes> {
    if (event.type === 'call') return keepState(reply(event.request, this.count));
    return nextState('off');
  }
}

const stateOf = async (node: Node, machine: ServerPid<any>): Promise<unknown> =>
  ((await sys.getState(node, machine)) as { state: unknown }).state;
const codeOf = (error: unknown): string => (error as TrestleError).code;

describe('gen_statem with state functions', () => {
  inBothPlaces('calls the function named as the state, with the event', async ({ here, there }) => {
    const machine = await there.start(Switch);
    here.cast(machine, { type: 'flip' });
    expect(await here.call(machine, { type: 'count' })).toBe(1);
    expect(await sys.getState(here, machine)).toEqual({ state: 'on', data: { count: 1 } });
    here.cast(machine, { type: 'flip' });
    expect(await here.call(machine, { type: 'count' })).toBe(1);
    expect(await stateOf(here, machine)).toBe('off');
  });

  it('ends with an error that names the state when it goes to one without a function', async () => {
    class Lost extends Switch {
      override off(): any {
        return nextState('away');
      }
    }
    const node = await startTestNode();
    const machine = await node.start(Lost);
    const { reason } = await watch(node, machine);
    node.cast(machine, { type: 'flip' });
    expect(await reason).toMatchObject({
      code: 'ERR_BAD_ARGUMENT',
      message: "Lost: expected a method for state 'away', got undefined",
    });
  });

  it.each([['away'], ['init'], ['terminate'], ['toString'], ['self'], [5], [undefined]])(
    'does not start in %p, which is no state function',
    async (state) => {
      class Lost extends Switch {
        override init(): any {
          return initialState(state);
        }
      }
      const node = await startTestNode();
      await expect(node.start(Lost)).rejects.toMatchObject({
        code: 'ERR_START',
        reason: { code: 'ERR_BAD_ARGUMENT' },
      });
    },
  );
});

describe('gen_statem with one handler', () => {
  it('calls it with the event and the state, which may be any value', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      { more: (_, state: { n: number }) => nextState({ n: state.n + 1 }) },
      { init: () => initialState({ n: 0 }) },
    );
    node.cast(machine, 'more');
    node.cast(machine, 'more');
    expect(await stateOf(node, machine)).toEqual({ n: 2 });
    expect(log).toEqual([
      [{ n: 0 }, 'cast', 'more'],
      [{ n: 1 }, 'cast', 'more'],
    ]);
  });

  it('may leave some events to the functions of the states', async () => {
    class Both extends Switch {
      override handleEvent(event: any, state: any): any {
        return event.type === 'info' ? nextState('on') : super.handleEvent(event, state);
      }
    }
    const node = await startTestNode();
    const machine = await node.start(Both);
    node.send(machine, 'on');
    expect(await node.call(machine, { type: 'count' })).toBe(0);
    expect(await stateOf(node, machine)).toBe('on');
  });

  it('may be async: the next event waits until it is done', async () => {
    const node = await startTestNode();
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { machine, log } = await startRuled(node, {
      slow: async () => {
        await gate;
        return nextState('b');
      },
    });
    node.cast(machine, 'slow');
    node.cast(machine, 'fast');
    await settle();
    expect(log).toEqual([['a', 'cast', 'slow']]);
    go();
    expect(await stateOf(node, machine)).toBe('b');
    expect(log).toEqual([
      ['a', 'cast', 'slow'],
      ['b', 'cast', 'fast'],
    ]);
  });
});

describe('gen_statem init', () => {
  inBothPlaces('is done when start returns; what arrives meanwhile waits, in order', async (places) => {
    const { here, there } = places;
    const log: unknown[] = [];
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const started = there.start(Scripted, {
      name: 'm',
      args: { log, init: () => gate.then(() => initialState('b')) },
    });
    const to = { name: 'm', node: there.name };
    here.send(to, 1);
    here.cast<any>(to, 2);
    await quiet(places);
    expect(log).toStrictEqual([]);
    go();
    expect(await stateOf(there, await started)).toBe('b');
    expect(log).toEqual([
      ['b', 'info', 1],
      ['b', 'cast', 2],
    ]);
  });

  it('may give actions, which are taken before the first message', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      {},
      {
        init: ({ self }) => {
          self.send(self.pid, 'message');
          return initialState('a', nextEvent({ type: 'internal', content: 'first' }));
        },
      },
    );
    await sys.getState(node, machine);
    expect(log).toEqual([
      ['a', 'internal', 'first'],
      ['a', 'info', 'message'],
    ]);
  });

  const failures: [string, Script['init'], unknown][] = [
    ['stop(reason)', () => stop('no'), 'no'],
    ['an error', () => Promise.reject(new Error('no')), expect.objectContaining({ message: 'no' })],
    ['an exit', ({ self }) => self.exit('no'), 'no'],
    ['nothing', () => undefined, { type: 'badReturnValue', callback: 'init', value: undefined }],
    ['nextState', () => nextState('a'), expect.objectContaining({ type: 'badReturnValue' })],
    ['ignore()', () => ignore(), 'ignore'],
  ];
  it.each(failures)(
    'that gives %s fails the start, and terminate is not called',
    async (_how, init, reason) => {
      const node = await startTestNode();
      const log: unknown[] = [];
      const starting = node.start(Scripted, { name: 'm', args: { log, init: init! } });
      await expect(starting).rejects.toMatchObject({ code: 'ERR_START', reason });
      expect([node.whereis('m'), log]).toStrictEqual([undefined, []]);
    },
  );

  it('that takes longer than the start timeout fails the start with timeout', async () => {
    const node = await startTestNode();
    const args = { init: () => new Promise(() => undefined) };
    await expect(node.start(Scripted, { args, timeoutMs: 1 })).rejects.toMatchObject({ reason: 'timeout' });
  });
});

describe('a gen_statem', () => {
  inBothPlaces('can be addressed by pid, by name, and by via name', async ({ here, there }) => {
    const registry = await startRegistry(there, { name: 'machines', keys: 'unique' });
    const name = localName<Switch>('switch');
    const named = await there.start(Switch, { name });
    const kept = await there.start(Switch, { name: via<Switch>(registry, 'kept') });
    here.cast(name.on(there.name), { type: 'flip' });
    there.cast(via<Switch>('machines', 'kept'), { type: 'flip' });
    expect(await here.call(named, { type: 'count' })).toBe(1);
    expect(await here.call(kept, { type: 'count' })).toBe(1);
  });

  inBothPlaces(
    'handles calls, casts and messages of one process in the order sent',
    async ({ here, there }) => {
      const { machine, log } = await startRuled(there, {
        call: ({ request }) => keepState(reply(request, 'ok')),
      });
      await inProcess(here, async (self) => {
        self.cast(machine, 1);
        self.send(machine, 2);
        await self.call(machine, 3);
      });
      expect(log).toEqual([
        ['a', 'cast', 1],
        ['a', 'info', 2],
        ['a', 'call', 3],
      ]);
    },
  );

  inBothPlaces('answers a call in a later state, by a reply port that was kept', async ({ here, there }) => {
    let port!: ReplyPort<string>;
    const { machine } = await startRuled(there, {
      call: ({ from }) => {
        port = new ReplyPort(from);
        return nextState('b');
      },
      'b now': () => nextState('a', replyTo(port, 'later')),
    });
    const asked = here.call(machine, 'ask');
    here.cast(machine, 'now');
    expect(await asked).toBe('later');
  });

  inBothPlaces('lets a call time out that it does not answer', async ({ here, there }) => {
    const { machine } = await startRuled(there, {});
    await expect(here.call(machine, 'x', { timeoutMs: 1 })).rejects.toBeInstanceOf(CallTimeoutError);
  });

  inBothPlaces('answers several callers by one list of actions, in order', async ({ here, there }) => {
    const ports: ReplyPort<string>[] = [];
    const { machine } = await startRuled(there, {
      call: ({ from }) => void ports.push(new ReplyPort(from)),
      all: () => keepState(...ports.map((port, n) => replyTo(port, `reply ${n}`))),
    });
    const asked = [1, 2, 3].map((n) => here.call(machine, n));
    here.cast(machine, 'all');
    expect(await Promise.all(asked)).toEqual(['reply 0', 'reply 1', 'reply 2']);
  });

  inBothPlaces('gets trapped exits and DOWNs as messages', async ({ here, there }) => {
    const { machine, log } = await startRuled(
      there,
      {},
      {
        init: ({ self }) => {
          self.trapExit(true);
          return initialState('a');
        },
      },
    );
    const other = await puppet(here);
    other.self.link(machine);
    const { reason } = await watch(there, other.pid);
    here.exitSignal(other.pid, 'away');
    await reason;
    await quiet({ here, there });
    expect(log).toEqual([['a', 'info', { type: 'EXIT', from: other.pid, reason: 'away' }]]);
  });

  inBothPlaces('ends with who started it, by terminate if it traps exits', async ({ here, there }) => {
    const log: unknown[] = [];
    const parent = await puppet(there);
    const machine = await parent.self.startLink(Scripted, {
      args: {
        log,
        init: ({ self }) => {
          self.trapExit(true);
          return initialState('a');
        },
      },
    });
    const { reason } = await watch(here, machine);
    here.exitSignal(parent.pid, 'parent gone');
    expect(await reason).toBe('parent gone');
    expect(log).toEqual([['a', 'terminate', 'parent gone']]);
  });

  it('is restarted by its supervisor in its first state, with new data', async () => {
    const node = await startTestNode();
    const name = localName<Switch>('switch');
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [childSpec(Switch, { name })],
    });
    node.cast(name, { type: 'flip' });
    const before = node.whereis('switch')!;
    node.exitSignal(before, 'crash');
    await settle();
    expect(node.whereis('switch')).not.toBe(before);
    expect(await sys.getState(node, name)).toEqual({ state: 'off', data: { count: 0 } });
    const [child] = await Supervisor.whichChildren(node, supervisor);
    expect(child).toMatchObject({ id: 'Switch', pid: node.whereis('switch') });
  });
});

describe('a gen_statem that stops', () => {
  inBothPlaces('by stop(reason) calls terminate with the state, and ends with the reason', async (places) => {
    const { here, there } = places;
    const { machine, log } = await startRuled(there, { b: () => nextState('b'), end: () => stop('done') });
    const { reason } = await watch(here, machine);
    here.cast(machine, 'b');
    here.cast(machine, 'end');
    expect(await reason).toBe('done');
    expect(log.at(-1)).toEqual(['b', 'terminate', 'done']);
  });

  inBothPlaces('by stopAndReply answers its callers before terminate is called', async ({ here, there }) => {
    const order: unknown[] = [];
    let port!: ReplyPort<string>;
    const { machine } = await startRuled(
      there,
      {
        first: ({ from }) => void (port = new ReplyPort(from)),
        second: ({ request }) => stopAndReply('normal', replyTo(port, 'one'), reply(request, 'two')),
      },
      { terminate: () => quiet({ here, there }).then(() => void order.push('terminate')) },
    );
    const note = (value: unknown): void => void order.push(value);
    const asked = [here.call(machine, 'first').then(note), here.call(machine, 'second').then(note)];
    const { reason } = await watch(here, machine);
    await Promise.all(asked);
    expect(await reason).toBe('normal');
    expect(order).toEqual(['one', 'two', 'terminate']);
  });

  inBothPlaces('fails the calls it has not answered, postponed or not', async ({ here, there }) => {
    const { machine } = await startRuled(there, { end: () => stop('done') });
    const asked = here.call(machine, 'x').catch((error: unknown) => error);
    here.cast(machine, 'end');
    const error = await asked;
    expect(error).toBeInstanceOf(ServerExitError);
    expect((error as ServerExitError).reason).toBe('done');
  });

  inBothPlaces('by stopServer calls terminate in the state it is in', async ({ here, there }) => {
    const { machine, log } = await startRuled(there, { b: () => nextState('b') });
    here.cast(machine, 'b');
    await stopServer(here, machine, { reason: 'shutdown' });
    expect(log.at(-1)).toEqual(['b', 'terminate', 'shutdown']);
  });

  inBothPlaces(
    'by an error in a handler calls terminate, and ends with the error',
    async ({ here, there }) => {
      const fault = (): never => {
        throw new Error('fault');
      };
      for (const fail of [fault, async () => fault()]) {
        const { machine, log } = await startRuled(there, { fail });
        const { reason } = await watch(here, machine);
        here.cast(machine, 'fail');
        expect(await reason).toMatchObject({ type: 'error', message: 'fault' });
        expect(log.at(-1)).toEqual(['a', 'terminate', expect.objectContaining({ message: 'fault' })]);
      }
    },
  );

  it('by kill does not call terminate', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {});
    const { reason } = await watch(node, machine);
    node.exitSignal(machine, 'kill');
    expect(await reason).toBe('killed');
    expect(log).toStrictEqual([]);
  });

  it.each([
    ['a string', 'ok'],
    ['what a GenServer returns', reply({}, 'x')],
    ['what init returns', initialState('a')],
    ['ignore()', ignore()],
  ])('because a handler returned %s ends with badReturnValue', async (_what, value) => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, { x: () => value });
    const { reason } = await watch(node, machine);
    node.cast(machine, 'x');
    expect(await reason).toMatchObject({ type: 'badReturnValue', callback: 'handleEvent' });
  });

  it.each<[string, () => unknown]>([
    ['that is none', () => keepState('reply' as any)],
    ['that answers the caller of a cast', () => keepState(reply({}, 'x'))],
    ['that answers what is no caller', () => keepState(replyTo({} as any, 'x'))],
    ['that inserts an event of an unknown type', () => keepState(nextEvent({ type: 'enter' } as never))],
    [
      'that inserts a call without a caller',
      () => keepState(nextEvent({ type: 'call', request: 1 } as never)),
    ],
    ['that is no reply, in stopAndReply', () => stopAndReply('normal', nextEvent({ type: 'info' }) as any)],
  ])('because of an action %s ends with badAction', async (_what, act) => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, { x: act });
    const { reason } = await watch(node, machine);
    node.cast(machine, 'x');
    expect(await reason).toMatchObject({ type: 'badAction' });
  });
});

describe('a gen_statem cannot', () => {
  it('receive: its messages are events', async () => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, {
      receive: (_event, _state, { self }) => self.receive(),
    });
    const { reason } = await watch(node, machine);
    node.cast(machine, 'receive');
    expect(await reason).toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
  });

  it('be started with options that there are not', async () => {
    const node = await startTestNode();
    await expect(node.start(Switch, { timeout: 1 } as never)).rejects.toBeInstanceOf(BadArgumentError);
    await expect(node.start(Switch, { timeoutMs: -1 })).rejects.toBeInstanceOf(BadArgumentError);
  });

  it('be started from a class that has no init', async () => {
    const node = await startTestNode();
    class Empty extends (GenStatem as unknown as typeof Switch) {}
    await expect(node.start(Empty)).rejects.toThrow('start Empty: expected a method init, got undefined');
    expect(node.processes()).toHaveLength(1);
  });

  it('have the name of another server', async () => {
    const node = await startTestNode();
    await node.start(Switch, { name: 'switch' });
    const code = await node.start(Switch, { name: 'switch' }).catch(codeOf);
    expect(code).toBe('ERR_NAME_TAKEN');
  });
});

describe('startLink of a gen_statem that does not start', () => {
  it('ends a starter that does not trap exits', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, async (self) => {
      await self.startLink(Scripted, { args: { init: () => stop('no') } }).catch(() => undefined);
      await self.receive();
    });
    expect(reason).toBe('no');
  });
});

describe('the results of a handler', () => {
  it('are nothing, or keepState(), to stay as it is', async () => {
    const node = await startTestNode();
    const { machine } = await startRuled(node, {
      1: () => undefined,
      2: () => keepState(),
      3: () => repeatState(),
    });
    for (const request of [1, 2, 3]) node.cast(machine, request);
    expect(await stateOf(node, machine)).toBe('a');
    expect(logOf(node)).toStrictEqual([]);
  });
});
