import { z } from '#zod';
import { checkServerName } from '../../terms/address';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import {
  durationSchema,
  flagSchema,
  functionSchema,
  nameSchema,
  textSchema,
} from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Pid } from '../../terms/pid';
import type { ArgsOf } from '../../terms/protocol';
import { launch, type ProcessClass, type ServerClass, type ServerOptions } from '../../node/spawn/launch';
import type { Self } from '../../node/node';
import { spawnOptions, spawnOptionsSchema, type SpawnOptions } from '../../node/spawn/spawn-options';
import { Process } from '../../node/process';
import type { Ignore } from '../gen-server/call-result';
import type { Restart } from './restart-plan';

/** How a supervisor keeps a child. */
export interface ChildOptions {
  /** What the supervisor calls it; no two of its children may have the same. Default: the name of the class. */
  readonly id?: string;
  /** When it is restarted: always, after a failure, or never. Default `'permanent'`. */
  readonly restart?: Restart;
  /**
   * Milliseconds it has to end after the exit signal `'shutdown'`; then it is killed. `'brutalKill'` kills at once.
   * Default 5,000; for supervisors `Infinity`.
   */
  readonly shutdownMs?: number | 'brutalKill';
  /** Whether its end by itself counts for `autoShutdown`. Default `false`. */
  readonly significant?: boolean;
}

/** A child started by a function: it returns the pid of a process linked to `parent`, or `ignore()`. */
export interface StartSpec extends ChildOptions {
  readonly id: string;
  /** Called for the first start and for every restart; `parent` is the supervisor. */
  readonly start: (parent: Self) => Pid | Ignore | Promise<Pid | Ignore>;
  /** Only for `whichChildren` and `countChildren`. Default `'worker'`. */
  readonly type?: 'worker' | 'supervisor';
}

/** How a supervisor starts, restarts and stops a child. OTP: `supervisor:child_spec()`. */
export type ChildSpec = Required<StartSpec>;

/** A child spec as data: without the function that starts the child, which cannot travel. */
export type ChildSpecData = Omit<ChildSpec, 'start'>;

/** The options of a child that is server `S`: they can be left out if it takes no arguments. */
export type ChildArguments<S> =
  undefined extends ArgsOf<S>
    ? [options?: ChildOptions & ServerOptions<ArgsOf<S>>]
    : [options: ChildOptions & ServerOptions<ArgsOf<S>> & { readonly args: ArgsOf<S> }];

/** The options of a child that is a process class. */
export type ProcessChildOptions = ChildOptions & SpawnOptions;

const defaultShutdownMs = 5_000;

const childOptions = {
  id: textSchema.optional(),
  restart: z
    .enum(['permanent', 'transient', 'temporary'], "'permanent', 'transient' or 'temporary'")
    .optional(),
  shutdownMs: z
    .custom<number | 'brutalKill'>(isShutdown, "milliseconds (0 or more, or Infinity) or 'brutalKill'")
    .optional(),
  significant: flagSchema.optional(),
};

const processOptionsSchema = z.strictObject({ ...childOptions, ...spawnOptions });

const serverOptionsSchema = z.strictObject({
  ...childOptions,
  ...spawnOptions,
  args: z.unknown().optional(),
  name: nameSchema.optional(),
  timeoutMs: durationSchema.optional(),
});

const startSpecSchema = z.strictObject(
  {
    ...childOptions,
    id: textSchema,
    start: functionSchema<StartSpec['start']>(),
    type: z.enum(['worker', 'supervisor'], "'worker' or 'supervisor'").optional(),
  },
  { error: 'a child spec: made by childSpec, or an object with id and start' },
);

/**
 * Says how a supervisor keeps a child.
 * @param Server a class of servers, with the options of starting it, or a class of processes, or an object with `start`
 * @throws BadArgumentError if an option is wrong
 */
