import { BadArgumentError, type CallOptions } from '@trestle/runtime';
import { concerns, concernText, isTtl, ttlText } from '../cache-options';
import type { WriteRequestOptions } from '../cache-protocol';

/** How an entry is written, and how long to wait for it. */
export type WriteOptions = CallOptions & WriteRequestOptions;

/** What of the options is for the server; nothing for the usual write, which has none. */
export function writeRequestOptions(call: string, options?: WriteOptions): WriteRequestOptions | undefined {
  if (options === undefined) return undefined;
  const { ttlMs, sliding, concern } = options;
  if (ttlMs !== undefined && !isTtl(ttlMs)) refuse(call, 'ttlMs', ttlText, ttlMs);
  if (sliding !== undefined && typeof sliding !== 'boolean')
    refuse(call, 'sliding', 'true or false', sliding);
  if (concern !== undefined && !concerns.includes(concern)) refuse(call, 'concern', concernText, concern);
  return {
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(sliding === undefined ? {} : { sliding }),
    ...(concern === undefined ? {} : { concern }),
  };
}

/** What of the options is for the call. */
export function callOptions(options?: CallOptions): CallOptions | undefined {
  return options?.timeoutMs === undefined ? undefined : { timeoutMs: options.timeoutMs };
}

function refuse(call: string, name: string, expected: string, got: unknown): never {
  throw new BadArgumentError({ call: `cache ${call}`, expected: `${name} to be ${expected}`, got });
}
