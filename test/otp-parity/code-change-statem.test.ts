import {
  childSpec,
  CodeChangeError,
  eventTimeout,
  GenServer,
  GenStatem,
  initialState,
  keepState,
  nextState,
  postpone,
  reply,
  startSupervisor,
  stateTimeout,
  sys,
  type Call,
  type Node,
  type ServerPid,
  type StatemBefore,
  type StatemEvent,
  type StatemInitResult,
  type StateFunctions,
  type StateResult,
} from '@trestle/runtime';
import { startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

interface DoorTypes {
  state: 'shut' | 'open';
  calls: Call<{ type: 'look' }, string>;
  casts: { type: 'push' } | { type: 'walk' };
  stateTimeout: 'shut';
  eventTimeout: 'shut';
}

/** A door that shuts by itself after a second; who walks against it when it is shut waits. */
class Door extends GenStatem<DoorTypes> implements StateFunctions<DoorTypes> {
  static readonly version: unknown = 'door 1';
  private passed = 0;
  init(): StatemInitResult<DoorTypes> {
    return initialState('shut');
  }
  shut(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
    if (event.type === 'call') return keepState(reply(event.request, `shut, ${this.passed}`));
    if (event.type !== 'cast' || event.request.type === 'walk') return keepState(postpone());
    return nextState('open', stateTimeout(1_000, 'shut'));
  }
  open(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
    if (event.type === 'call') return keepState(reply(event.request, `open, ${this.passed}`));
    if (event.type === 'stateTimeout') return nextState('shut');
    if (event.type === 'cast' && event.request.type === 'walk') this.passed += 1;
    return keepState();
  }
}

interface GateTypes extends Omit<DoorTypes, 'state'> {
  state: 'closed' | 'wide';
}

/** The same with other words for its states. */
class Gate extends GenStatem<GateTypes> implements StateFunctions<GateTypes> {
  static override readonly stateEnter = true;
  private people = 0;
  readonly seen: unknown[] = [];
  init(): StatemInitResult<GateTypes> {
    return initialState('closed');
  }
  closed(event: StatemEvent<GateTypes>): StateResult<GateTypes> {
    if (event.type === 'enter') this.seen.push('enter closed');
    if (event.type === 'call') return keepState(reply(event.request, `closed, ${this.people}`));
    if (event.type === 'cast')
      return event.request.type === 'walk' ? keepState(postpone()) : nextState('wide');
    return keepState();
  }
  wide(event: StatemEvent<GateTypes>): StateResult<GateTypes> {
    if (event.type === 'enter') this.seen.push('enter wide');
    if (event.type === 'call') return keepState(reply(event.request, `wide, ${this.people}`));
    if (event.type === 'stateTimeout' || event.type === 'eventTimeout') return nextState('closed');
    if (event.type === 'cast' && event.request.type === 'walk') this.people += 1;
    return keepState();
  }
  override codeChange(version: unknown, extra: unknown, before: StatemBefore): GateTypes['state'] {
    this.seen.push(version, extra, before);
    this.people = before.data['passed'] as number;
    Reflect.deleteProperty(this, 'passed');
    return before.state === 'open' ? 'wide' : 'closed';
  }
}

const look = (node: Node, door: ServerPid<any>): Promise<string> => node.call(door, { type: 'look' });
const push = (node: Node, door: ServerPid<any>) => node.cast(door, { type: 'push' });
const walk = (node: Node, door: ServerPid<any>) => node.cast(door, { type: 'walk' });

async function become(node: Node, door: ServerPid<any>, Class: any, options = {}): Promise<void> {
  await sys.suspend(node, door);
  try {
    await sys.changeCode(node, door, Class, options);
  } finally {
    await sys.resume(node, door);
  }
}

describe('sys.changeCode of a state machine', () => {
  it('makes it one of the new class, in the state that codeChange returns', async () => {
    const node = await startTestNode({ clock: new VirtualClock() });
    const door = await node.start(Door);
    push(node, door);
    walk(node, door);
    await become(node, door, Gate, { extra: 5 });
    expect(await look(node, door)).toBe('wide, 1');
    walk(node, door);
    expect(await sys.getState(node, door)).toEqual({
      state: 'wide',
      data: { people: 2, seen: ['door 1', 5, { state: 'open', data: { passed: 1 } }] },
    });
    expect((await sys.getStatus(node, door)).module).toBe('Gate');
  });

  it('does not enter the state, and keeps what was postponed until the state changes', async () => {
    const node = await startTestNode({ clock: new VirtualClock() });
    const door = await node.start(Door);
    walk(node, door);
    await become(node, door, Gate);
    expect(await look(node, door)).toBe('closed, 0');
    push(node, door);
    expect(await look(node, door)).toBe('wide, 1');
    const { data } = (await sys.getState(node, door)) as { data: { seen: unknown[] } };
    expect(data.seen.filter((event) => typeof event === 'string' && event.startsWith('enter'))).toEqual([
      'enter wide',
    ]);
  });

  it('keeps timeouts that run', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const door = await node.start(Door);
    push(node, door);
    await clock.advance(600);
    await become(node, door, Gate);
    await clock.advance(399);
    expect(await look(node, door)).toBe('wide, 0');
    await clock.advance(1);
    expect(await look(node, door)).toBe('closed, 0');
  });

  it('without codeChange keeps the state and the data', async () => {
    class Loud extends Door {
      override open(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
        return event.type === 'call' ? keepState(reply(event.request, 'OPEN')) : super.open(event);
      }
    }
    const node = await startTestNode({ clock: new VirtualClock() });
    const door = await node.start(Door);
    push(node, door);
    await become(node, door, Loud);
    expect(await look(node, door)).toBe('OPEN');
    expect(await sys.getState(node, door)).toEqual({ state: 'open', data: { passed: 0 } });
  });

  it.each([
    [
      'goes to a state that has no function',
      class extends Gate {
        override codeChange(): never {
          return 'ajar' as never;
        }
      },
      /expected a method for state 'ajar'/,
    ],
    [
      'throws',
      class extends Gate {
        override codeChange(): never {
          throw new Error('stuck');
        }
      },
      /stuck/,
    ],
    ['is of no state machine', class extends GenServer {}, /expected a class that extends GenStatem/],
  ])('leaves the old machine as it was if the new one %s', async (_, Broken, why) => {
    const node = await startTestNode({ clock: new VirtualClock() });
    const door = await node.start(Door);
    push(node, door);
    const error: unknown = await become(node, door, Broken).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CodeChangeError);
    expect((error as CodeChangeError).message).toMatch(why);
    walk(node, door);
    expect(await look(node, door)).toBe('open, 1');
  });

  it('is refused for a server that is no state machine', async () => {
    class Server extends GenServer {}
    const node = await startTestNode({ clock: new VirtualClock() });
    const server = await node.start(Server);
    await expect(become(node, server, Door)).rejects.toThrow(
      /expected a class that extends GenServer, got \[class Door/,
    );
    expect((await sys.getStatus(node, server)).module).toBe('Server');
  });

  it('keeps an event timeout as well, which any event ends', async () => {
    class Waits extends Door {
      override shut(): StateResult<DoorTypes> {
        return nextState('open', eventTimeout(1_000, 'shut'));
      }
    }
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const [kept, ended] = [await node.start(Waits), await node.start(Waits)];
    for (const door of [kept, ended]) {
      push(node, door);
      await become(node, door, Gate);
    }
    walk(node, ended);
    await clock.advance(1_000);
    expect([await look(node, kept), await look(node, ended)]).toEqual(['closed, 0', 'wide, 1']);
  });
});

describe('sys.upgrade of state machines', () => {
  it('changes all of a class, and has supervisors restart the new one', async () => {
    const node = await startTestNode({ clock: new VirtualClock() });
    const children = [childSpec(Door, { name: 'door' }), childSpec(Door, { id: 'other' })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    const doors = await sys.upgrade(node, Door, Gate);
    expect(doors).toHaveLength(2);
    for (const door of doors) expect(await look(node, door as ServerPid<Gate>)).toBe('closed, 0');
    node.exitSignal('door', 'kill');
    await sys.getState(node, supervisor);
    expect(await look(node, node.whereis('door') as ServerPid<Gate>)).toBe('closed, 0');
  });
});
