import { z } from '#zod';
import { checkServerName, destinationOf, LocalName, nodeOfDestination } from '../../terms/address';
import type { ServerRef } from '../../terms/address';
import { isDuration } from '../../terms/duration';
import { FunctionsNotAcceptedError, RemoteError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import type { ErrorData, ExitReason } from '../../terms/exit-reason';
import { sourceOf } from '../../terms/function-source';
import { passByReference } from '../../terms/isolation';
import { noNode, type NodeName } from '../../terms/node-name';
import { mailboxSchema } from '../../terms/mailbox-options';
import { durationSchema, nameSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import { Via } from '../../terms/via';
import { BaseVerbs, callOptionsSchema } from '../../node/verbs/base-verbs';
import type { ServerOptions } from '../../node/spawn/launch';
import type { AnySelf, Node } from '../../node/node';
import type { CallOptions, Verbs } from '../../node/verbs/verbs';
import { AgentServer, type AgentCall, type AgentFunction } from './agent-server';
import { startServer } from '../gen-server/start-server';
import { stopServer } from '../gen-server/stop-server';

/** Options of starting an agent. */
export type AgentOptions = Pick<ServerOptions<never>, 'name' | 'timeoutMs' | 'mailbox'>;

const optionsSchema = z.strictObject({
  name: nameSchema.optional(),
  timeoutMs: durationSchema.optional(),
  mailbox: mailboxSchema.optional(),
});

/**
 * Starts an agent: a process that keeps a value. OTP: Elixir's `Agent.start/2` and `Agent.start_link/2`.
 * @param on a node, or a process to link the agent to
 * @param initial makes the first value; executed in the agent
 * @throws StartError if `initial` threw; NameTakenError, BadArgumentError
 */
export async function startAgent<State>(
  on: Node | AnySelf,
  initial: () => State | Promise<State>,
  options: AgentOptions = {},
): Promise<Agent<State>> {
  checkOptions('startAgent', optionsSchema, options);
  checkFunction('startAgent', initial);
  checkServerName('startAgent', options.name);
  const launcher = BaseVerbs.launcherOf('startAgent', on, true);
  const pid = await startServer(launcher, AgentServer, { ...options, args: initial });
  return new Agent<State>(on, pid);
}

/**
 * An agent, as the one who holds it sees it. Its functions are executed in the agent, one after another, so each sees
 * what the one before has left; one that throws ends the agent with that error. They may be async; one that asks its own
 * agent waits in vain. To an agent on another node they travel as source, without what they close over, if that node was
 * started with `acceptFunctions: true`; if not, they are refused with `FunctionsNotAcceptedError`.
 * OTP: Elixir's `Agent`.
 */
export class Agent<State> {
  /**
   * @param on who asks: a node or a process
   * @param address the agent: `startAgent` returns an agent with its pid; here its name may stand as well
   */
  constructor(
    private readonly on: Verbs,
    readonly address: ServerRef<AgentServer<State>>,
  ) {
    if (!(address instanceof LocalName || address instanceof Via)) destinationOf('Agent', address, noNode);
  }

  /**
   * Asks for something of the value. OTP: `Agent.get/3`.
   * @param options.timeoutMs default 5,000
   * @throws ServerExitError if the function threw: the agent has ended with that error
   * @throws CallTimeoutError, NodeDownError (it may have been executed); NoProcessError, FunctionsNotAcceptedError,
   *   UnsendableError, BadArgumentError (it was not)
   */
  async get<Result>(
    fn: (state: State) => Result | Promise<Result>,
    options?: CallOptions,
  ): Promise<Awaited<Result>> {
    checkFunction('agent.get', fn);
    return (await this.call({ type: 'get', fn: this.sent('agent.get', fn) }, options)) as Awaited<Result>;
  }

  /**
   * Replaces the value by what the function makes of it. OTP: `Agent.update/3`.
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws as `get`
   */
  async update(fn: (state: State) => State | Promise<State>, options?: CallOptions): Promise<void> {
    checkFunction('agent.update', fn);
    await this.call({ type: 'update', fn: this.sent('agent.update', fn) }, options);
  }

  /**
   * Asks for something of the value and replaces it, in one step. OTP: `Agent.get_and_update/3`.
   * @param fn returns what is asked for and the new value, in this order
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws as `get`; ServerExitError too if the function returned something else
   */
  async getAndUpdate<Result>(
    fn: (state: State) => readonly [Result, State] | Promise<readonly [Result, State]>,
    options?: CallOptions,
  ): Promise<Result> {
    checkFunction('agent.getAndUpdate', fn);
    return (await this.call(
      { type: 'getAndUpdate', fn: this.sent('agent.getAndUpdate', fn) },
      options,
    )) as Result;
  }

  /**
   * As `update`, without waiting: dropped if there is no agent, or its node accepts no functions. OTP: `Agent.cast/2`.
   * @throws BadArgumentError if it is no function; UnsendableError if it must travel and cannot
   */
  cast(fn: (state: State) => State | Promise<State>): void {
    checkFunction('agent.cast', fn);
    this.on.cast<AgentServer<State>>(
      this.address,
      passByReference({ type: 'update', fn: this.sent('agent.cast', fn) }),
    );
  }

  /**
   * Stops the agent and waits until it has ended. OTP: `Agent.stop/3`.
   * @param options.reason default `'normal'`
   * @param options.timeoutMs milliseconds, default `Infinity`
   * @throws as `stopServer`
   */
  stop(options?: { readonly reason?: ExitReason; readonly timeoutMs?: number }): Promise<void> {
    return stopServer(this.on, this.address, options);
  }

  private async call(request: AgentCall<State>, options: CallOptions | undefined): Promise<unknown> {
    if (options !== undefined && !isDuration((options as CallOptions | null)?.timeoutMs))
      checkOptions(`agent.${request.type}`, callOptionsSchema, options);
    try {
      return await this.on.call<AgentServer<State>, AgentCall<State>>(
        this.address,
        passByReference(request),
        options,
      );
    } catch (error) {
      throw refusalOf(`agent.${request.type}`, this.node(), error);
    }
  }

  /** A function as it reaches the agent: itself on its own node, its source on any other. */
  private sent<Result>(call: string, fn: (state: State) => Result): AgentFunction<State, Result> {
    return this.node() === undefined ? fn : { source: sourceOf(call, fn) };
  }

  /** The node the agent is on, if it is another. */
  private node(): NodeName | undefined {
    const { router, name } = BaseVerbs.launcherOf('agent', this.on, false).local;
    if (router.find(this.address) !== undefined) return undefined;
    const node = nodeOfDestination(router.destinationOf('agent', this.address));
    return node === name ? undefined : node;
  }
}

/** The agent's node has said that it accepts no functions; other errors stay what they are. */
function refusalOf(call: string, node: NodeName | undefined, error: unknown): unknown {
  const code = error instanceof RemoteError ? (error.cause as Partial<ErrorData> | undefined)?.code : '';
  if (node === undefined || code !== 'ERR_FUNCTIONS_NOT_ACCEPTED') return error;
  return new FunctionsNotAcceptedError(call, node);
}
