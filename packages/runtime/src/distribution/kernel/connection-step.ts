import type { NodeName } from '../../terms/node-name';

/**
 * One attempt at a connection, from its first byte to its end: `dial-…` if this node dialled, `accept-…` if the other
 * did.
 */
export type Channel = string;

/** How this node stands with one other node. */
export type ConnectionState = { /** Attempts made so far. */ readonly dials: number } & (
  | { readonly phase: 'idle' }
  /** This node dials. An attempt of the other node that must wait for the outcome is held. */
  | { readonly phase: 'dialling'; readonly channel: Channel; readonly held: Channel | undefined }
  /** The other node was let in, and the handshake is about to end. */
  | { readonly phase: 'accepting'; readonly channel: Channel; readonly wanted: boolean }
  /** Connected. A second attempt of the other node is held while the connection is probed. */
  | {
      readonly phase: 'up';
      readonly channel: Channel;
      readonly creation: number;
      readonly held: Channel | undefined;
    }
);

/** What happens between this node and the other. */
export type ConnectionEvent =
  /** Somebody here needs a connection. */
  | { readonly kind: 'wanted' }
  /** The other node dialled, has proved itself, and asks to be let in. */
  | { readonly kind: 'asked'; readonly channel: Channel; readonly creation: number }
  /** A handshake is done. */
  | { readonly kind: 'established'; readonly channel: Channel; readonly creation: number }
  /** An attempt has failed, or a connection is lost. */
  | { readonly kind: 'gone'; readonly channel: Channel; readonly reason: string }
  /** The probed connection is alive. */
  | { readonly kind: 'answered'; readonly channel: Channel }
  /** The connection must end. */
  | { readonly kind: 'disconnect'; readonly reason: string };

/** What is to be done about it, in order. */
export type ConnectionEffect =
  | { readonly kind: 'dial'; readonly channel: Channel }
  | { readonly kind: 'admit'; readonly channel: Channel }
  /** Tell the other node that the connection there is stays. */
  | { readonly kind: 'refuse'; readonly channel: Channel }
  /** Give up an attempt. */
  | { readonly kind: 'close'; readonly channel: Channel }
  /** Find out at once whether the connection is alive. */
  | { readonly kind: 'probe'; readonly channel: Channel }
  | { readonly kind: 'up'; readonly channel: Channel }
  | { readonly kind: 'down'; readonly channel: Channel; readonly reason: string }
  /** Nobody could be reached: whoever waits for the connection waits in vain. */
  | { readonly kind: 'unreachable' };

