import { inFront, turned, type EventList } from './event-list';
import type { TimeoutAction, TimeoutKind } from './state-action';
import type { QueuedEvent } from './statem-types';

/*
 * What a state machine decides, whoever runs its handlers and its timers: which event is next, what a postponed event
 * waits for, which timeouts run. Every function returns what is then; nothing is changed in place.
 */

/** A timeout that is set. */
export interface SetTimeout {
  readonly kind: TimeoutKind;
  readonly name: string | null;
  readonly content: unknown;
  /** The number of its timer; no two timers of a machine have the same. */
  readonly timer: number;
  /** When: from when it was set, or since the start of the clock, or now: before anything else comes in. */
  readonly due: 'after' | 'at' | 'now';
  readonly timeMs: number;
}

/** A state machine between two events. */
export interface Statem {
  readonly state: unknown;
  /** What is handled before anything that comes from outside, the oldest in front. */
  readonly events: EventList;
  /** What waits for another state, the newest in front. */
  readonly postponed: EventList;
  /** In the order they were set. */
  readonly timeouts: readonly SetTimeout[];
  /** How many timers there were. */
  readonly timers: number;
}

/** What the handling of an event has come to. */
export interface Transition {
  readonly state: unknown;
  /** Whether the state is another one than before. */
  readonly isChange: boolean;
  /** The event that was handled, if it is to be kept for another state. */
  readonly postponed: QueuedEvent | null;
  /** What is inserted, in order. */
  readonly nextEvents: readonly QueuedEvent[];
  readonly timeouts: readonly TimeoutAction[];
}

/** An event to handle, and the machine without it. */
export interface Taken {
  readonly event: QueuedEvent;
  readonly statem: Statem;
}

/** A machine that has not handled anything. */
export function newStatem(state: unknown): Statem {
  return { state, events: null, postponed: null, timeouts: noTimeouts, timers: 0 };
}

/** What a transition makes of the machine. OTP: steps 3 to 6 of a state transition. */
export function stepped(statem: Statem, transition: Transition): Statem {
  const { state, isChange, postponed, nextEvents } = transition;
  // Most events do nothing of what follows.
  if (isPlain(transition) && state === statem.state) return statem;
  const waiting = postponed === null ? statem.postponed : inFront(postponed, statem.postponed);
  let events = isChange ? turned(waiting, statem.events) : statem.events;
  for (let i = nextEvents.length - 1; i >= 0; i--) events = inFront(nextEvents[i] as QueuedEvent, events);
  const kept = isChange ? without(statem.timeouts, 'stateTimeout', null) : statem.timeouts;
  const moved = {
    state,
    events,
    postponed: isChange ? null : waiting,
    timeouts: kept,
    timers: statem.timers,
  };
  const next = lastOfEach(transition.timeouts).reduce(withTimeout, moved);
  return events === null ? next : received(next);
}

function isPlain({ isChange, postponed, nextEvents, timeouts }: Transition): boolean {
  return !isChange && postponed === null && nextEvents.length === 0 && timeouts.length === 0;
}

/** The next event from inside the machine: one that waits, or else a timeout that is due now. */
export function taken(statem: Statem): Taken | null {
  if (statem.events !== null) {
    const { state, postponed, timeouts, timers } = statem;
    const { event, rest } = statem.events;
    return { event, statem: received({ state, events: rest, postponed, timeouts, timers }) };
  }
  const due = statem.timeouts.find((timeout) => timeout.due === 'now');
  return due === undefined ? null : expire(statem, due);
}

/** Whether there is an event inside the machine, to be handled before anything that comes from outside. */
export function hasNext({ events, timeouts }: Statem): boolean {
  return events !== null || timeouts.some((timeout) => timeout.due === 'now');
}

/** An event has come from outside: any event puts an end to an event timeout. */
export function received(statem: Statem): Statem {
  const timeouts = without(statem.timeouts, 'eventTimeout', null);
  return timeouts === statem.timeouts ? statem : withTimeouts(statem, timeouts);
}

/** A timer has fired: its event, unless the timeout was cancelled or set anew meanwhile. */
export function expired(statem: Statem, timer: number): Taken | null {
  const timeout = statem.timeouts.find((one) => one.timer === timer);
  return timeout === undefined ? null : expire(statem, timeout);
}

/** The timers to stop and those to start on the way from one machine to the next. */
export function timerChanges(
  before: Statem,
  after: Statem,
): { readonly stop: readonly SetTimeout[]; readonly start: readonly SetTimeout[] } {
  const { timeouts: old } = before;
  const { timeouts: now } = after;
  if (old === now) return noChanges;
  return { stop: old.filter((one) => !runsIn(now, one)), start: now.filter((one) => !runsIn(old, one)) };
}

const noTimeouts: readonly SetTimeout[] = [];
const noChanges = { stop: noTimeouts, start: noTimeouts };

function runsIn(timeouts: readonly SetTimeout[], { timer, due }: SetTimeout): boolean {
  return due === 'now' || timeouts.some((one) => one.timer === timer);
}

function expire(statem: Statem, timeout: SetTimeout): Taken {
  const rest = without(statem.timeouts, timeout.kind, timeout.name);
  return { event: eventOf(timeout), statem: received(withTimeouts(statem, rest)) };
}

function eventOf({ kind, name, content }: SetTimeout): QueuedEvent {
  return kind === 'namedTimeout' ? { type: kind, name: name ?? '', content } : { type: kind, content };
}

/** Of several actions on one timeout the last counts. */
function lastOfEach(actions: readonly TimeoutAction[]): readonly TimeoutAction[] {
  if (actions.length < 2) return actions;
  return actions.filter((action, index) => !actions.some((other, at) => at > index && isSame(other, action)));
}

function withTimeout(statem: Statem, action: TimeoutAction): Statem {
  const { kind, name, how, content, timeMs } = action;
  const running = statem.timeouts.find((timeout) => isSame(timeout, action));
  if (how === 'update' && running !== undefined) {
    const updated = { ...running, content };
    return withTimeouts(
      statem,
      statem.timeouts.map((one) => (one === running ? updated : one)),
    );
  }
  const others = running === undefined ? statem.timeouts : without(statem.timeouts, kind, name);
  if (how === 'cancel' || timeMs === Infinity) return withTimeouts(statem, others);
  const timer = statem.timers + 1;
  // As in OTP, what finds nothing to update is due now.
  const isNow = how === 'update' || (how === 'start' && timeMs === 0);
  const due = how === 'startAt' ? 'at' : isNow ? 'now' : 'after';
  return withTimeouts(statem, [...others, { kind, name, content, timer, due, timeMs }], timer);
}

function withTimeouts(
  { state, events, postponed, timers }: Statem,
  timeouts: readonly SetTimeout[],
  count = timers,
): Statem {
  return { state, events, postponed, timeouts, timers: count };
}

function without(
  timeouts: readonly SetTimeout[],
  kind: TimeoutKind,
  name: string | null,
): readonly SetTimeout[] {
  for (const timeout of timeouts) {
    if (timeout.kind === kind && timeout.name === name) return timeouts.filter((one) => one !== timeout);
  }
  return timeouts;
}

function isSame(a: Pick<SetTimeout, 'kind' | 'name'>, b: Pick<SetTimeout, 'kind' | 'name'>): boolean {
  return a.kind === b.kind && a.name === b.name;
}
