import { routingHash, type HashableTerm, type Membership } from '@trestle/cluster';
import {
  localName,
  TrestleError,
  type CallOptions,
  type Node,
  type NodeName,
  type RemoteName,
} from '@trestle/runtime';
import { checkKey, type CacheKey } from './cache-key';
import { NoMembersError } from './no-members-error';
import type { CacheCall, CacheProtocol } from './cache-protocol';

type Owner = RemoteName<CacheProtocol>;

/** Whether a request can be sent to another owner when the first one fails. */
export type Again =
  /** It does the same if it is done twice. */
  | 'always'
  /** Only if it is certain that it was not done. */
  | 'ifNotHandled';

/** How one node asks the owners of keys. */
export class CacheRequests {
  /** An address is made once: a request must not pay for it. */
  private readonly addresses = new Map<NodeName, Owner>();

  /** @param name the name of the cache's servers */
  constructor(
    readonly node: Node,
    readonly membership: Membership,
    readonly name: string,
    readonly copies: number,
  ) {}

  /**
   * The nodes that a key belongs to now, the best first.
   * @throws BadArgumentError if it is no key; NoMembersError
   */
  ownersOf(call: string, key: unknown, copies = this.copies): readonly NodeName[] {
    checkKey(`cache ${call}`, key);
    const owners = this.membership.current().owners(routingHash(key as HashableTerm), copies);
    if (owners.length === 0) throw new NoMembersError(call, this.name);
    return owners;
  }

  /** Asks an owner of a key: the first, or another that is there when it is gone. */
  ask(
    call: string,
    key: CacheKey,
    request: CacheCall,
    again: Again,
    options?: CallOptions,
  ): Promise<unknown> {
    try {
      const owners = this.ownersOf(call, key);
      const asked = this.askNode(owners[0] ?? '', request, options);
      return owners.length === 1 ? asked : this.askNext(owners, asked, request, again, options);
    } catch (error) {
      // A promise rejects: whoever awaits it has one place to look.
      return Promise.reject(error);
    }
  }

  /** Asks the server of one node. */
  askNode(node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    return this.node.call(this.addressOf(node), request, options);
  }

  private async askNext(
    owners: readonly NodeName[],
    first: Promise<unknown>,
    request: CacheCall,
    again: Again,
    options?: CallOptions,
  ): Promise<unknown> {
    let asked = first;
    for (const next of owners.slice(1)) {
      try {
        return await asked;
      } catch (error) {
        if (!canGoOn(error, again)) throw error;
        asked = this.askNode(next, request, options);
      }
    }
    return asked;
  }

  private addressOf(node: NodeName): Owner {
    let address = this.addresses.get(node);
    if (address === undefined) {
      address = localName<CacheProtocol>(this.name).on(node);
      this.addresses.set(node, address);
    }
    return address;
  }
}

const gone: readonly unknown[] = ['ERR_NODEDOWN', 'ERR_NOPROC', 'ERR_SERVER_EXIT'];

/** A server that is not there answers nobody; one that is slow, or refuses, would have its reasons elsewhere too. */
function canGoOn(error: unknown, again: Again): boolean {
  if (!(error instanceof TrestleError) || !gone.includes(error.code)) return false;
  return again === 'always' || !error.mayHaveBeenHandled;
}
