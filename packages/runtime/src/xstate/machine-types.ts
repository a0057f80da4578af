import type {
  AnyStateMachine,
  ContextFrom,
  EventFromLogic,
  InputFrom,
  OutputFrom,
  Snapshot,
  SnapshotFrom,
  StateValueFrom,
  TagsFrom,
} from 'xstate';
import type { SystemMessage } from '../terms/message';
import type { Call } from '../terms/protocol';

/** A machine as others see it: its snapshot, as data that can travel if the context can. */
export interface MachineView<M extends AnyStateMachine = AnyStateMachine> {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: SnapshotFrom<M>['value'];
  readonly context: ContextFrom<M>;
  readonly tags: readonly TagsFrom<M>[];
  /** Of a machine that is done. */
  readonly output: OutputFrom<M> | undefined;
  /** The ids of the actors it has invoked and spawned. */
  readonly children: readonly string[];
}

/** What a machine answers. */
export type MachineCalls<M extends AnyStateMachine> =
  /** How it is now. */
  | Call<{ type: 'snapshot' }, MachineView<M>>
  /** Handles an event, and tells how it is then. */
  | Call<{ type: 'send'; event: EventFromLogic<M> }, MachineView<M>>
  /** Answers as soon as it is in a state: `'a'`, or `{ a: 'b' }` for a state within another. */
  | Call<{ type: 'waitFor'; state: StateValueFrom<M> }, MachineView<M>>
  /** Answers as soon as it is done, with its output. */
  | Call<{ type: 'output' }, OutputFrom<M>>
  /**
   * What it can be started from again, as `args.snapshot`. XState keeps no delays: those of the state it is in do not
   * run in what starts from it.
   */
  | Call<{ type: 'persist' }, Snapshot<unknown>>;

interface FromInput<Input> {
  readonly input: Input;
  readonly snapshot?: undefined;
}
interface FromSnapshot {
  readonly input?: undefined;
  readonly snapshot: Snapshot<unknown>;
}
interface FromNothing<Input> {
  readonly input?: Input;
  readonly snapshot?: Snapshot<unknown>;
}

/** What a machine is started with: its input, if it takes one, or a snapshot that `persist` told. */
export type MachineArgs<M extends AnyStateMachine> =
  undefined extends InputFrom<M>
    ? FromNothing<InputFrom<M>> | undefined
    : FromInput<InputFrom<M>> | FromSnapshot;

/** Options of a class of machines. */
export interface MachineOptions<
  M extends AnyStateMachine,
  Event extends EventFromLogic<M> = EventFromLogic<M>,
> {
  /** What the class is called: in child specs, errors and reports. Default: the id of the machine. */
  readonly name?: string;
  /**
   * Makes an event of a message, of `DOWN`, `EXIT`, `nodeup` and `nodedown` for example, which are no events by
   * themselves. Without a result a message is an event if it is none of these.
   */
  readonly mapMessage?: (message: SystemMessage | EventFromLogic<M>) => Event | undefined;
}
