// State machines: what must compile, and, below a `@ts-expect-error`, what must not.
import {
  eventTimeout,
  GenServer,
  GenStatem,
  ignore,
  initialState,
  keepState,
  localName,
  namedTimeout,
  nextEvent,
  nextState,
  postpone,
  repeatState,
  reply,
  replyPort,
  replyTo,
  stateTimeout,
  stop,
  stopAndReply,
  childSpec,
  type Call,
  type Node,
  type ReplyPort,
  type StatemEvent,
  type StatemInitResult,
  type StateFunctions,
  type StateResult,
} from '@trestle/runtime';

declare const node: Node;

interface DoorTypes {
  state: 'locked' | 'open';
  calls: Call<{ type: 'length' }, number> | Call<{ type: 'wait'; until: string }, 'opened'>;
  casts: { type: 'button'; digit: number };
  infos: { type: 'tick' };
  args: { code: string };
  internal: 'check';
  stateTimeout: 'lock';
  namedTimeouts: { alarm: { level: number }; blink: undefined };
}

/** Uses all that its types allow. */
class Door extends GenStatem<DoorTypes> implements StateFunctions<DoorTypes> {
  static override readonly stateEnter = true;
  private readonly waiting: ReplyPort<'opened'>[] = [];

  init({ code }: DoorTypes['args']): StatemInitResult<DoorTypes> {
    if (code === '') return stop('no code');
    return code === 'none'
      ? ignore()
      : initialState('locked', nextEvent({ type: 'internal', content: 'check' }));
  }

  locked(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
    switch (event.type) {
      case 'call':
        if (event.request.type === 'length') return keepState(reply(event.request, 4));
        this.waiting.push(replyPort(event.request, event.from));
        return keepState();
      case 'cast':
        return nextState(
          'open',
          stateTimeout(10_000, 'lock'),
          ...this.waiting.map((port) => replyTo(port, 'opened')),
        );
      case 'info':
        return event.message.type === 'tick'
          ? repeatState(namedTimeout('blink', 5))
          : stop('a system message');
      case 'namedTimeout':
        return event.name === 'alarm' && event.content.level > 3 ? stopAndReply('alarm') : undefined;
      case 'internal':
        return event.content === 'check' ? keepState(namedTimeout('alarm', 'cancel')) : keepState();
      case 'enter':
        return event.oldState === 'open' ? keepState(stateTimeout('cancel')) : keepState();
      case 'stateTimeout':
        return;
    }
  }

  async open(event: StatemEvent<DoorTypes>): Promise<StateResult<DoorTypes>> {
    await Promise.resolve();
    return event.type === 'stateTimeout' ? nextState('locked') : keepState(postpone());
  }
}

export async function uses(): Promise<void> {
  const name = localName<Door>('door');
  const door = await node.start(Door, { args: { code: '1234' }, name });
  const length: number = await node.call(door, { type: 'length' });
  const opened: 'opened' = await node.call(name.on('b@127.0.0.1'), { type: 'wait', until: 'noon' });
  node.cast(door, { type: 'button', digit: length });
  childSpec(Door, { args: { code: opened } });
}

export async function wrongUses(): Promise<void> {
  // @ts-expect-error it needs its arguments
  await node.start(Door);
  // @ts-expect-error of the right type
  childSpec(Door, { args: { code: 1234 } });
  const door = await node.start(Door, { args: { code: '1234' } });
  // @ts-expect-error a call that it does not answer
  await node.call(door, { type: 'size' });
  // @ts-expect-error a call with a field missing
  await node.call(door, { type: 'wait' });
  // @ts-expect-error a cast sent as a call
  await node.call(door, { type: 'button', digit: 1 });
  // @ts-expect-error a cast with a field of the wrong type
  node.cast(door, { type: 'button', digit: '1' });
  // @ts-expect-error a reply of another type
  const _text: string = await node.call(door, { type: 'length' });
}

type Result = StateResult<DoorTypes>;

export function wrongResults(): Result[] {
  return [
    // @ts-expect-error a state that there is not
    nextState('opne'),
    // @ts-expect-error what init returns
    initialState('open'),
    // @ts-expect-error a state without nextState
    'open',
    // @ts-expect-error the content of a state timeout
    keepState(stateTimeout(10, 'unlock')),
    // @ts-expect-error there are no event timeouts
    keepState(eventTimeout(10, 'idle')),
    // @ts-expect-error a named timeout that there is not
    keepState(namedTimeout('alrm', 10, { level: 1 })),
    // @ts-expect-error the content of another named timeout
    keepState(namedTimeout('blink', 10, { level: 1 })),
    // @ts-expect-error the content of an internal event
    keepState(nextEvent({ type: 'internal', content: 'chek' })),
    // @ts-expect-error a cast that it does not take
    keepState(nextEvent({ type: 'cast', request: { type: 'bell' } })),
    // @ts-expect-error the entering of a state is no event to insert
    keepState(nextEvent({ type: 'enter', oldState: 'open' })),
    // @ts-expect-error an action is made by its function
    keepState('postpone'),
    // @ts-expect-error a time is milliseconds
    keepState(stateTimeout('10', 'lock')),
    // @ts-expect-error only replies
    stopAndReply('normal', postpone()),
  ];
}

export function wrongReplies(event: StatemEvent<DoorTypes>, port: ReplyPort<'opened'>): void {
  // @ts-expect-error a reply of the wrong type
  if (event.type === 'call' && event.request.type === 'length') keepState(reply(event.request, '4'));
  // @ts-expect-error a reply of the wrong type, later
  replyTo(port, 'closed');
  // @ts-expect-error an event that does not occur
  if (event.type === 'eventTimeout') keepState();
  // @ts-expect-error a state that there is not
  if (event.type === 'enter' && event.oldState === 'ajar') keepState();
  // @ts-expect-error a message that it does not take
  if (event.type === 'info' && event.message.type === 'tock') keepState();
}

// @ts-expect-error the function of a state is missing
class _Half extends GenStatem<DoorTypes> implements StateFunctions<DoorTypes> {
  init() {
    return initialState('locked');
  }
  locked() {
    return keepState();
  }
}

class _Astray extends GenStatem<DoorTypes> implements StateFunctions<DoorTypes> {
  init() {
    return initialState('locked');
  }
  // @ts-expect-error goes to a state that there is not
  locked() {
    return nextState('opne');
  }
  open() {
    return keepState();
  }
}

class _Wrong extends GenStatem<DoorTypes> {
  // @ts-expect-error begins in a state that there is not
  init() {
    return initialState('ajar');
  }
  // @ts-expect-error goes to a state that there is not
  override handleEvent() {
    return nextState('ajar');
  }
}

// @ts-expect-error a machine says how it begins
class _NoInit extends GenStatem<DoorTypes> {}

class _Server extends GenServer {
  // @ts-expect-error what a state machine returns
  override handleInfo() {
    return nextState('open');
  }
}
