import { BadArgumentError, type AnySelf, type Node } from '@trestle/runtime';

/**
 * The node on which something is to be started.
 * @param on the node; or a process of it
 * @throws BadArgumentError if it is neither
 */
export function nodeOf(call: string, on: Node | AnySelf): Node {
  const place: unknown = has(on, 'startLink') ? on.node : on;
  if (isNode(place)) return place;
  throw new BadArgumentError({ call, expected: 'a node, or a process', got: on });
}

/** @throws BadArgumentError if it is no node */
export function checkNode(call: string, node: unknown): void {
  if (!isNode(node)) throw new BadArgumentError({ call, expected: 'a node', got: node });
}

function isNode(value: unknown): value is Node {
  return has(value, 'call') && has(value, 'expose') && 'rpc' in value;
}

/** Whether something has a method of that name. */
function has<Name extends string>(
  value: unknown,
  name: Name,
): value is Record<Name, unknown> & { node?: unknown } {
  return typeof (value as Readonly<Record<string, unknown>> | null | undefined)?.[name] === 'function';
}
