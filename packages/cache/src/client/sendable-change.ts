import { checkSendable } from '@trestle/runtime/internal';
import type { CacheCall } from '../terms/cache-protocol';

/**
 * Refuses values that whoever changes an entry may have to send on, wherever its owner is, and whatever the entry has now.
 * @throws UnsendableError
 */
export function checkSendableChange(request: CacheCall): void {
  const { type } = request;
  if (type === 'compareAndSet') checkSendable(request.expected, `cache ${type}: expected`);
  if (type === 'compareAndSet' || type === 'putIfAbsent')
    checkSendable(request.value, `cache ${type}: value`);
}
