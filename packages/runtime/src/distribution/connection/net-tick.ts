import type { PulseAnswer } from '../pulse/pulse-line';

/** How often in a `netTickMs` a connection looks for signs of life. OTP: a quarter of `net_ticktime`. */
export const ticksPerPeriod = 4;

/** From which silent look in a row on the pulse of a peer is asked, and from which on the peer is told to be busy. */
const asksFrom = ticksPerPeriod / 2;
const busyFrom = ticksPerPeriod - 1;
/** A loop that beat twice has been through all it does, and has read what had come before, and answered it. */
const fullTurn = 2;

/** What one side of a connection knows of the life of the other. */
export interface NetTickState {
  /** How many looks in a row found nothing. */
  readonly silent: number;
  /** What the pulse of the peer has said when it was asked last, if it has. */
  readonly pulse: 'unasked' | 'asking' | 'unanswered' | 'unsure' | 'isBlocked' | 'turns';
  /** How often the event loop of the peer had beaten by the first answer of its pulse in this silence. */
  readonly beats: number | undefined;
  /** Whether the peer was told to be busy, and has not been heard since. */
  readonly busy: boolean;
}

/** What happens on a connection. */
export type NetTickEvent =
  /** A quarter of the period is over. */
  | {
      readonly kind: 'look';
      /** Whether anything has come, or was sent, since the last look. */
      readonly received: boolean;
      readonly sent: boolean;
      /** Whether the look comes so late that this node itself must have been held up: it has heard nobody. */
      readonly late: boolean;
      /** Whether the peer has a pulse that can be asked. */
      readonly hasPulse: boolean;
    }
  /** The pulse of the peer has answered, or has not in time. */
  | { readonly kind: 'pulse'; readonly answer: PulseAnswer | undefined; readonly netTickMs: number }
  /** A frame of the peer has come. */
  | { readonly kind: 'heard' };

export type NetTickEffect =
  | { readonly kind: 'sendTick' }
  | { readonly kind: 'askPulse' }
  | { readonly kind: 'peerIsBusy'; readonly forMs: number }
  /** A busy peer has been heard again. */
  | { readonly kind: 'peerIsReady' }
  | { readonly kind: 'peerIsDead' };

export interface NetTickStep {
  readonly state: NetTickState;
  readonly effects: readonly NetTickEffect[];
}

/** The state of a connection that is just up. */
export const firstNetTickState: NetTickState = {
  silent: 0,
  pulse: 'unasked',
  beats: undefined,
  busy: false,
};

/**
 * One step of the watch over a peer. A peer that was silent for four looks is dead: between 100 and 125 % of the period
 * after its last sign of life. A side that sent nothing, or heard nothing, sends a tick, and every tick is answered; so
 * two nodes with different periods keep each other alive.
 *
 * From the second silent look on the pulse of the peer is asked, which answers beside an event loop that is blocked. As
 * long as the loop has not turned since the first answer, the peer is not dead but busy. If the loop turns and nothing is
 * heard, it is the connection that is dead. While an answer may still come nothing is decided.
 */
export function netTickStep(state: NetTickState, event: NetTickEvent): NetTickStep {
  switch (event.kind) {
    case 'look':
      return look(state, event);
    case 'pulse':
      return answered(state, event);
    case 'heard':
      return heard(state, []);
  }
}

function look(state: NetTickState, event: Extract<NetTickEvent, { kind: 'look' }>): NetTickStep {
  if (event.received) return heard(state, event.sent ? [] : [{ kind: 'sendTick' }]);
  if (event.late || state.pulse === 'asking') return { state, effects: [{ kind: 'sendTick' }] };
  const silent = state.silent + 1;
  if (silent >= ticksPerPeriod && !mayBeBlocked(state)) {
    return { state: { ...state, silent }, effects: [{ kind: 'peerIsDead' }] };
  }
  if (silent < asksFrom || !event.hasPulse) {
    return { state: { ...state, silent }, effects: [{ kind: 'sendTick' }] };
  }
  return {
    state: { ...state, silent, pulse: 'asking' },
    effects: [{ kind: 'sendTick' }, { kind: 'askPulse' }],
  };
}

function mayBeBlocked({ pulse }: NetTickState): boolean {
  return pulse === 'isBlocked' || pulse === 'unsure';
}

function answered(state: NetTickState, event: Extract<NetTickEvent, { kind: 'pulse' }>): NetTickStep {
  const { answer, netTickMs } = event;
  if (state.pulse === 'unasked') return { state, effects: [] };
  if (answer === undefined) return { state: { ...state, pulse: 'unanswered' }, effects: [] };
  const pulse = verdict(state.beats, answer, netTickMs);
  const { beats = answer.beats } = state;
  const busy = state.busy || (pulse === 'isBlocked' && state.silent >= busyFrom);
  return {
    state: { ...state, pulse, beats, busy },
    effects: busy && !state.busy ? [{ kind: 'peerIsBusy', forMs: answer.blockedMs }] : [],
  };
}

/** One answer alone says little of a loop that has turned just now: it may be blocked again. */
function verdict(
  firstBeats: number | undefined,
  answer: PulseAnswer,
  netTickMs: number,
): NetTickState['pulse'] {
  if (firstBeats !== undefined && answer.beats - firstBeats >= fullTurn) return 'turns';
  return answer.blockedMs >= netTickMs / (2 * ticksPerPeriod) ? 'isBlocked' : 'unsure';
}

function heard({ busy }: NetTickState, effects: readonly NetTickEffect[]): NetTickStep {
  return { state: firstNetTickState, effects: busy ? [{ kind: 'peerIsReady' }, ...effects] : effects };
}
