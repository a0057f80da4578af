import { BadArgumentError, type CallOptions } from '@trestle/runtime';
import { isDuration } from '@trestle/runtime/internal';
import { concerns, concernText, isTtl, ttlText } from '../terms/cache-options';
import type { WriteRequestOptions } from '../terms/write-request';

/** How an entry is written, and how long to wait for it. */
export type WriteOptions = CallOptions & WriteRequestOptions;

/** How an entry is removed, and how long to wait for it. */
export type DeleteOptions = CallOptions & Pick<WriteRequestOptions, 'concern'>;

const durationText = 'milliseconds (0 or more, or Infinity)';

/** What the options of a call are called, and those of a write; what is removed has no lifetime. */
export const callNames: readonly string[] = ['timeoutMs'];
export const deleteNames: readonly string[] = [...callNames, 'concern'];
export const writeNames: readonly string[] = [...deleteNames, 'ttlMs', 'sliding'];

/**
 * What of the options is for the server; nothing for the usual write, which has none.
 * @throws BadArgumentError if one is wrong, or has a name that none has
 */
export function writeRequestOptions(
  call: string,
  options?: WriteOptions,
  names = writeNames,
): WriteRequestOptions | undefined {
  if (options === undefined) return undefined;
  checkNames(call, options, names);
  const { ttlMs, sliding, concern } = options;
  if (ttlMs !== undefined && !isTtl(ttlMs)) throwWrongOption(call, 'ttlMs', ttlText, ttlMs);
  if (sliding !== undefined && typeof sliding !== 'boolean')
    throwWrongOption(call, 'sliding', 'true or false', sliding);
  if (concern !== undefined && !concerns.includes(concern))
    throwWrongOption(call, 'concern', concernText, concern);
  return {
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(sliding === undefined ? {} : { sliding }),
    ...(concern === undefined ? {} : { concern }),
  };
}

/**
 * What of the options is for the call.
 * @throws BadArgumentError as `writeRequestOptions`
 */
export function callOptions(call: string, options?: CallOptions, names = callNames): CallOptions | undefined {
  if (options === undefined) return undefined;
  checkNames(call, options, names);
  const { timeoutMs } = options;
  if (timeoutMs === undefined) return undefined;
  if (!isDuration(timeoutMs)) throwWrongOption(call, 'timeoutMs', durationText, timeoutMs);
  return { timeoutMs };
}

/** A name that is none would be a default in silence. */
function checkNames(call: string, options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options))
    throwWrongOption(call, 'options', 'of type object', options);
  const strange = Object.keys(options).filter((name) => !names.includes(name));
  if (strange.length === 0) return;
  const got = Object.fromEntries(strange.map((name) => [name, (options as Record<string, unknown>)[name]]));
  throw new BadArgumentError({
    call: `cache ${call}`,
    expected: `options to have no '${strange.join("', '")}'`,
    got,
  });
}

/** @throws BadArgumentError */
export function throwWrongOption(call: string, name: string, expected: string, got: unknown): never {
  throw new BadArgumentError({ call: `cache ${call}`, expected: `${name} to be ${expected}`, got });
}
