import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import type { ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Pid } from '../../terms/pid';
import type { protocol, Serves } from '../../terms/protocol';
import { launch, type ServerOptions } from '../../node/spawn/launch';
import type { Launcher } from '../../node/spawn/launcher';
import type { Self } from '../../node/node';
import type { CallbacksClass } from './callbacks';
import type { CallResult, InitResult, Next } from './call-result';
import type { ServerStatus } from './server-state';
import { startServer } from './start-server';

/**
 * A server: a process that handles one message at a time by callbacks, and whose own fields are its state. Callbacks
 * may be async; the next message waits until they are done. An error in a callback ends the server with that error.
 * OTP: `gen_server`.
 *
 * @typeParam Calls the requests it answers: a union of `Call<Request, Reply>`
 * @typeParam Casts the requests it does not answer
 * @typeParam Args what `init` gets
 */
export abstract class GenServer<Calls = never, Casts = never, Args = undefined> implements Serves<
  Calls,
  Casts,
  Args
> {
  declare readonly [protocol]?: { readonly calls: Calls; readonly casts: Casts; readonly args: Args };
  /** The process the server runs in. */
  readonly self!: Self;

  /** Starts a server of this class. */
  static [launch](this: CallbacksClass, launcher: Launcher, options: ServerOptions<unknown>): Promise<Pid> {
    return startServer(launcher, this, options);
  }

  /**
   * Prepares the server before any message; `start` waits for it. OTP: `init/1`.
   * @returns nothing, `continueWith(term)`, `stop(reason)`, `decline(reason)` or `ignore()`
   */
  init(args: Args): InitResult | Promise<InitResult> {
    return undefined;
  }

  /** Handles a request that wants an answer. OTP: `handle_call/3`. */
  handleCall(request: Calls, from: From): CallResult | Promise<CallResult> {
    throw new BadArgumentError({
      call: `${this.constructor.name}.handleCall`,
      expected: 'handleCall to be overridden',
      got: request,
    });
  }

  /** Handles a request without an answer. OTP: `handle_cast/2`. */
  handleCast(request: Casts): Next | Promise<Next> {
    throw new BadArgumentError({
      call: `${this.constructor.name}.handleCast`,
      expected: 'handleCast to be overridden',
      got: request,
    });
  }

  /**
   * Handles every other message: `DOWN`, `EXIT`, `nodeup`, timers. Unless overridden it is logged. OTP:
   * `handle_info/2`.
   */
  handleInfo(message: unknown): Next | Promise<Next> {
    const server = `${this.constructor.name} ${this.self.pid}`;
    this.self.log.report('warning', { type: 'unexpectedMessage', server, message });
    return undefined;
  }

  /** Goes on after `continueWith(term)`, before any message. OTP: `handle_continue/2`. */
  handleContinue(term: unknown): Next | Promise<Next> {
    throw new BadArgumentError({
      call: this.constructor.name,
      expected: 'handleContinue to be overridden',
      got: prose('a server without it'),
    });
  }

  /**
   * Cleans up before the server ends: after `stop`, after an error in a callback, and, if it traps exits, after the
   * exit of the process that started it by `startLink`. Not after `kill`. OTP: `terminate/2`.
   */
  terminate(reason: ExitReason): void | Promise<void> {
    return undefined;
  }

  /**
   * Makes its fields those of this class, when it has taken the place of a server of an older (or newer) one: see
   * `sys.changeCode`. At first they are those of the old one, and for names that it had not, those of the constructor.
   * An error in it leaves the old server in place. OTP: `code_change/3`.
   * @param oldVersion `static version` of the old class, unless `sys.changeCode` was told another one
   * @param extra what `sys.changeCode` was given
   * @param oldFields the fields of the old server, also those that have no place in this class
   */
  codeChange(
    oldVersion: unknown,
    extra: unknown,
    oldFields: Readonly<Record<string, unknown>>,
  ): void | Promise<void> {
    return undefined;
  }

  /**
   * Says what crash reports and `sys.getStatus` show of this server: for state, messages and reasons that hold secrets
   * or are large. Unless overridden they show all. OTP: `format_status/1`.
   * @returns the status with other contents
   */
  formatStatus(status: ServerStatus): ServerStatus {
    return status;
  }
}
