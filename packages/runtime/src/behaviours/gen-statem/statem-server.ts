import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Self } from '../../node/node';
import { isPromise } from '../../terms/promise';
import {
  badReturn,
  continueWith,
  hibernate,
  isDeclined,
  noReply,
  Outcome,
  stop,
  type CallResult,
  type InitResult,
  type NoReply,
  type Stop,
} from '../gen-server/call-result';
import { embodied, type Callbacks, type Embodied } from '../gen-server/callbacks';
import { CallbackModules } from './callback-modules';
import {
  fieldsOf,
  readState,
  replaceStateOf,
  stateOf,
  writeState,
  type ServerStatus,
} from '../gen-server/server-state';
import { title, type Title } from '../gen-server/server-title';
import { observe, type Observation } from '../sys/observation';
import { eventsOf } from './event-list';
import { ask, checkOutcome, isReply, isStop, settled, thrownResult } from './handler-result';
import { ActionTerm } from './state-action';
import { StateOutcome } from './state-result';
import { statusOf, tell } from './statem-status';
import { asMachine, checkState, type StatemCallbacks } from './statem-callbacks';
import {
  expired,
  hasNext,
  newStatem,
  received,
  stepped,
  taken,
  type Statem,
  type Taken,
} from './statem-step';
import { StatemTimers, timerOf } from './statem-timers';
import type { EnterEvent, QueuedEvent } from './statem-types';
import { badAction, isSameState, TransitionDraft } from './transition-draft';

/** How the loop of the server goes on after an event. */
type Handled = NoReply | Stop;

/** Nothing to do but to wait for the next message. */
const wait: NoReply = noReply();
/** As `wait`, giving memory back. */
const sleep: NoReply = noReply(hibernate());
/** What a handler that says nothing means. */
const stay = new StateOutcome('keepState', undefined, []);
/** There are events inside the machine, which come first. */
const goOn: NoReply = noReply(continueWith(undefined));

/**
 * Runs a state machine as a server: what comes in becomes an event for its handler, and the events inside the machine
 * come before the next message, as a server's `handleContinue` does. Decides nothing itself: see `statem-step.ts`.
 */
export class StatemServer implements Callbacks {
  private statem: Statem = newStatem(undefined);
  /** How it begins, until it has begun. */
  private beginning: StateOutcome | null = null;
  /** The event at hand. */
  private current: QueuedEvent | null = null;
  private observation: Observation | null = null;
  private readonly modules: CallbackModules;

  constructor(
    private readonly machine: StatemCallbacks,
    private readonly timers = new StatemTimers(),
  ) {
    this.modules = new CallbackModules(machine);
  }

  get self(): Self {
    return this.machine.self;
  }
  set self(self: Self) {
    this.machine.self = self;
  }

  init(args: unknown): InitResult | Promise<InitResult> {
    let result: unknown;
    try {
      result = this.machine.init(args);
    } catch (thrown) {
      result = thrownResult(thrown);
    }
    return isPromise(result)
      ? settled(result).then((done) => this.initialized(done))
      : this.initialized(result);
  }

  handleCall(request: unknown, from: From): CallResult | Promise<CallResult> {
    return this.receive({ type: 'call', request, from });
  }

  handleCast(request: unknown): Handled | Promise<Handled> {
    return this.receive({ type: 'cast', request });
  }

  handleInfo(message: unknown): Handled | Promise<Handled> {
    const timer = timerOf(message);
    if (timer === undefined) return this.receive({ type: 'info', message });
    return this.handleTaken(expired(this.statem, timer));
  }

  handleContinue(): Handled | Promise<Handled> {
    const { beginning } = this;
    if (beginning === null) return this.handleTaken(taken(this.statem));
    this.beginning = null;
    const draft = new TransitionDraft(null, this.statem.state, this.observation);
    this.takeActions(draft, beginning);
    return this.transit(draft, true);
  }

  terminate(reason: ExitReason): void | Promise<void> {
    return this.machine.terminate(reason, this.statem.state);
  }

  formatStatus({ reason }: ServerStatus): ServerStatus {
    const status = statusOf(this.statem, this.current, stateOf(this.machine));
    const { reason: shown, ...state } = this.machine.formatStatus(
      reason === undefined ? status : { ...status, reason },
    );
    return reason === undefined ? { state } : { reason: shown, state };
  }

  [readState](): unknown {
    return { state: this.statem.state, data: stateOf(this.machine) };
  }

  /** As in OTP the state is replaced without being entered, and nothing postponed is handled again. */
  [writeState](replaced: unknown): void {
    const { state, data } = checkReplaced(replaced);
    this.machine[checkState](state);
    replaceStateOf(this.machine, data);
    this.statem = { ...this.statem, state };
  }

  [observe](observation: Observation | null): void {
    this.observation = observation;
    // What came before it is observed is not seen, also when it comes again.
    for (const event of eventsOf(this.statem.postponed)) observation?.returning.add(event);
  }

  [embodied](): Embodied {
    const { machine, statem } = this;
    return {
      instance: machine,
      before: { state: statem.state, data: fieldsOf(machine) },
      succeededBy: (successor, state = statem.state) => this.succeededBy(asMachine(successor), state),
    };
  }

