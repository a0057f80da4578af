import { z } from '#zod';
import { describeAddress, type ServerPid, type ServerRef } from '../../terms/address';
import { BadArgumentError, CodeChangeError } from '../../terms/errors';
import { reasonOfThrown } from '../../terms/exit-reason';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Pid } from '../../terms/pid';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import { launch, type ServerClass } from '../../node/spawn/launch';
import { Process } from '../../node/process';
import type { CallOptions, Verbs } from '../../node/verbs/verbs';
import type { CodeChanged, UserClass } from './perform-code-change';
import { askServer } from './ask-server';

/** How the code of a server changes. */
export interface ChangeCodeOptions extends CallOptions {
  /** What `codeChange` gets besides the version. */
  readonly extra?: unknown;
  /** The version `codeChange` is told. Default: `static version` of the class that runs, if it has one. */
  readonly oldVersion?: unknown;
}

export const changeCodeSchema = z.strictObject({
  extra: z.unknown().optional(),
  oldVersion: z.unknown().optional(),
  timeoutMs: durationSchema.optional(),
});

/**
 * Makes a suspended server an instance of another class: its process, with pid, name, mailbox, links and monitors, stays
 * the same. The new instance has the fields of the old one, and its `codeChange` may transform them; then it takes the
 * old one's place. If that fails, in the constructor or in `codeChange`, the old instance is as it was. Only on the node
 * of the server: classes do not travel. OTP: `sys:change_code/5`.
 * @param options.extra for `codeChange`
 * @param options.oldVersion for `codeChange`; default: `static version` of the class that runs
 * @param options.timeoutMs milliseconds, default 5,000
 * @returns its pid, as that of a server of the new class
 * @throws CodeChangeError if it is not suspended, or has not become one: the old class is in place
 * @throws CallTimeoutError if that takes too long: the old class stays; NoProcessError, NotServerError, ServerExitError
 * @throws UnsendableError if the server is on another node; BadArgumentError
 */
export async function changeCode<S>(
  on: Verbs,
  server: ServerRef<unknown>,
  NewClass: ServerClass<S>,
  options: ChangeCodeOptions = {},
): Promise<ServerPid<S>> {
  checkServerClass('changeCode', NewClass);
  checkOptions('changeCode', changeCodeSchema, options);
  return (await requestChange('changeCode', on, server, NewClass, options)).pid;
}

/** A server that has changed. */
export interface Changed {
  readonly pid: Pid;
  /** Makes it what it was before, if it still is what it has become. */
  readonly undo: () => void;
}

/** Asks a server to change, and hands out how to undo it. */
export async function requestChange(
  call: string,
  on: Verbs,
  server: ServerRef<unknown>,
  NewClass: ServerClass<unknown>,
  options: ChangeCodeOptions,
): Promise<Changed> {
  const { extra, oldVersion, ...callOptions } = options;
  const change = { Class: NewClass as unknown as UserClass, extra, oldVersion, isGivenUp: false };
  let changed: CodeChanged;
  try {
    changed = (await askServer(on, server, { type: '$changeCode', change }, callOptions)) as CodeChanged;
  } catch (error) {
    change.isGivenUp = true;
    throw error;
  }
  if (changed.kind === 'changed') return changed;
  const { local } = BaseVerbs.launcherOf(call, on, false);
  const what = `${call} ${describeAddress(server, local.name)}`;
  if (changed.kind === 'notSuspended') throw new CodeChangeError(what, 'notSuspended');
  throw new CodeChangeError(what, reasonOfThrown(changed.error), { cause: changed.error });
}

/** @throws BadArgumentError if a value is no class of servers */
export function checkServerClass(call: string, Class: unknown): void {
  const isServer = typeof Class === 'function' && launch in Class && !(Class.prototype instanceof Process);
  if (!isServer) throw new BadArgumentError({ call, expected: 'a class of servers', got: Class });
}
