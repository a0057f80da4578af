import type { ServerPid } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import { BaseVerbs, startClass } from '../../node/verbs/base-verbs';
import type { ProcessClass, ServerClass, StartArguments } from '../../node/spawn/launch';
import type { AnySelf } from '../../node/node';
import type { SpawnOptions } from '../../node/spawn/spawn-options';
import type { Monitored } from '../../node/spawn/spawn-verbs';

/** A server that was started, and the reference that its `DOWN` will have. */
export interface MonitoredServer<S> {
  readonly pid: ServerPid<S>;
  readonly ref: Ref;
}

/**
 * Starts a class, as `start`, and monitors its process in the same step: its `DOWN` has the reason it ended with, however
 * soon that is. A server that does not start leaves no monitor behind, and no message. OTP: `gen_server:start_monitor/3`.
 * @param self the process that starts it, and that its `DOWN` goes to
 * @param options as those of `start`
 * @throws StartError if it does not start; BadArgumentError
 */
export async function startMonitor<S>(
  self: AnySelf,
  Server: ServerClass<S>,
  ...options: StartArguments<S>
): Promise<MonitoredServer<S>>;
/** As above, of a process whose body is a class: it runs at once. */
export async function startMonitor<M>(
  self: AnySelf,
  Class: ProcessClass<M>,
  options?: SpawnOptions,
): Promise<Monitored<M>>;
export async function startMonitor(
  self: AnySelf,
  Class: ServerClass<unknown> | ProcessClass<unknown>,
  options: object = {},
): Promise<Monitored<unknown>> {
  const launcher = BaseVerbs.launcherOf('startMonitor', self, false);
  if (launcher.starter === null)
    throw new BadArgumentError({ call: 'startMonitor', expected: 'a process', got: self });
  const refs: Ref[] = [];
  const started = ({ pid }: { readonly pid: Pid }): void => void refs.push(self.monitor(pid));
  const starting = startClass('startMonitor', Class, { ...launcher, started }, options) as Pid | Promise<Pid>;
  // A process that is no server has had no turn yet.
  if (typeof starting === 'string') started({ pid: starting });
  const pid = await starting;
  return { pid, ref: refs[0] as Ref };
}
