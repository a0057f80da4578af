import type { ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { CallResult, InitResult, Next } from './call-result';

/** A server as its loop sees it: the callbacks, whatever their types. */
export interface Callbacks {
  init(args: unknown): InitResult | Promise<InitResult>;
  handleCall(request: unknown, from: From): CallResult | Promise<CallResult>;
  handleCast(request: unknown): Next | Promise<Next>;
  handleInfo(message: unknown): Next | Promise<Next>;
  handleContinue(term: unknown): Next | Promise<Next>;
  terminate(reason: ExitReason): void | Promise<void>;
}

/** A class of such servers. */
export type CallbacksClass = new () => Callbacks;
