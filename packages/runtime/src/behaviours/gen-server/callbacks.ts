import type { ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Self } from '../../node/node';
import type { CallResult, InitResult, Next } from './call-result';
import type { observe, Observation } from '../sys/observation';
import type { ServerStatus, StateHolder } from './server-state';

/** An instance of a class that a user of a behaviour wrote. */
export interface UserInstance {
  self: Self;
  codeChange?(oldVersion: unknown, extra: unknown, before: object): unknown;
}

/** Which instance of a user's class is behind a server, and how another takes its place. */
export interface Embodied {
  readonly instance: UserInstance;
  /** What the `codeChange` of the other one is told of it. */
  readonly before: object;
  /**
   * The callbacks of a server with the other instance.
   * @param result what its `codeChange` returned
   * @throws BadArgumentError if it is none for this behaviour
   */
  succeededBy(successor: UserInstance, result: unknown): Callbacks;
}

/** Tells that of callbacks which are not the user's class themselves. */
export const embodied = Symbol('embodied');

/** A server as its loop sees it: the callbacks, whatever their types. */
export interface Callbacks extends StateHolder {
  self: Self;
  init(args: unknown): InitResult | Promise<InitResult>;
  handleCall(request: unknown, from: From): CallResult | Promise<CallResult>;
  handleCast(request: unknown): Next | Promise<Next>;
  handleInfo(message: unknown): Next | Promise<Next>;
  handleContinue(term: unknown): Next | Promise<Next>;
  terminate(reason: ExitReason): void | Promise<void>;
  formatStatus(status: ServerStatus): ServerStatus;
  [observe]?(observation: Observation | null): void;
  [embodied]?(): Embodied;
}

/** The callbacks whose results mean the same. */
export type PlainCallback = 'handleCast' | 'handleInfo' | 'handleContinue' | 'init';
export type Callback = PlainCallback | 'handleCall';

/** A class of such servers. */
export type CallbacksClass = new () => Callbacks;
