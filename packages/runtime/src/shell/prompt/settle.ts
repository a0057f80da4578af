import { isPromise } from '../../terms/promise';

/** A result as it is printed: a promise is awaited first, and so are the promises of an array. */
export async function settle(value: unknown): Promise<unknown> {
  if (isPromise(value)) return settle(await value);
  return Array.isArray(value) && value.some(isPromise) ? Promise.all(value as unknown[]) : value;
}