export function childSpec<S>(Server: ServerClass<S>, ...options: ChildArguments<S>): ChildSpec;
/** As above, of a process whose body is a class. */
export function childSpec<M>(Class: ProcessClass<M>, options?: ProcessChildOptions): ChildSpec;
/** As above, of a process that a function starts. */
export function childSpec(spec: StartSpec): ChildSpec;
export function childSpec(
  child: ServerClass<unknown> | ProcessClass<unknown> | StartSpec,
  options: ChildOptions & ServerOptions<unknown> = {},
): ChildSpec {
  if (typeof child !== 'function') return checkSpec('childSpec', child);
  const call = `childSpec ${child.name}`;
  if (typeof child[launch] !== 'function') {
    throw new BadArgumentError({
      call,
      expected: 'a class that extends GenServer, GenStatem or Process',
      got: child,
    });
  }
  return isProcessClass(child) ? processSpec(call, child, options) : serverSpec(call, child, options);
}

function processSpec(call: string, Class: ProcessClass<unknown>, options: ProcessChildOptions): ChildSpec {
  checkOptions(call, processOptionsSchema, options);
  const [starting, { id = Class.name, ...kept }] = splitSpawnOptions(call, options);
  return withDefaults({ ...kept, id, start: (self) => self.startLink(Class, starting) });
}

/**
 * What of the options is for the process, and what for its supervisor.
 * @throws BadArgumentError if what is for the process is wrong
 */
export function splitSpawnOptions<Options extends SpawnOptions>(
  call: string,
  options: Options,
): [SpawnOptions, Omit<Options, keyof SpawnOptions>] {
  const { label, mailbox, ...kept } = { ...options };
  const spawning = {
    ...(label === undefined ? {} : { label }),
    ...(mailbox === undefined ? {} : { mailbox }),
  };
  checkOptions(call, spawnOptionsSchema, spawning);
  return [spawning, kept];
}

function serverSpec(
  call: string,
  Server: ServerClass<unknown>,
  options: ChildOptions & ServerOptions<unknown>,
): ChildSpec {
  checkOptions(call, serverOptionsSchema, options);
  const { id = Server.name, restart, shutdownMs, significant, ...starting } = options;
  checkServerName(call, starting.name);
  const start = (self: Self): Promise<Pid> => self.startLink(Server, starting as never);
  return withDefaults({ id, restart, shutdownMs, significant, start });
}

/** Checks a child spec at the door, whoever made it. */
export function checkSpec(call: string, spec: unknown): ChildSpec {
  if (!isPlainlyRight(spec)) checkOptions(call, startSpecSchema, spec);
  return withDefaults(spec as StartSpec);
}

/** Checks the id of a child at the door. */
export function checkChildId(call: string, id: unknown): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new BadArgumentError({ call, expected: 'the id of a child: a string that is not empty', got: id });
}

type Optional<T> = { readonly [Key in keyof T]: T[Key] | undefined };

function withDefaults(spec: Optional<StartSpec> & Pick<StartSpec, 'id' | 'start'>): ChildSpec {
  const { id, start, type = 'worker', restart = 'permanent', significant = false } = spec;
  const shutdownMs = spec.shutdownMs ?? (type === 'supervisor' ? Infinity : defaultShutdownMs);
  return { id, start, restart, shutdownMs, significant, type };
}

/** Whether nothing in a spec could be wrong: only others are looked at closely, because children may be many. */
function isPlainlyRight(spec: unknown): boolean {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return false;
  const { id, start, restart, shutdownMs, significant, type, ...others } = spec as Readonly<
    Record<string, unknown>
  >;
  for (const _ in others) return false;
  return (
    typeof id === 'string' &&
    id !== '' &&
    typeof start === 'function' &&
    (restart === 'permanent' || restart === 'transient' || restart === 'temporary') &&
    isShutdown(shutdownMs) &&
    typeof significant === 'boolean' &&
    (type === 'worker' || type === 'supervisor')
  );
}

function isShutdown(value: unknown): boolean {
  return value === 'brutalKill' || isDuration(value);
}

function isProcessClass(
  Class: ServerClass<unknown> | ProcessClass<unknown>,
): Class is ProcessClass<unknown> & { readonly name: string } {
  return Class.prototype instanceof Process;
}
