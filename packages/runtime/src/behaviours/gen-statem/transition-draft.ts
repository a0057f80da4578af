import { isDeepStrictEqual } from '#platform/equality';
import { ProcessExit } from '../../terms/exit-reason';
import { isFrom, type From } from '../../terms/from';
import { Outcome, ReplyPort } from '../gen-server/call-result';
import type { Observation } from '../sys/observation';
import { ActionTerm, type TimeoutAction } from './state-action';
import { shownEvent } from './statem-status';
import type { Transition } from './statem-step';
import type { QueuedEvent } from './statem-types';

const insertable: ReadonlySet<unknown> = new Set<QueuedEvent['type']>([
  'call',
  'cast',
  'info',
  'eventTimeout',
  'stateTimeout',
  'namedTimeout',
  'internal',
]);

/** A transition while it is made: by the actions of a handler, and then of the call that enters the state. */
export class TransitionDraft implements Transition {
  state: unknown;
  isChange = false;
  readonly nextEvents: QueuedEvent[] = [];
  readonly timeouts: TimeoutAction[] = [];
  /** Whether to give memory back if there is nothing else to handle. */
  hibernates = false;
  private keeps = false;

  constructor(
    /** The event at hand; none when the machine begins. */
    readonly event: QueuedEvent | null,
    readonly oldState: unknown,
    private readonly observation: Observation | null,
  ) {
    this.state = oldState;
  }

  get postponed(): QueuedEvent | null {
    return this.keeps ? this.event : null;
  }

  /** Goes to a state. */
  goTo(state: unknown): void {
    this.isChange = !isSameState(this.oldState, state);
    this.state = state;
  }

  /**
   * Takes an action: a reply goes out at once, the rest is kept for the step.
   * @param entering whether a state is being entered: nothing can be postponed or inserted then
   */
  take(action: unknown, entering: boolean): void {
    if (action instanceof Outcome) this.takeOutcome(action);
    else if (!(action instanceof ActionTerm)) throw badAction(action);
    else if (action.kind === 'timeout') this.timeouts.push(action.value as TimeoutAction);
    else if (action.kind === 'replyTo') this.replyTo(action);
    else this.keep(action, entering);
  }

  /** Tells who observes the machine that the transition is done. */
  report(): void {
    const { event, oldState: state, state: nextState } = this;
    if (this.observation === null || event === null) return;
    const type = this.keeps ? 'postponed' : 'consumed';
    if (this.keeps) this.observation.returning.add(event);
    this.observation.saw({ type, event: shownEvent(event), state, nextState });
  }

  private replyTo(action: ActionTerm): void {
    if (!(action.target instanceof ReplyPort)) throw badAction(action);
    this.reply((action.target as ReplyPort<unknown>).from, action.value);
  }

  private reply(from: From, value: unknown): void {
    from.reply(value);
    this.observation?.saw({ type: 'reply', reply: value, to: from.pid });
  }

  private keep(action: ActionTerm, entering: boolean): void {
    // As in OTP, a state that is entered may take back that the event before is postponed.
    if (entering && !(action.kind === 'postpone' && action.value === false)) throw badAction(action);
    if (action.kind === 'postpone') this.keeps = action.value === true;
    else if (action.kind === 'nextEvent' && isInsertable(action.value)) this.nextEvents.push(action.value);
    else throw badAction(action);
  }

  /** What a server returns, where it says the same here: a reply, and `hibernate()`, alone or behind one. */
  private takeOutcome(action: Outcome): void {
    if (action.kind === 'hibernate') this.hibernates = true;
    else if (action.kind !== 'reply' || this.event?.type !== 'call') throw badAction(action);
    else {
      this.reply(this.event.from, action.value);
      if (action.also !== null) this.takeOutcome(action.also);
    }
  }
}

/** The exit of a handler that asked for something that cannot be done, or not there. */
export function badAction(action: unknown): ProcessExit {
  const shown = action instanceof ActionTerm ? { action: action.kind, value: action.value } : action;
  return new ProcessExit({ type: 'badAction', value: shown });
}

/** Whether going from one state to the other is no change. States that are objects are compared by their contents. */
export function isSameState(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === 'object' && typeof b === 'object' && isDeepStrictEqual(a, b));
}

function isInsertable(event: unknown): event is QueuedEvent {
  const { type, from } = (event ?? {}) as { readonly type?: unknown; readonly from?: unknown };
  return insertable.has(type) && (type !== 'call' || isFrom(from));
}
