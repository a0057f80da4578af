import { GenStatem, initialState, type Node, type ServerPid } from '@trestle/runtime';

/** What a scripted machine does. */
export interface Script {
  readonly init?: (machine: Scripted) => unknown;
  /** What the machine answers to an event in a state; nothing keeps the state. */
  readonly handle?: (event: any, state: any, machine: Scripted) => unknown;
  readonly terminate?: (reason: unknown, state: any) => unknown;
  /** Where it writes down what it handles. */
  readonly log?: unknown[];
}

export interface ScriptedTypes {
  state: any;
  calls: any;
  casts: any;
  args: Script | undefined;
  internal: any;
  eventTimeout: any;
  stateTimeout: any;
  namedTimeouts: Record<string, any>;
}

/** Does what its script says, and writes down what it handles as `[state, type, content]`. Begins in state `a`. */
export class Scripted extends GenStatem<ScriptedTypes> {
  script: Script = {};

  override init(script: Script = {}): any {
    this.script = script;
    return script.init === undefined ? initialState('a') : script.init(this);
  }

  override handleEvent(event: any, state: any): any {
    const { type, name, ...rest } = event;
    const content = rest.request ?? rest.message ?? rest.content ?? rest.oldState;
    this.script.log?.push([state, name ?? type, content]);
    return this.script.handle?.(event, state, this);
  }

  override terminate(reason: unknown, state: any): any {
    this.script.log?.push([state, 'terminate', reason]);
    return this.script.terminate?.(reason, state);
  }
}

/** A scripted machine that is told of the states it enters. */
export class Entering extends Scripted {
  static override readonly stateEnter = true;
}

type Rule = (event: any, state: any, machine: Scripted) => unknown;

/**
 * Starts a machine by rules: of an event with content `go` in state `a` that under `a go`, else under `go`, else under the
 * type of the event; without a rule it keeps its state. Tells what the machine handles.
 */
export async function startRuled(
  node: Node,
  rules: Record<string, Rule>,
  { enters = false, ...script }: Omit<Script, 'handle' | 'log'> & { readonly enters?: boolean } = {},
): Promise<{ readonly machine: ServerPid<Scripted>; readonly log: unknown[] }> {
  const log: unknown[] = [];
  const handle: Rule = (event, state, machine) => {
    const content = String(event.request ?? event.message ?? event.content ?? '');
    const rule =
      rules[`${state} ${content}`] ?? rules[`${state} ${event.type}`] ?? rules[content] ?? rules[event.type];
    return rule?.(event, state, machine);
  };
  const machine = await node.start(enters ? Entering : Scripted, { args: { log, handle, ...script } });
  return { machine, log };
}
