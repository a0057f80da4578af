import type { AtomicCall } from '../../terms/cache-protocol';
import { fitValue, schemaOf, type NamespaceSchemas } from '../../terms/namespace-schemas';
import type { AtomicOutcome } from './atomic';

/**
 * Checks what `update` and `increment` have made of a value of a namespace, where it is made: what others write was
 * checked by them.
 * @throws BadArgumentError if it does not fit; nothing is written then
 */
export function checkedOutcome(
  outcome: AtomicOutcome,
  { type, key }: AtomicCall,
  schemas: NamespaceSchemas,
): AtomicOutcome {
  if (outcome.action !== 'put' || (type !== 'update' && type !== 'increment')) return outcome;
  const namespace: unknown = Array.isArray(key) && key.length === 2 ? key[0] : undefined;
  const schema = schemaOf(schemas, namespace);
  if (schema === undefined) return outcome;
  const value = fitValue(type, String(namespace), schema, outcome.value);
  return { action: 'put', value, reply: value };
}
