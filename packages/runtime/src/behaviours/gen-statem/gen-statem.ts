import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { protocol, Serves } from '../../terms/protocol';
import { show } from '../../terms/show';
import { launch, type ServerOptions } from '../../node/spawn/launch';
import type { Launcher } from '../../node/spawn/launcher';
import type { Self } from '../../node/node';
import type { StatemInitResult, StateResult } from './state-result';
import { startCallbacks } from '../gen-server/start-server';
import { checkState, type StatemClass } from './statem-callbacks';
import { StatemServer } from './statem-server';
import type { StatemStatus } from './statem-status';
import type { StatemEvent, StatemTypes, TypeIn } from './statem-types';

/** The function of a state. */
export type StateFunction<T extends StatemTypes> = (
  event: StatemEvent<T>,
) => StateResult<T> | Promise<StateResult<T>>;

/** A machine before its code changed. */
export interface StatemBefore {
  readonly state: unknown;
  /** Its fields. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the `codeChange` of a machine returns. */
// `void`, because one that keeps the state should not have to say so.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
export type StateAfterChange<T extends StatemTypes> = T['state'] | void | undefined;

/** A method for each state: what a machine of states as functions `implements`. OTP: `state_functions`. */
export type StateFunctions<T extends StatemTypes> = {
  readonly [State in T['state'] & string]: StateFunction<T>;
};

/**
 * A state machine: a server that handles what comes in by the state it is in, whose own fields are its data. It has
 * one method for each state, named as the state, or overrides `handleEvent`, which then gets every event. Handlers
 * return what `nextState`, `keepState`, `repeatState`, `stop` and `stopAndReply` make, or nothing to stay as they are;
 * they may be async: the next event waits until they are done. It is called, cast to, started, stopped, supervised and
 * looked into as a GenServer is. OTP: `gen_statem`.
 *
 * @typeParam T its types: its states, and what it is sent and sends itself
 */
export abstract class GenStatem<T extends StatemTypes> implements Serves<
  TypeIn<T, 'calls'>,
  TypeIn<T, 'casts'>,
  TypeIn<T, 'args', undefined>
> {
  /** Whether each state that is entered is told so by an event `enter`, before any other. OTP: `state_enter`. */
  static readonly stateEnter: boolean = false;

  declare readonly [protocol]?: {
    readonly calls: TypeIn<T, 'calls'>;
    readonly casts: TypeIn<T, 'casts'>;
    readonly args: TypeIn<T, 'args', undefined>;
  };
  /** The process the machine runs in. */
  readonly self!: Self;

  /** Starts a machine of this class. */
  static async [launch](
    this: StatemClass,
    launcher: Launcher,
    options: ServerOptions<unknown>,
  ): Promise<Pid> {
    const { init } = (this as unknown as { readonly prototype: { readonly init?: unknown } }).prototype;
    if (typeof init !== 'function') {
      throw new BadArgumentError({ call: `start ${this.name}`, expected: 'a method init', got: init });
    }
    const create = (): StatemServer => new StatemServer(new (launcher.local.code.newest(this))());
    return startCallbacks(launcher, { behaviour: 'GenStatem', module: this.name }, create, options);
  }

  /**
   * Says in which state the machine begins; `start` waits for it. OTP: `init/1`.
   * @returns `initialState(state, …)`, `stop(reason)`, `decline(reason)` or `ignore()`
   */
  abstract init(args: TypeIn<T, 'args', undefined>): StatemInitResult<T> | Promise<StatemInitResult<T>>;

  /**
   * Handles an event. Unless overridden, the method named as the state does. OTP: `handle_event/4`, and what
   * `callback_mode/0` tells.
   * @throws BadArgumentError if there is no such method
   */
  handleEvent(event: StatemEvent<T>, state: T['state']): StateResult<T> | Promise<StateResult<T>> {
    return stateFunction<T>(this, state).call(this, event);
  }

  /**
   * Cleans up before the machine ends: after `stop`, after an error in a handler, and, if it traps exits, after the exit
   * of the process that started it by `startLink`. Not after `kill`. OTP: `terminate/3`.
   */
  terminate(reason: ExitReason, state: T['state']): void | Promise<void> {
    return undefined;
  }

  /**
   * Makes its state and fields those of this class, when it has taken the place of a machine of another version of it:
   * see `sys.changeCode`. At first its fields are those of the old one, and for names that it had not, those of the
   * constructor. An error in it leaves the old machine in place. OTP: `code_change/4`.
   * @param oldVersion `static version` of the old class, unless `sys.changeCode` was told another one
   * @param extra what `sys.changeCode` was given
   * @param before the state and the fields of the old machine
   * @returns the state it is in; nothing if that stays. It is not entered.
   */
  codeChange(
    oldVersion: unknown,
    extra: unknown,
    before: StatemBefore,
  ): StateAfterChange<T> | Promise<StateAfterChange<T>> {
    return undefined;
  }

  /**
   * Says what crash reports and `sys.getStatus` show of this machine: for states, data and events that hold secrets or
   * are large. Unless overridden they show all. OTP: `format_status/1`.
   * @returns the status with other contents
   */
  formatStatus(status: StatemStatus): StatemStatus {
    return status;
  }

  [checkState](state: unknown): void {
    if (this.handleEvent === GenStatem.prototype.handleEvent) stateFunction(this, state);
  }
}

/** The method of a state: one that the machine's class has, not this one. */
function stateFunction<T extends StatemTypes>(machine: GenStatem<T>, state: unknown): StateFunction<T> {
  const own = typeof state === 'string' && state !== 'init' && !(state in GenStatem.prototype);
  const method = own ? (machine as unknown as Readonly<Record<string, unknown>>)[state] : undefined;
  if (typeof method === 'function') return method as StateFunction<T>;
  const expected = `a method for state ${show(state)}`;
  throw new BadArgumentError({ call: machine.constructor.name, expected, got: method });
}
