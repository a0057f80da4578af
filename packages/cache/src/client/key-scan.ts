import type { CallOptions, NodeName } from '@trestle/runtime';
import type { CacheKey } from '../terms/cache-key';
import type { ScanPage } from '../terms/cache-protocol';
import { isGone, type CacheRequests } from './cache-requests';
import { callNames, callOptions, throwWrongOption } from './write-options';

/** How a cache is gone through. */
export interface ScanOptions extends CallOptions {
  /** How many entries travel at once, 1 or more. Default 1,000. */
  readonly pageSize?: number;
}

const scanNames = [...callNames, 'pageSize'];

interface CheckedScan {
  readonly limit: number;
  readonly wait: CallOptions | undefined;
}

/** @throws BadArgumentError if an option is wrong, or has a name that none has */
function checkedScan(call: string, options?: ScanOptions): CheckedScan {
  const wait = callOptions(call, options, scanNames);
  const { pageSize: limit = 1_000 } = options ?? {};
  if (!Number.isSafeInteger(limit) || limit < 1)
    throwWrongOption(call, 'pageSize', 'a whole number of entries, 1 or more', limit);
  return { limit, wait };
}

/**
 * Goes through all entries, page by page, node by node. What is there all the time comes at least once, and exactly once
 * while the members stay; when members have come or gone meanwhile, the scan goes through all nodes once more, and keys
 * come again. What is written or removed meanwhile may come or not.
 */
export async function* scan(
  requests: CacheRequests,
  values: boolean,
  options?: ScanOptions,
): AsyncGenerator<ScanPage, void, undefined> {
  const how = checkedScan(values ? 'entries' : 'keys', options);
  for (;;) {
    const routing = requests.membership.current();
    for (const node of routing.members) yield* scanNode(requests, node, values, how);
    if (requests.membership.current() === routing) return;
  }
}

async function* scanNode(
  requests: CacheRequests,
  node: NodeName,
  values: boolean,
  { limit, wait }: CheckedScan,
): AsyncGenerator<ScanPage, void, undefined> {
  let cursor: number | undefined;
  do {
    const request = { type: 'scan', limit, values, ...(cursor === undefined ? {} : { cursor }) } as const;
    let page: ScanPage;
    try {
      page = (await requests.askNode(node, request, wait)) as ScanPage;
    } catch (error) {
      // The other copies are shown by other nodes; or the node is no member any more, as will be known soon.
      if (isGone(error) && (requests.copies > 1 || !requests.isMember(node))) return;
      throw error;
    }
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** The keys of pages, one after the other. */
export async function* keysOf(pages: AsyncIterable<ScanPage>): AsyncGenerator<CacheKey, void, undefined> {
  for await (const page of pages) yield* page.keys;
}

/** The entries of pages, one after the other. */
export async function* entriesOf<Value>(
  pages: AsyncIterable<ScanPage>,
): AsyncGenerator<readonly [CacheKey, Value], void, undefined> {
  for await (const { keys, values = [] } of pages) {
    for (let i = 0; i < keys.length; i++) yield [keys[i] ?? '', values[i] as Value];
  }
}
