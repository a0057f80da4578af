import { z } from '#zod';
import { BadArgumentError } from '../terms/errors';
import { isDuration } from '../terms/duration';
import type { AnyFunction } from '../terms/function-source';
import { isByReference, passByReference } from '../terms/isolation';
import { checkNodeName, type NodeName } from '../terms/node-name';
import { durationSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';
import type { RemoteCode } from '../terms/spawn-signal';
import { castFrom } from '../node/signals/cast-origin';
import { passMessage } from '../node/signals/isolating-router';
import type { LocalNode } from '../node/local-node';
import type { RpcOptions } from '../node/rpc';
import { codeOf } from '../node/spawn/spawn-on';

/** What a verb that calls on a node is given: the names of an exposed function, or a function. */
export type RpcTarget =
  | [module: string, fn: string, args?: Args, options?: RpcOptions | undefined]
  | [fn: AnyFunction, args?: Args, options?: RpcOptions | undefined];
type Args = readonly unknown[] | undefined;

/** Asks for a function to be called: an exposed one, or one that is sent. OTP: `{M, F, A}`. */
export type Apply = RemoteCode & { readonly type: 'apply'; readonly args: readonly unknown[] };

/** A function to call on a node. */
export interface RpcOrder {
  readonly node: NodeName;
  readonly request: Apply;
  readonly timeoutMs: number;
  /** The call in an error's words. */
  readonly words: string;
}

/**
 * Checks what a verb is given at the door.
 * @throws BadArgumentError; UnsendableError if it is a function, or on the own node an argument, that cannot be passed
 */
export function rpcOrderOf(call: string, local: LocalNode, node: NodeName, target: RpcTarget): RpcOrder {
  checkNodeName(call, node);
  const [first, second] = target;
  const code = codeOf(call, node === local.name, first, second);
  const [args = [], options] = target.slice('module' in code ? 2 : 1) as [Args?, RpcOptions?];
  if (!Array.isArray(args))
    throw new BadArgumentError({ call, expected: 'an array of arguments', got: args });
  const words = 'module' in code ? `rpc ${code.module}.${code.fn} on ${node}` : `rpc on ${node}`;
  const request = requestOf(local, code, args);
  return { node, request, timeoutMs: timeoutOf(call, options, Infinity), words };
}

/** What a cast sends. One to the own node says so, as the connection does for others: no rule keeps it out. */
export function castOf(local: LocalNode, { node, request }: RpcOrder): Apply {
  if (node !== local.name) return request;
  const { args } = request;
  const passed = isByReference(request) ? args : passMessage(local.isolation, args, 'args');
  return passByReference(castFrom(node, { ...request, args: passed }) as Apply);
}

/** Checks the nodes of a multicall. */
export function checkNodes(call: string, nodes: unknown): readonly NodeName[] {
  if (!Array.isArray(nodes))
    throw new BadArgumentError({ call, expected: 'an array of node names', got: nodes });
  return nodes.map((node) => checkNodeName(call, node));
}

/** The timeout of a call, or of the wait for a response. */
export function timeoutOf(call: string, options: RpcOptions | undefined, otherwise: number): number {
  if (options === undefined) return otherwise;
  const timeoutMs = (options as RpcOptions | null)?.timeoutMs;
  return isDuration(timeoutMs) ? timeoutMs : (checkOptions(call, rpcOptions, options).timeoutMs ?? otherwise);
}

const rpcOptions: z.ZodType<RpcOptions> = z.strictObject({
  timeoutMs: durationSchema.optional(),
}) as z.ZodType<RpcOptions>;

/** A function of the node itself is not copied on its way to the rpc server; its arguments are. */
function requestOf(local: LocalNode, code: RemoteCode, args: readonly unknown[]): Apply {
  if (!('here' in code)) return { type: 'apply', ...code, args };
  const passed = passMessage(local.isolation, args, 'args') as readonly unknown[];
  return passByReference({ type: 'apply', ...code, args: passed } as const);
}
