import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import { z } from '#zod';
import {
  plainName,
  type Address,
  type LocalName,
  type ServerName,
  type ServerPid,
  type ServerRef,
} from '../../terms/address';
import { checkDuration, isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import { isFrom, type From } from '../../terms/from';
import type { TimerTimeout } from '../../terms/message';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Pid } from '../../terms/pid';
import type { CallsOf, CastsOf, ReplyTo } from '../../terms/protocol';
import { checkRef, type Ref } from '../../terms/ref';
import { inspected } from '../../terms/inspected';
import { castLabel } from '../../terms/signal';
import { Via } from '../../terms/via';
import type { LocalProcess } from '../../process/local-process';
import { sendLater } from '../signals/delayed-send';
import { defaultCallTimeoutMs } from '../calls/gen';
import { passMessage } from '../signals/isolating-router';
import { launch, type ProcessClass, type ServerClass, type StartArguments } from '../spawn/launch';
import type { Launcher } from '../spawn/launcher';
import type { LocalNode } from '../local-node';
import type { AnySelf, Self } from '../node';
import type { NosuspendOptions, SendOptions, SendOutcome, SuspendOptions } from '../signals/send-options';
import { orderOf, spawnThere, type SpawnTarget } from '../spawn/spawn-on';
import type { SpawnOptions } from '../spawn/spawn-options';
import type { SpawnsOn } from '../spawn/spawn-verbs';
import { sendWith } from '../signals/suspended-send';
import type { CallOptions, Verbs } from './verbs';

/** The verbs that processes and nodes have in common. */
export abstract class BaseVerbs implements Verbs, SpawnsOn<AnySelf> {
  abstract get pid(): Pid;

  /**
   * Who starts processes on behalf of a node or a process: for the behaviours, which see more than a user does.
   * @throws BadArgumentError if `on` is neither, or is a node that has stopped
   */
  static launcherOf(call: string, on: unknown, link: boolean): Launcher {
    if (!(on instanceof BaseVerbs)) {
      throw new BadArgumentError({ call, expected: 'a node or a process', got: on });
    }
    on.acting();
    return on.launcher(link);
  }

  /** The process whose voice `self` is, for the behaviours; `null` if it is none of this runtime's. */
  static processOf(self: Self): LocalProcess | null {
    return self instanceof BaseVerbs ? self.caller : null;
  }

  /** The node to act on. @throws if who acts has ended */
  protected abstract acting(): LocalNode;
  /** Who starts a process. @throws if who acts has ended */
  protected abstract launcher(link: boolean): Launcher;
  /** The process that acts, if it is one. */
  protected abstract get caller(): LocalProcess | null;

