import { destinationOf, LocalName, type Address, type ServerPid, type ServerRef } from '../terms/address';
import { checkDuration } from '../terms/duration';
import { BadArgumentError } from '../terms/errors';
import type { ExitReason } from '../terms/exit-reason';
import { From } from '../terms/from';
import type { Pid } from '../terms/pid';
import type { CallsOf, CastsOf, ReplyTo } from '../terms/protocol';
import type { Ref } from '../terms/ref';
import { defaultCallTimeoutMs } from './gen';
import { launch, type ProcessClass, type ServerClass, type StartArguments } from './launch';
import type { Launcher } from './launcher';
import type { LocalNode } from './local-node';
import type { CallOptions, Verbs } from './verbs';

/** The verbs that processes and nodes have in common. */
export abstract class BaseVerbs implements Verbs {
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

  /** The node to act on. @throws if who acts has ended */
  protected abstract acting(): LocalNode;
  protected abstract launcher(link: boolean): Launcher;

  send(to: Address, message: unknown): void {
    const local = this.acting();
    if (typeof to !== 'string') checkAddress('send', to);
    local.router.send(to, message, null);
  }

  call<S, const R extends CallsOf<S>>(
    server: ServerRef<S>,
    request: R,
    options?: CallOptions,
  ): Promise<ReplyTo<CallsOf<S>, R>> {
    const local = this.acting();
    let timeoutMs = defaultCallTimeoutMs;
    try {
      if (typeof server !== 'string') checkAddress('call', server);
      if (options?.timeoutMs !== undefined) timeoutMs = checkDuration('call', 'timeoutMs', options.timeoutMs);
    } catch (error) {
      return Promise.reject(error);
    }
    // The server's class vouches for the reply's type; what another node sends is for the application to check.
    return local.gen.call(this.pid, server, request, timeoutMs) as Promise<ReplyTo<CallsOf<S>, R>>;
  }

  cast<S>(server: ServerRef<S>, request: CastsOf<S>): void {
    const local = this.acting();
    if (typeof server !== 'string') checkAddress('cast', server);
    local.gen.cast(server, request);
  }

  reply(from: From, value: unknown): void {
    this.acting();
    if (!(from instanceof From))
      throw new BadArgumentError({ call: 'reply', expected: 'the from of a call', got: from });
    from.reply(value);
  }

  sendAfter(to: Address, message: unknown, delayMs: number): Ref {
    const local = this.acting();
    checkAddress('sendAfter', to);
    checkDuration('sendAfter', 'delayMs', delayMs);
    const timer = local.refs.next();
    local.timers.start(timer, delayMs, () => {
      local.router.send(to, message, null);
    });
    return timer;
  }

  cancelTimer(timer: Ref): number | false {
    return this.acting().timers.cancel(timer) ?? false;
  }

  whereis(name: string | LocalName<unknown>): Pid | undefined {
    return this.acting().registry.get(plainName(name))?.pid;
  }

  unregister(name: string | LocalName<unknown>): void {
    if (!this.acting().registry.unregister(plainName(name))) {
      throw new BadArgumentError({ call: 'unregister', expected: 'a registered name', got: name });
    }
  }

  registered(): string[] {
    return this.acting().registry.names();
  }

  exitSignal(to: Address, reason: ExitReason): void {
    const local = this.acting();
    local.router.route({
      kind: 'exit',
      from: this.pid,
      to: destinationOf('exitSignal', to, local.name),
      reason,
    });
  }

  start<S>(Server: ServerClass<S>, ...options: StartArguments<S>): Promise<ServerPid<S>>;
  start<M>(Class: ProcessClass<M>): Pid<M>;
  start(Class: ServerClass<unknown> | ProcessClass<unknown>, options: object = {}): unknown {
    this.acting();
    return startClass('start', Class, this.launcher(false), options);
  }
}

/** Starts a class that says how. */
export function startClass(call: string, Class: unknown, launcher: Launcher, options: object): unknown {
  const start = (Class as { [launch]?: unknown } | null | undefined)?.[launch];
  if (typeof start !== 'function') {
    throw new BadArgumentError({ call, expected: 'a class that extends GenServer or Process', got: Class });
  }
  return (start as (launcher: Launcher, options: object) => unknown).call(Class, launcher, options);
}

/** A name in its plain form. */
export function plainName(name: string | LocalName<unknown>): string {
  return name instanceof LocalName ? name.name : name;
}

function checkAddress(call: string, to: unknown): void {
  if (!(to instanceof LocalName)) destinationOf(call, to, 'nonode@nohost');
}
