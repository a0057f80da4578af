import type { From } from '@trestle/runtime';
import { cacheErrorData } from '../../terms/told-error';

/** Fails a call with an error of the server's making: its caller gets a `RemoteError` whose cause it is, as data. */
export function failCall(from: From, error: unknown): void {
  from.fail({ kind: 'badReply', error: cacheErrorData(error) });
}
