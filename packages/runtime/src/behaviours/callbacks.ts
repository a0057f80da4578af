import type { ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { Self } from '../node/node';
import type { CallResult, InitResult, Next } from './call-result';
import type { observe, Observation } from './observation';
import type { ServerStatus, StateHolder } from './server-state';

/** A server as its loop sees it: the callbacks, whatever their types. */
export interface Callbacks extends StateHolder {
  self: Self;
  init(args: unknown): InitResult | Promise<InitResult>;
  handleCall(request: unknown, from: From): CallResult | Promise<CallResult>;
  handleCast(request: unknown): Next | Promise<Next>;
  handleInfo(message: unknown): Next | Promise<Next>;
  handleContinue(term: unknown): Next | Promise<Next>;
  terminate(reason: ExitReason): void | Promise<void>;
  codeChange?(
    oldVersion: unknown,
    extra: unknown,
    oldFields: Readonly<Record<string, unknown>>,
  ): void | Promise<void>;
  formatStatus(status: ServerStatus): ServerStatus;
  [observe]?(observation: Observation | null): void;
}

/** A class of such servers. */
export type CallbacksClass = new () => Callbacks;
