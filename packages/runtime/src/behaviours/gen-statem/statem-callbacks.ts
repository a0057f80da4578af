import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { Self } from '../../node/node';
import type { StateHolder } from '../gen-server/server-state';
import type { StatemStatus } from './statem-status';

/** Says, for a state a machine is about to enter, whether there is code for it. */
export const checkState = Symbol('checkState');

/** A state machine as the one who runs it sees it: its callbacks, whatever their types. */
export interface StatemCallbacks extends StateHolder {
  self: Self;
  init(args: unknown): unknown;
  handleEvent(event: unknown, state: unknown): unknown;
  terminate(reason: ExitReason, state: unknown): void | Promise<void>;
  formatStatus(status: StatemStatus): StatemStatus;
  /** @throws BadArgumentError if there is none */
  [checkState](state: unknown): void;
}

/** A class of state machines. */
export interface StatemClass {
  new (): StatemCallbacks;
  readonly name: string;
  readonly stateEnter: boolean;
}

/** @throws BadArgumentError if it is an instance of no class of state machines */
export function asMachine(instance: object): StatemCallbacks {
  if (checkState in instance) return instance as StatemCallbacks;
  const expected = 'a class that extends GenStatem';
  throw new BadArgumentError({ call: 'changeCode', expected, got: instance.constructor });
}
