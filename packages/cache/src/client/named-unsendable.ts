import { UnsendableError } from '@trestle/runtime';
import { show } from '@trestle/runtime/internal';
import type { CacheCall } from '../terms/cache-protocol';

/** A part of what the values of a `putMany` were sent as. */
const ofMany = /^values\[(\d+)\]/;

/** An error of a request in the words of its caller: of what cannot travel it says which argument that is, not where it was put. */
export function namedUnsendable(error: unknown, request: CacheCall): unknown {
  if (!(error instanceof UnsendableError)) return error;
  const path = error.path.replace(/^request\b\.?/, '');
  const place = ofMany.exec(path)?.[1];
  if (request.type !== 'putMany' || place === undefined) return renamed(error, `cache ${request.type}`, path);
  const key = show(request.keys[Number(place)]);
  return renamed(error, `cache putMany of ${key}`, path.replace(ofMany, 'value'));
}

/** An error of the write that ends a `getOrLoad`. */
export function unsendableLoad(error: unknown): unknown {
  if (!(error instanceof UnsendableError)) return error;
  return renamed(error, 'cache getOrLoad', error.path.replace(/^cache put: /, ''));
}

function renamed(error: UnsendableError, call: string, path: string): UnsendableError {
  return new UnsendableError(path === '' ? call : `${call}: ${path}`, error.what);
}
