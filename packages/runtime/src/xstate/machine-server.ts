import {
  createActor,
  matchesState,
  type Actor,
  type ActorOptions,
  type AnyStateMachine,
  type EventFromLogic,
  type EventObject,
  type Snapshot,
} from 'xstate';
import { BadArgumentError } from '../terms/errors';
import type { From } from '../terms/from';
import type { SystemMessage } from '../terms/message';
import {
  continueWith,
  noReply,
  reply,
  stop,
  type CallResult,
  type Next,
  type Stop,
} from '../behaviours/gen-server/call-result';
import { GenServer } from '../behaviours/gen-server/gen-server';
import { OwnMessages } from '../behaviours/gen-server/own-messages';
import { readState } from '../behaviours/gen-server/server-state';
import type { MachineArgs, MachineCalls, MachineView } from './machine-types';
import { ProcessClock } from './process-clock';
import { WaitingCalls } from './waiting-calls';

/** What is read of a snapshot, of whatever machine. */
interface MachineSnapshot {
  readonly status: MachineView['status'];
  readonly value: unknown;
  readonly context: unknown;
  readonly tags: Iterable<unknown>;
  readonly output: unknown;
  readonly error: unknown;
  readonly children: object;
}

/** A machine that has come to its end tells its own process so, which may be doing something else. */
const ended = { type: '$machineEnded' } as const;

const systemTypes: ReadonlySet<unknown> = new Set<SystemMessage['type']>([
  'DOWN',
  'EXIT',
  'nodeup',
  'nodedown',
  'taskReply',
]);

/**
 * An XState machine as a server. Casts, messages and the events of `send` are its events, each handled in its turn, as
 * are its delays, by the time of the node; what its invoked actors send comes when it comes. The process ends with
 * `'normal'` when the machine is done, and with its error when it fails. Made by `machineServer`.
 */
export class MachineServer<M extends AnyStateMachine> extends GenServer<
  MachineCalls<M>,
  EventFromLogic<M>,
  MachineArgs<M>
