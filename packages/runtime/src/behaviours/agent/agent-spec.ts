import { BadArgumentError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import type { AgentOptions } from './agent';
import { AgentServer } from './agent-server';
import { childSpec, type ChildOptions, type ChildSpec } from '../supervisor/child-spec';

/**
 * Says how a supervisor keeps an agent as its child: each start begins with a value made anew. Whoever uses it names it, and
 * makes an `Agent` of the name. OTP: the child spec `{Agent, fun}` of Elixir.
 * @param initial makes the first value; executed in the agent
 * @param options.id default `'Agent'`
 * @throws BadArgumentError if an option is wrong
 */
export function agentSpec<State>(
  initial: () => State | Promise<State>,
  options: ChildOptions & AgentOptions = {},
): ChildSpec {
  checkFunction('agentSpec', initial);
  if ('args' in { ...options }) {
    throw new BadArgumentError({ call: 'agentSpec', expected: "options to have no 'args'", got: options });
  }
  return childSpec(AgentServer<State>, { id: 'Agent', ...options, args: initial });
}
