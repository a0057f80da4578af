import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { Self } from '../../node/node';
import type { EnvSchema } from './env-schema';

/** What the end of an application by itself means for its node. OTP: the type of `application:start/2`. */
export type ApplicationType = 'permanent' | 'transient' | 'temporary';

/** The env of an application that has no schema for it. */
export type AnyEnv = Readonly<Record<string, unknown>>;

/** What `start` returns when `prepStop` and `stop` are to get something of it. OTP: `{ok, Pid, State}`. */
export interface StartedTree<State> {
  /** The root of the supervision tree. */
  readonly root: Pid;
  readonly state: State;
}

/** One step of a start in several: called when the trees of the application and of all that it includes run. */
export interface StartPhase<Env> {
  readonly phase: string;
  /** Prepares; if it throws, the application does not start. OTP: `start_phase/3`. */
  readonly run: (self: Self, env: Env) => void | Promise<void>;
}

/**
 * What an application is: a supervision tree with a name, settings of its own, and others that must run for it. OTP: an
 * application resource file and its callback module.
 *
 * @typeParam Env its settings, by the schema `env`
 * @typeParam State what its `start` hands to `prepStop` and `stop`
 */
export interface ApplicationOptions<Env = AnyEnv, State = unknown> {
  /** What it is called by: no other application of the node that runs has the name. */
  readonly name: string;
  /** What it is, in a line. */
  readonly description?: string;
  readonly version?: string;
  /**
   * What must run before it starts, and is started before it: definitions, or the names of applications that are loaded
   * or run. OTP: `applications`.
   */
  readonly dependencies?: readonly (AnyApplication | string)[];
  /** As `dependencies`, but left out if there is no application of that name. OTP: `optional_applications`. */
  readonly optionalDependencies?: readonly string[];
  /**
   * Applications that are a part of this one: it starts their processes in its own tree, they get its start phases, and
   * their dependencies are its own. OTP: `included_applications`.
   */
  readonly includedApplications?: readonly AnyApplication[];
  /** What its env must be: a zod object. Without it, its env is whatever it is given. */
  readonly env?: EnvSchema<Env>;
  /** The environment variables of the OS process from which its env takes values. */
  readonly variables?: { readonly [Name in keyof Env]?: string };
  /** Starts the root of the supervision tree, linked to `self`, and returns its pid. OTP: `start/2`. */
  readonly start: (self: Self, env: Env) => Pid | StartedTree<State> | Promise<Pid | StartedTree<State>>;
  /** What happens in steps when the tree runs, in order. OTP: `start_phases`. */
  readonly startPhases?: readonly StartPhase<Env>[];
  /**
   * Called before the tree is stopped, or when it has ended by itself, with the state of `start`. What it returns, if
   * anything, `stop` gets in place of that. OTP: `prep_stop/1`.
   */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type
  readonly prepStop?: (state: State) => State | void | Promise<State | void>;
  /** Called after the tree has stopped: cleans up. OTP: `stop/1`. */
  readonly stop?: (state: State) => void | Promise<void>;
  /**
   * What the end of the root by itself means: `'permanent'`, the node stops as well; `'transient'`, it does so unless
   * the reason is `'normal'`; `'temporary'`, it goes on. Default `'permanent'`.
   */
  readonly type?: ApplicationType;
  /**
   * Whether the application is what its OS process is for. Then SIGTERM and SIGINT stop the node in order and end the
   * process with code 0 (a second one ends it at once), and when the application stops the node because it has ended
   * by itself, the process ends with code 1. Default `true`.
   */
  readonly handleSignals?: boolean;
  /** Milliseconds the stop in order may take; then what is left is killed. Default `Infinity`. */
  readonly stopTimeoutMs?: number;
}

/** An application of whatever settings. */
// Its callbacks take what its own schema makes: nothing that could be said of all applications.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyApplication = ApplicationOptions<any, any>;

/** How an application is started, and with it what it needs. */
export interface StartApplicationOptions<Env = AnyEnv> {
  /** Values for its env, before those of environment variables and of the node's config. */
  readonly env?: { readonly [Name in keyof Env]?: unknown };
  /** The type of all that is started. Default: of each its own. */
  readonly type?: ApplicationType;
  /** Whether all that is started handles signals. Default: what the application itself says. */
  readonly handleSignals?: boolean;
}

/** A running application. */
export interface Application<Env = AnyEnv> {
  readonly name: string;
  /** Its own process, that started the root. OTP: the application master. */
  readonly pid: Pid;
  /** The root of its supervision tree. */
  readonly root: Pid;
  /** Its settings, as they are now. */
  readonly env: Env;
  /** Stops it in order: `prepStop`, the tree from its last child to its first, `stop`. The node goes on. */
  stop(): Promise<void>;
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<ExitReason>;
}
