import type { ActionTerm } from './state-action';
import { checkState } from './statem-callbacks';
import { badAction } from './transition-draft';

/**
 * Whose callbacks a state machine has: those of its class, or of another that an action has put in place. The machine
 * stays the same object with the same fields: its prototype is exchanged.
 */
export class CallbackModules {
  private pushed: object[] = [];

  constructor(private readonly machine: object) {}

  /** Whether the machine is told of the states it enters. */
  get stateEnter(): boolean {
    return (this.machine.constructor as { readonly stateEnter?: unknown }).stateEnter === true;
  }

  /** Does what `changeCallbackModule`, `pushCallbackModule` or `popCallbackModule` asks for. */
  change(action: ActionTerm): void {
    const before = Object.getPrototypeOf(this.machine) as object;
    const next = action.target === 'pop' ? this.pushed.at(-1) : prototypeOf(action.value);
    if (next === undefined) throw badAction(action);
    if (action.target === 'push') this.pushed = [...this.pushed, before];
    if (action.target === 'pop') this.pushed = this.pushed.slice(0, -1);
    Object.setPrototypeOf(this.machine, next);
  }
}

/** The callbacks of a class of state machines; nothing if it is none. */
function prototypeOf(Class: unknown): object | undefined {
  const prototype = typeof Class === 'function' ? (Class.prototype as unknown) : undefined;
  return typeof prototype === 'object' && prototype !== null && checkState in prototype
    ? prototype
    : undefined;
}