  [title](): Title {
    return { behaviour: 'GenStatem', module: this.machine.constructor.name };
  }

  /** Goes on where it is, with another machine; as in OTP its state is not entered. */
  private succeededBy(machine: StatemCallbacks, state: unknown): StatemServer {
    machine[checkState](state);
    const successor = new StatemServer(machine, this.timers);
    successor.statem = { ...this.statem, state };
    successor.beginning = this.beginning;
    return successor;
  }

  private initialized(result: unknown): InitResult {
    if (isDeclined(result) || (result instanceof Outcome && result.kind === 'stop')) return result;
    if (!(result instanceof StateOutcome) || result.kind !== 'initialState') throw badReturn('init', result);
    this.machine[checkState](result.value);
    this.statem = newStatem(result.value);
    this.beginning = result;
    return goOn;
  }

  private receive(event: QueuedEvent): Handled | Promise<Handled> {
    this.become(received(this.statem));
    return this.handle(event);
  }

  private handleTaken(next: Taken | null): Handled | Promise<Handled> {
    // A timer may have fired before it was stopped.
    if (next === null) return this.rest();
    this.become(next.statem);
    return this.handle(next.event);
  }

  private handle(event: QueuedEvent): Handled | Promise<Handled> {
    this.current = event;
    if (this.observation !== null) tell(this.observation, event);
    const result = ask(this.machine, event, this.statem.state);
    return isPromise(result)
      ? settled(result).then((done) => (this.isOver() ? wait : this.handled(event, done)))
      : this.handled(event, result);
  }

  private handled(event: QueuedEvent, result: unknown): Handled | Promise<Handled> {
    if (result === undefined && this.observation === null) return this.rest();
    const draft = new TransitionDraft(event, this.statem.state, this.observation);
    if (isStop(result)) return this.stopping(draft, result);
    const outcome = result === undefined ? stay : checkOutcome(result);
    if (outcome.kind === 'nextState') draft.goTo(outcome.value);
    this.takeActions(draft, outcome);
    if (draft.isChange) this.machine[checkState](draft.state);
    return this.transit(draft, draft.isChange || outcome.kind === 'repeatState');
  }

  /** Goes to the state of the draft; `enters` says that it is entered, be it anew. */
  private transit(draft: TransitionDraft, enters: boolean): Handled | Promise<Handled> {
    if (!enters || !this.modules.stateEnter) return this.arrive(draft);
    // A handler may have ended its own process.
    if (this.isOver()) return wait;
    if (draft.isChange) this.statem = { ...this.statem, state: draft.state };
    const event: EnterEvent = { type: 'enter', oldState: draft.oldState };
    const result = ask(this.machine, event, draft.state);
    return isPromise(result)
      ? settled(result).then((done) => (this.isOver() ? wait : this.entered(draft, done)))
      : this.entered(draft, result);
  }

  private entered(draft: TransitionDraft, result: unknown): Handled | Promise<Handled> {
    if (result === undefined) return this.arrive(draft);
    if (isStop(result)) return this.stopping(draft, result);
    const outcome = checkOutcome(result);
    // What is being entered cannot be left at the same time.
    if (outcome.kind === 'nextState' && !isSameState(draft.state, outcome.value))
      throw badReturn('handleEvent (enter)', result);
    this.takeActions(draft, outcome, true);
    return outcome.kind === 'repeatState' ? this.transit(draft, true) : this.arrive(draft);
  }

  private arrive(draft: TransitionDraft): Handled {
    this.become(stepped(this.statem, draft));
    draft.report();
    const next = this.rest();
    return next === wait && draft.hibernates ? sleep : next;
  }

  /** Whether the process has ended, while the machine was busy. */
  private isOver(): boolean {
    return !this.self.node.isAlive(this.self.pid);
  }

  /** The event is handled: what is left inside the machine is next, or else a message. */
  private rest(): Handled {
    if (hasNext(this.statem)) return goOn;
    this.current = null;
    return wait;
  }

  private become(statem: Statem): void {
    const before = this.statem;
    if (statem === before) return;
    this.statem = statem;
    if (statem.timeouts !== before.timeouts) this.timers.follow(this.self, before, statem);
  }

  private takeActions(draft: TransitionDraft, { actions }: StateOutcome, entering = false): void {
    for (const action of actions) {
      if (action instanceof ActionTerm && action.kind === 'module' && !entering) this.modules.change(action);
      else draft.take(action, entering);
    }
  }

  /** Callers are answered before `terminate` is called, other than by a server. */
  private stopping(draft: TransitionDraft, result: Outcome | StateOutcome): Stop {
    const replies =
      result instanceof StateOutcome ? result.actions : result.also === null ? [] : [result.also];
    for (const reply of replies) {
      if (!isReply(reply)) throw badAction(reply);
      draft.take(reply, false);
    }
    return stop(result.value);
  }
}

function checkReplaced(replaced: unknown): { readonly state: unknown; readonly data: unknown } {
  if (typeof replaced === 'object' && replaced !== null && 'state' in replaced && 'data' in replaced)
    return replaced;
  throw new BadArgumentError({ call: 'replaceState', expected: 'an object { state, data }', got: replaced });
}
