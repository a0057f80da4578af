// A door with a code lock: states as functions, state timeouts, postponed events, and entering a state.
import {
  GenStatem,
  initialState,
  keepState,
  nextState,
  postpone,
  reply,
  startNode,
  stateTimeout,
  type Call,
  type StatemEvent,
  type StatemInitResult,
  type StateFunctions,
  type StateResult,
} from '@trestle/runtime';

interface DoorTypes {
  state: 'locked' | 'open';
  calls: Call<{ type: 'enter'; name: string }, string>;
  casts: { type: 'button'; digit: number };
  args: { code: number[] };
  stateTimeout: 'forget' | 'lock';
}

class Door extends GenStatem<DoorTypes> implements StateFunctions<DoorTypes> {
  static override readonly stateEnter = true;
  private code: number[] = [];
  private pressed: number[] = [];

  init({ code }: DoorTypes['args']): StatemInitResult<DoorTypes> {
    this.code = code;
    return initialState('locked');
  }

  locked(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
    switch (event.type) {
      case 'enter': // at the start, or from 'open'
      case 'stateTimeout': // too slow: from the beginning
        this.pressed = [];
        return keepState();
      case 'cast':
        this.pressed = [...this.pressed, event.request.digit].slice(-this.code.length);
        if (this.pressed.join() === this.code.join()) return nextState('open');
        return keepState(stateTimeout(30_000, 'forget')); // set anew by each button
      default:
        return keepState(postpone()); // who wants to enter waits until the door is open
    }
  }

  open(event: StatemEvent<DoorTypes>): StateResult<DoorTypes> {
    switch (event.type) {
      case 'enter':
        console.log('the door is open');
        return keepState(stateTimeout(100, 'lock')); // cancelled by any change of state
      case 'call':
        return keepState(reply(event.request, `${event.request.name} is in`));
      case 'stateTimeout':
        return nextState('locked');
      default:
        return keepState(postpone()); // buttons count when the door is locked again
    }
  }
}

async function main(): Promise<void> {
  const node = await startNode();
  const door = await node.start(Door, { args: { code: [1, 2, 3] } });
  const ada = node.call(door, { type: 'enter', name: 'Ada' });
  for (const digit of [1, 2, 3, 1, 2, 3]) node.cast(door, { type: 'button', digit });
  console.log(await ada);
  await node.stop();
}

void main();

// prints:
// the door is open
// Ada is in