export interface ConnectionStep {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** The two ends of a connection. */
export interface ConnectionEnds {
  readonly self: NodeName;
  readonly peer: NodeName;
}

export const firstConnectionState: ConnectionState = { phase: 'idle', dials: 0 };

/**
 * One step of the bookkeeping between two nodes. It keeps these promises: whatever the two do at once, they end with
 * one connection; a node that was restarted replaces what is left of its former life; and an attempt of the node with
 * the lesser name never makes an attempt of the other one fail.
 */
export function connectionStep(
  ends: ConnectionEnds,
  state: ConnectionState,
  event: ConnectionEvent,
): ConnectionStep {
  switch (state.phase) {
    case 'idle':
      return whenIdle(state, event);
    case 'dialling':
      return whenDialling(ends, state, event);
    case 'accepting':
      return whenAccepting(state, event);
    case 'up':
      return whenUp(state, event);
  }
}

type Phase<P extends ConnectionState['phase']> = Extract<ConnectionState, { phase: P }>;

function whenIdle(state: ConnectionState, event: ConnectionEvent): ConnectionStep {
  if (event.kind === 'wanted') return dial(state, []);
  if (event.kind === 'asked') return admit(state, event.channel, false, []);
  return stay(state);
}

function whenDialling(
  ends: ConnectionEnds,
  state: Phase<'dialling'>,
  event: ConnectionEvent,
): ConnectionStep {
  const { channel, held } = state;
  switch (event.kind) {
    case 'asked':
      // Both dial: the attempt of the greater name wins. The other one waits here, in case it fails.
      if (ends.self > ends.peer) {
        return { state: { ...state, held: event.channel }, effects: closing(held) };
      }
      return admit(state, event.channel, true, closing(channel));
    case 'established':
      return event.channel === channel ? up(state, event, refusing(held)) : stay(state);
    case 'gone':
      if (event.channel === held) return stay({ ...state, held: undefined });
      if (event.channel !== channel) return stay(state);
      return held === undefined ? idle(state, [{ kind: 'unreachable' }]) : admit(state, held, true, []);
    case 'disconnect':
      return idle(state, [...closing(channel), ...closing(held), { kind: 'unreachable' }]);
    case 'wanted':
    case 'answered':
      return stay(state);
  }
}

function whenAccepting(state: Phase<'accepting'>, event: ConnectionEvent): ConnectionStep {
  const { channel, wanted } = state;
  switch (event.kind) {
    case 'wanted':
      return stay({ ...state, wanted: true });
    case 'asked':
      // The other node has begun anew, so it has given up the attempt before.
      return admit(state, event.channel, wanted, closing(channel));
    case 'established':
      return event.channel === channel ? up(state, event, []) : stay(state);
    case 'gone':
      if (event.channel !== channel) return stay(state);
      return wanted ? dial(state, []) : idle(state, []);
    case 'disconnect':
      return idle(state, [...closing(channel), { kind: 'unreachable' }]);
    case 'answered':
      return stay(state);
  }
}

function whenUp(state: Phase<'up'>, event: ConnectionEvent): ConnectionStep {
  const { channel, held } = state;
  switch (event.kind) {
    case 'asked':
      return askedWhenUp(state, event);
    case 'answered':
      if (event.channel !== channel) return stay(state);
      return { state: { ...state, held: undefined }, effects: refusing(held) };
    case 'gone': {
      if (event.channel === held) return stay({ ...state, held: undefined });
      if (event.channel !== channel) return stay(state);
      const down: ConnectionEffect = { kind: 'down', channel, reason: event.reason };
      return held === undefined ? idle(state, [down]) : admit(state, held, false, [down]);
    }
    case 'disconnect':
      return idle(state, [{ kind: 'down', channel, reason: event.reason }, ...closing(held)]);
    case 'wanted':
    case 'established':
      return stay(state);
  }
}

/**
 * The other node asks to be let in though there is a connection. In a new life, it has lost the old one. In the same
 * life either this is an attempt that crossed the one which succeeded, or the other node has lost the connection
 * and this one does not know yet: a probe tells.
 */
function askedWhenUp(state: Phase<'up'>, event: Extract<ConnectionEvent, { kind: 'asked' }>): ConnectionStep {
  const { channel, held } = state;
  if (event.creation !== state.creation) {
    return admit(state, event.channel, false, [
      { kind: 'down', channel, reason: 'restarted' },
      ...closing(held),
    ]);
  }
  const effects = [...closing(held), { kind: 'probe', channel } as const];
  return { state: { ...state, held: event.channel }, effects };
}

function stay(state: ConnectionState): ConnectionStep {
  return { state, effects: [] };
}

function idle({ dials }: ConnectionState, effects: readonly ConnectionEffect[]): ConnectionStep {
  return { state: { phase: 'idle', dials }, effects };
}

function dial({ dials }: ConnectionState, effects: readonly ConnectionEffect[]): ConnectionStep {
  const channel = `dial-${String(dials + 1)}`;
  return {
    state: { phase: 'dialling', dials: dials + 1, channel, held: undefined },
    effects: [...effects, { kind: 'dial', channel }],
  };
}

function admit(
  { dials }: ConnectionState,
  channel: Channel,
  wanted: boolean,
  effects: readonly ConnectionEffect[],
): ConnectionStep {
  return {
    state: { phase: 'accepting', dials, channel, wanted },
    effects: [...effects, { kind: 'admit', channel }],
  };
}

function up(
  { dials }: ConnectionState,
  { channel, creation }: { readonly channel: Channel; readonly creation: number },
  effects: readonly ConnectionEffect[],
): ConnectionStep {
  return {
    state: { phase: 'up', dials, channel, creation, held: undefined },
    effects: [{ kind: 'up', channel }, ...effects],
  };
}

function closing(channel: Channel | undefined): ConnectionEffect[] {
  return channel === undefined ? [] : [{ kind: 'close', channel }];
}

function refusing(channel: Channel | undefined): ConnectionEffect[] {
  return channel === undefined ? [] : [{ kind: 'refuse', channel }];
}
