import type { Node } from '@trestle/runtime';
import { attachedTo, Sendables } from '@trestle/runtime/internal';
import type { CacheCall } from '../terms/cache-protocol';

/**
 * Refuses values that whoever changes an entry may have to send on, wherever its owner is, and whatever the entry has now.
 * @throws UnsendableError
 */
export function checkSendableChange(node: Node, request: CacheCall): void {
  const { type } = request;
  const sendables = attachedTo(`cache ${type}`, node, Sendables);
  if (type === 'compareAndSet') sendables.check(request.expected, `cache ${type}: expected`);
  if (type === 'compareAndSet' || type === 'putIfAbsent')
    sendables.check(request.value, `cache ${type}: value`);
}