  /** For prompts and logs: which process it is, and the fields of its own class. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const own: Record<string, unknown> = Object.fromEntries(Object.entries(this));
    const { local: _, process, receiver: __, extras: ___, ...fields } = own;
    const pid = (process as LocalProcess | undefined)?.pid;
    return inspected(this.constructor.name, { pid, ...fields }, depth, options);
  }

  send(to: Address, message: unknown): void;
  send(to: Address, message: unknown, options: NosuspendOptions): SendOutcome;
  send(to: Address, message: unknown, options: SuspendOptions): Promise<void>;
  send(to: Address, message: unknown, options?: SendOptions): SendOutcome | Promise<void> | undefined {
    const local = this.acting();
    if (options !== undefined)
      return sendWith(local, this.caller, { call: 'send', to, message, label: null }, options);
    local.router.send(to, message, null, this.caller);
    return undefined;
  }

  call<S, const R extends CallsOf<S>>(
    server: ServerRef<S>,
    request: R,
    options?: CallOptions,
  ): Promise<ReplyTo<CallsOf<S>, R>> {
    try {
      const reply = this.acting().gen.call(server, request, timeoutOf(options), this.caller);
      // The server's class vouches for the reply's type; what another node sends is for the application to check.
      return reply as Promise<ReplyTo<CallsOf<S>, R>>;
    } catch (error) {
      if (error instanceof BadArgumentError) return Promise.reject(error);
      throw error;
    }
  }

  cast<S>(server: ServerRef<S>, request: CastsOf<S>): void;
  cast<S>(server: ServerRef<S>, request: CastsOf<S>, options: NosuspendOptions): SendOutcome;
  cast<S>(server: ServerRef<S>, request: CastsOf<S>, options: SuspendOptions): Promise<void>;
  cast<S>(
    server: ServerRef<S>,
    request: CastsOf<S>,
    options?: SendOptions,
  ): SendOutcome | Promise<void> | undefined {
    const local = this.acting();
    if (options !== undefined) {
      const outgoing = { call: 'cast', to: server, message: request, label: castLabel } as const;
      return sendWith(local, this.caller, outgoing, options);
    }
    local.gen.cast(server, request, this.caller);
    return undefined;
  }

  reply(from: From, value: unknown): void {
    this.acting();
    if (!isFrom(from))
      throw new BadArgumentError({ call: 'reply', expected: 'the from of a call', got: from });
    from.reply(value);
  }

  sendAfter(to: Address, message: unknown, delayMs: number): Ref {
    const local = this.acting();
    checkDuration('sendAfter', 'delayMs', delayMs);
    const passed = passMessage(local.isolation, message, 'message');
    return sendLater('sendAfter', local, to, passed, delayMs);
  }

  startTimer(to: Address, message: unknown, delayMs: number): Ref {
    const local = this.acting();
    checkDuration('startTimer', 'delayMs', delayMs);
    const timeout: { -readonly [Key in keyof TimerTimeout]?: TimerTimeout[Key] } = { type: 'timeout' };
    timeout.message = passMessage(local.isolation, message, 'message');
    timeout.timer = sendLater('startTimer', local, to, timeout, delayMs);
    return timeout.timer;
  }

  cancelTimer(timer: Ref): number | false {
    const { timers } = this.acting();
    const leftMs = typeof timer === 'string' ? timers.cancel(timer) : undefined;
    if (leftMs !== undefined) return leftMs;
    checkRef('cancelTimer', timer);
    return false;
  }

  readTimer(timer: Ref): number | false {
    const { timers } = this.acting();
    return timers.leftMs(checkRef('readTimer', timer)) ?? false;
  }

  whereis(name: ServerName): Pid | undefined {
    const { registry, services } = this.acting();
    if (name instanceof Via) return services.whereis(name);
    return registry.get(plainName('whereis', name))?.pid;
  }

  unregister(name: string | LocalName<unknown>): void {
    const { registry } = this.acting();
    if (!registry.unregister(plainName('unregister', name))) {
      throw new BadArgumentError({ call: 'unregister', expected: 'a registered name', got: name });
    }
  }

  registered(): string[] {
    return this.acting().registry.names();
  }

  async spawnOn(...target: SpawnTarget): Promise<Pid> {
    const relation = { local: this.acting(), parent: this.caller, link: false, monitor: false };
    return (await spawnThere(orderOf('spawnOn', relation.local.name, target), relation)).pid;
  }

  exitSignal(to: Address, reason: ExitReason): void {
    const local = this.acting();
    local.router.route({
      kind: 'exit',
      from: this.pid,
      to: local.router.destinationOf('exitSignal', to),
      reason,
    });
  }

  start<S>(Server: ServerClass<S>, ...options: StartArguments<S>): Promise<ServerPid<S>>;
  start<M>(Class: ProcessClass<M>, options?: SpawnOptions): Pid<M>;
  start(Class: ServerClass<unknown> | ProcessClass<unknown>, options: object = {}): unknown {
    return startClass('start', Class, this.launcher(false), options);
  }
}

/** Starts a class that says how. */
export function startClass(call: string, Class: unknown, launcher: Launcher, options: object): unknown {
  const start = (Class as { [launch]?: unknown } | null | undefined)?.[launch];
  if (typeof start !== 'function') {
    throw new BadArgumentError({
      call,
      expected: 'a class that extends GenServer, GenStatem or Process',
      got: Class,
    });
  }
  return (start as (launcher: Launcher, options: object) => unknown).call(Class, launcher, options);
}

export const callOptionsSchema = z.strictObject({ timeoutMs: durationSchema.optional() });

/** The timeout of a call. Only what is not plainly right is looked at closely: a call takes no longer than need be. */
function timeoutOf(options: CallOptions | undefined): number {
  return options === undefined ? defaultCallTimeoutMs : timeoutIn(options);
}

function timeoutIn(options: CallOptions): number {
  const timeoutMs = (options as CallOptions | null)?.timeoutMs;
  if (isDuration(timeoutMs)) return timeoutMs;
  checkOptions('call', callOptionsSchema, options);
  return defaultCallTimeoutMs;
}
