import {
  firstConnectionState,
  connectionStep,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../../packages/runtime/src/distribution/kernel/connection-step';

const lesser = { self: 'a@h', peer: 'b@h' };
const greater = { self: 'b@h', peer: 'a@h' };

const wanted: ConnectionEvent = { kind: 'wanted' };
const disconnect: ConnectionEvent = { kind: 'disconnect', reason: 'disconnect' };
const asked = (channel: string, creation = 1): ConnectionEvent => ({ kind: 'asked', channel, creation });
const established = (channel: string, creation = 1): ConnectionEvent => ({
  kind: 'established',
  channel,
  creation,
});
const gone = (channel: string): ConnectionEvent => ({ kind: 'gone', channel, reason: 'closed' });
const answered = (channel: string): ConnectionEvent => ({ kind: 'answered', channel });

/** An effect in short: `admit accept-1`. */
function short(effect: ConnectionEffect): string {
  if (effect.kind === 'unreachable') return effect.kind;
  return `${effect.kind} ${effect.channel}${effect.kind === 'down' ? ` ${effect.reason}` : ''}`;
}

/** What each event causes, and the phase it ends in. */
function play(
  ends: typeof lesser,
  events: readonly ConnectionEvent[],
): { effects: string[][]; phase: string } {
  let state: ConnectionState = firstConnectionState;
  const effects = events.map((event) => {
    const step = connectionStep(ends, state, event);
    state = step.state;
    return step.effects.map(short);
  });
  return { effects, phase: state.phase };
}

describe('the link between two nodes', () => {
  it.each<[string, typeof lesser, ConnectionEvent[], string[][], string]>([
    [
      'dials once for everybody who wants it',
      lesser,
      [wanted, wanted, established('dial-1'), wanted],
      [['dial dial-1'], [], ['up dial-1'], []],
      'up',
    ],
    [
      'says so when nobody can be reached, and dials anew the next time',
      lesser,
      [wanted, gone('dial-1'), wanted],
      [['dial dial-1'], ['unreachable'], ['dial dial-2']],
      'dialling',
    ],
    [
      'lets a node in that dials',
      lesser,
      [asked('accept-1'), established('accept-1')],
      [['admit accept-1'], ['up accept-1']],
      'up',
    ],
    [
      'gives its own attempt up for that of the greater name',
      lesser,
      [wanted, asked('accept-1'), established('accept-1'), gone('dial-1')],
      [['dial dial-1'], ['close dial-1', 'admit accept-1'], ['up accept-1'], []],
      'up',
    ],
    [
      'holds the attempt of the lesser name, and refuses it when its own succeeds',
      greater,
      [wanted, asked('accept-1'), established('dial-1')],
      [['dial dial-1'], [], ['up dial-1', 'refuse accept-1']],
      'up',
    ],
    [
      'falls back on the attempt it holds when its own fails',
      greater,
      [wanted, asked('accept-1'), gone('dial-1'), established('accept-1')],
      [['dial dial-1'], [], ['admit accept-1'], ['up accept-1']],
      'up',
    ],
    [
      'forgets an attempt it holds when that is given up',
      greater,
      [wanted, asked('accept-1'), gone('accept-1'), gone('dial-1')],
      [['dial dial-1'], [], [], ['unreachable']],
      'idle',
    ],
    [
      'holds the newer one of two attempts',
      greater,
      [wanted, asked('accept-1'), asked('accept-2'), established('dial-1')],
      [['dial dial-1'], [], ['close accept-1'], ['up dial-1', 'refuse accept-2']],
      'up',
    ],
    [
      'dials after all when somebody waits and the node that was let in goes away',
      lesser,
      [asked('accept-1'), wanted, gone('accept-1')],
      [['admit accept-1'], [], ['dial dial-1']],
      'dialling',
    ],
    [
      'is idle when nobody waits and the node that was let in goes away',
      lesser,
      [asked('accept-1'), gone('accept-1')],
      [['admit accept-1'], []],
      'idle',
    ],
    [
      'lets a node in that has begun anew before its first attempt was done',
      lesser,
      [asked('accept-1'), asked('accept-2'), gone('accept-1'), established('accept-2')],
      [['admit accept-1'], ['close accept-1', 'admit accept-2'], [], ['up accept-2']],
      'up',
    ],
    [
      'goes down before a restarted node is let in',
      lesser,
      [wanted, established('dial-1', 1), asked('accept-1', 2), established('accept-1', 2)],
      [['dial dial-1'], ['up dial-1'], ['down dial-1 restarted', 'admit accept-1'], ['up accept-1']],
      'up',
    ],
    [
      'probes the connection when the same node asks again, and keeps it if it is alive',
      lesser,
      [wanted, established('dial-1'), asked('accept-1'), answered('dial-1')],
      [['dial dial-1'], ['up dial-1'], ['probe dial-1'], ['refuse accept-1']],
      'up',
    ],
    [
      'takes the answer of another connection for nothing while it probes, and the last of two that ask',
      lesser,
      [
        wanted,
        established('dial-1'),
        asked('accept-1'),
        answered('dial-0'),
        asked('accept-2'),
        gone('dial-1'),
      ],
      [
        ['dial dial-1'],
        ['up dial-1'],
        ['probe dial-1'],
        [],
        ['close accept-1', 'probe dial-1'],
        ['down dial-1 closed', 'admit accept-2'],
      ],
      'accepting',
    ],
    [
      'lets the same node in again when the probe finds the connection dead',
      lesser,
      [wanted, established('dial-1'), asked('accept-1'), gone('dial-1'), established('accept-1')],
      [
        ['dial dial-1'],
        ['up dial-1'],
        ['probe dial-1'],
        ['down dial-1 closed', 'admit accept-1'],
        ['up accept-1'],
      ],
      'up',
    ],
    [
      'goes down once, however often the loss is noticed',
      lesser,
      [wanted, established('dial-1'), gone('dial-1'), gone('dial-1'), disconnect],
      [['dial dial-1'], ['up dial-1'], ['down dial-1 closed'], [], []],
      'idle',
    ],
    [
      'goes down on demand, and sends away whom it holds',
      lesser,
      [wanted, established('dial-1'), asked('accept-1'), disconnect],
      [['dial dial-1'], ['up dial-1'], ['probe dial-1'], ['down dial-1 disconnect', 'close accept-1']],
      'idle',
    ],
    [
      'gives an attempt up on demand, and ignores what still comes of it',
      greater,
      [wanted, asked('accept-1'), disconnect, established('dial-1'), gone('accept-1')],
      [['dial dial-1'], [], ['close dial-1', 'close accept-1', 'unreachable'], [], []],
      'idle',
    ],
  ])('%s', (_title, ends, events, effects, phase) => {
    expect(play(ends, events)).toEqual({ effects, phase });
  });
});
