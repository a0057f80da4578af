import type { CallOptions } from '@trestle/runtime';
import { AheadEncoder, defaultCallTimeoutMs } from '@trestle/runtime/internal';
import { deleteOp, deleteOpWith, getOp, putOp, putOpWith, requestOf, type BatchOp } from '../terms/batch-ops';
import type { CacheKey } from '../terms/cache-key';
import type { CacheRequests } from './cache-requests';
import type { WriteRequestOptions } from '../terms/write-request';
import { alone, keptKey, keptValue } from './kept-value';
import {
  callOptions,
  deleteNames,
  writeNames,
  writeRequestOptions,
  type DeleteOptions,
  type WriteOptions,
} from './write-options';

/** The requests for single keys that any owner can be asked, and that can be done twice: they travel together. */
export class KeyRequests {
  private readonly encoder = new AheadEncoder();

  constructor(private readonly requests: CacheRequests) {}

  get(key: CacheKey, options?: CallOptions): Promise<unknown> {
    try {
      return this.ask(getOp, key, undefined, undefined, callOptions('get', options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  put(key: CacheKey, value: unknown, options?: WriteOptions): Promise<'ok'> {
    return this.write(putOp, putOpWith, key, value, options);
  }

  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'> {
    return this.write(deleteOp, deleteOpWith, key, undefined, options);
  }

  private write(
    usual: BatchOp,
    withOptions: BatchOp,
    key: CacheKey,
    value: unknown,
    options?: WriteOptions,
  ): Promise<'ok'> {
    try {
      const call = usual === putOp ? 'put' : 'delete';
      const how = writeRequestOptions(call, options, call === 'put' ? writeNames : deleteNames);
      const op = how === undefined || isUsual(how) ? usual : withOptions;
      return this.ask(op, key, value, how, callOptions(call, options, writeNames)) as Promise<'ok'>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private ask(
    op: BatchOp,
    key: CacheKey,
    value: unknown,
    how: WriteRequestOptions | undefined,
    options: CallOptions | undefined,
  ): Promise<unknown> {
    const { requests } = this;
    const call = op === getOp ? 'get' : op === putOp || op === putOpWith ? 'put' : 'delete';
    const owners = requests.ownersOf(call, key);
    const node = requests.nearest(owners);
    // What is here is asked at once.
    if (node !== requests.node.name) {
      const timeoutMs = options?.timeoutMs ?? defaultCallTimeoutMs;
      const kept = keptValue(value, this.encoder);
      if (kept !== alone) return requests.batches.ask(node, timeoutMs, op, keptKey(key), kept, how);
    }
    return requests.askOwners(owners, requestOf(op, key, value, how), 'always', options);
  }
}

function isUsual({ ttlMs, sliding, concern }: WriteRequestOptions): boolean {
  return ttlMs === undefined && sliding === undefined && concern === undefined;
}