> {
  private actor!: Actor<M>;
  private messages!: OwnMessages;
  private timers!: ProcessClock;
  private readonly waiting = new WaitingCalls<MachineView<M>>();

  /** The machine to run; asked for once, when the process starts. */
  protected createMachine(): M {
    const expected = 'a class that machineServer made, or that overrides createMachine()';
    throw new BadArgumentError({ call: 'start', expected, got: this.constructor });
  }

  /** The event that a message is, if it is not one as it stands. */
  protected mapMessage(message: SystemMessage | EventFromLogic<M>): EventFromLogic<M> | undefined {
    return undefined;
  }

  override init(args: MachineArgs<M>): Next {
    this.messages = new OwnMessages(this.self);
    this.timers = new ProcessClock(this.messages);
    this.actor = createActor(this.createMachine(), this.actorOptions(args));
    this.actor.subscribe({
      next: () => {
        this.waiting.answer(this.view());
      },
      error: () => {
        this.messages.send(ended);
      },
      complete: () => {
        this.messages.send(ended);
      },
    });
    // Its invoked actors must not outlive a process that is killed.
    this.self.signal.addEventListener('abort', () => {
      this.stopActor();
    });
    this.actor.start();
    // One that is done at once has started all the same.
    return this.next() === undefined ? undefined : continueWith('done');
  }

  override handleContinue(): Next {
    return this.next();
  }

  override handleCast(event: EventFromLogic<M>): Next {
    return this.send(event);
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (isEnd(message) || this.timers.receive(message)) return this.next();
    const event = this.mapMessage(message as SystemMessage | EventFromLogic<M>) ?? eventIn<M>(message);
    return event === undefined ? super.handleInfo(message) : this.send(event);
  }

  override handleCall(request: MachineCalls<M>, from: From): CallResult {
    switch (request.type) {
      case 'snapshot':
        return reply(request, this.view() as never);
      case 'send': {
        const ends = this.send(request.event);
        const answer = reply(request, this.view() as never);
        return ends === undefined ? answer : stop('normal', answer);
      }
      case 'waitFor':
        return this.wait(from, ({ value }) => matchesState(request.state, value));
      case 'output':
        return this.wait(
          from,
          ({ status }) => status === 'done',
          ({ output }) => output,
        );
      case 'persist':
        return reply(request, this.actor.getPersistedSnapshot());
      default:
        return super.handleCall(request, from) as CallResult;
    }
  }

  override terminate(): void {
    this.stopActor();
  }

  /** A machine that runs cannot become another one: start that from what `persist` tells, if it fits. */
  override codeChange(): void {
    const expected = 'a server whose code can change: a machine goes on as it began';
    throw new BadArgumentError({ call: 'codeChange', expected, got: this.constructor });
  }

  [readState](): MachineView<M> {
    return this.view();
  }

  private actorOptions(args: MachineArgs<M>): ActorOptions<M> {
    const { input, snapshot } = this.checkArgs(args);
    const { log } = this.self;
    return {
      clock: this.timers,
      logger: (...values: unknown[]) => {
        log.info(`machine ${this.constructor.name} logs`, { values });
      },
      ...(input === undefined ? {} : { input }),
      ...(snapshot === undefined ? {} : { snapshot: this.checkSnapshot(snapshot) }),
    } as unknown as ActorOptions<M>;
  }

  private checkArgs(args: unknown): { input?: unknown; snapshot?: Snapshot<unknown> } {
    if (args === undefined) return {};
    const keys = typeof args === 'object' && args !== null ? Object.keys(args) : [''];
    if (keys.every((key) => key === 'input' || key === 'snapshot')) return args as object;
    const expected = 'args: { input } or { snapshot }';
    throw new BadArgumentError({ call: `start ${this.constructor.name}`, expected, got: args });
  }

  private checkSnapshot(snapshot: Snapshot<unknown>): Snapshot<unknown> {
    const { status, value } = (snapshot as Partial<MachineSnapshot> | null) ?? {};
    if ((status === 'active' || status === 'done') && value !== undefined) return snapshot;
    const expected = "a snapshot that 'persist' told of a machine that runs or is done";
    throw new BadArgumentError({ call: `start ${this.constructor.name}`, expected, got: snapshot });
  }

  private send(event: EventFromLogic<M>): Stop | undefined {
    if (eventIn<M>(event) === undefined) {
      const expected = 'an event: an object with a type';
      throw new BadArgumentError({ call: this.constructor.name, expected, got: event });
    }
    this.actor.send(event);
    return this.next();
  }

  /** How the process goes on after a step of the machine. */
  private next(): Stop | undefined {
    const { status, error } = this.snapshot();
    if (status === 'error') throw error;
    return status === 'done' ? stop('normal') : undefined;
  }

  private wait(
    from: From,
    isMet: (view: MachineView<M>) => boolean,
    answer: (view: MachineView<M>) => unknown = (view) => view,
  ): CallResult {
    this.waiting.add({ from, isMet, answer });
    this.waiting.answer(this.view());
    return noReply();
  }

  private view(): MachineView<M> {
    const { status, value, context, tags, output, children } = this.snapshot();
    return { status, value, context, tags: [...tags], output, children: Object.keys(children) } as never;
  }

  private snapshot(): MachineSnapshot {
    return this.actor.getSnapshot();
  }

  private stopActor(): void {
    this.actor.stop();
  }
}

function isEnd(message: unknown): boolean {
  return (message as Partial<typeof ended> | null | undefined)?.type === ended.type;
}

/** A message that is an event by itself: an object with a type that none of the runtime's own messages has. */
function eventIn<M extends AnyStateMachine>(message: unknown): EventFromLogic<M> | undefined {
  const { type } = (message ?? {}) as Partial<EventObject>;
  return typeof type === 'string' && !systemTypes.has(type) ? (message as EventFromLogic<M>) : undefined;
}
