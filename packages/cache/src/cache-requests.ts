import { routingHash, type HashableTerm, type Membership } from '@trestle/cluster';
import {
  localName,
  TrestleError,
  type CallOptions,
  type Node,
  type NodeName,
  type RemoteName,
} from '@trestle/runtime';
import { describeCall } from '@trestle/runtime/internal';
import { checkKey } from './cache-key';
import type { CacheCall, CacheProtocol } from './cache-protocol';
import type { BatchSender } from './client/batch';
import { TurnBatches } from './client/turn-batches';
import { NoMembersError } from './no-members-error';
import { toldError } from './operations/told-error';

type Owner = RemoteName<CacheProtocol>;

/** Whether a request can be sent to another owner when the first one fails. */
export type Again =
  /** It does the same if it is done twice: any owner can be asked. */
  | 'always'
  /** The first owner is asked; another only if it is certain that nothing was done. */
  | 'ifNotHandled';

/** How one node asks the owners of keys. */
export class CacheRequests {
  /** An address is made once: a request must not pay for it. */
  private readonly addresses = new Map<NodeName, Owner>();
  /** What other nodes are asked together with whatever else they are asked in this turn of the event loop. */
  readonly batches: TurnBatches;

  /**
   * @param name the name of the cache's servers
   * @param comeAndGo whether members can become others
   */
  constructor(
    readonly node: Node,
    readonly membership: Membership,
    readonly name: string,
    readonly copies: number,
    readonly comeAndGo: boolean,
  ) {
    this.batches = new TurnBatches(node, this.batchSender());
  }

  /**
   * The nodes that a key belongs to now, the best first.
   * @throws BadArgumentError if it is no key; NoMembersError
   */
  ownersOf(call: string, key: unknown, copies = this.copies): readonly NodeName[] {
    // The usual key need not pay for the words of an error.
    if (typeof key !== 'string') checkKey(`cache ${call}`, key);
    const owners = this.membership.current().owners(routingHash(key as HashableTerm), copies);
    if (owners.length === 0) throw new NoMembersError(call, this.name);
    return owners;
  }

  /** Asks an owner of a key; another one if it is gone. */
  ask(call: string, key: unknown, request: CacheCall, again: Again, options?: CallOptions): Promise<unknown> {
    try {
      return this.askOwners(this.ownersOf(call, key), request, again, options);
    } catch (error) {
      // A promise rejects: whoever awaits it has one place to look.
      return Promise.reject(error);
    }
  }

  /** Asks one of the owners of a key. */
  askOwners(
    owners: readonly NodeName[],
    request: CacheCall,
    again: Again,
    options?: CallOptions,
  ): Promise<unknown> {
    if (owners.length === 1) return this.askNode(owners[0] ?? '', request, options);
    return this.askOneOf(owners, request, again, options);
  }

  /** Asks the server of one node. */
  askNode(node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    this.batches.flush(node);
    return this.send(node, request, options).catch(throwTold);
  }

  /** Whether a node is among those that hold entries now. */
  isMember(node: NodeName): boolean {
    return this.membership.current().members.includes(node);
  }

  /** Which of its owners to ask first for what any of them can do: this node if it is one. */
  nearest(owners: readonly NodeName[]): NodeName {
    const own = this.node.name;
    return owners.includes(own) ? own : (owners[0] ?? '');
  }

  private send(node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    return this.node.call(this.addressOf(node), request, options);
  }

  private batchSender(): BatchSender {
    const { node } = this;
    return {
      now: () => node.clock.now(),
      // A node that has stopped throws.
      send: async (to, request, timeoutMs) => this.send(to, request, { timeoutMs }),
      describe: (to, request) => describeCall(this.addressOf(to), request, node.name),
      failed: async (at, request, timeoutMs, error) => {
        const told = toldError(error);
        const owners = this.copies === 1 ? [] : this.ownersOf(request.type, request.key);
        // Not here: the request is in a form that only travels.
        const others = owners.filter((owner) => owner !== at && owner !== node.name);
        if (others.length === 0 || !canAskAnother(told, 'always')) throw told;
        return this.askOneOf(others, request, 'always', { timeoutMs });
      },
    };
  }

  private async askOneOf(
    owners: readonly NodeName[],
    request: CacheCall,
    again: Again,
    options?: CallOptions,
  ): Promise<unknown> {
    const first = again === 'always' ? this.nearest(owners) : (owners[0] ?? '');
    try {
      return await this.askNode(first, request, options);
    } catch (error) {
      const others = owners.filter((owner) => owner !== first);
      if (others.length === 0 || !canAskAnother(error, again)) throw error;
      return this.askOneOf(others, request, again, options);
    }
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

const draining = 'ERR_CACHE_DRAINING';
const gone: readonly unknown[] = ['ERR_NODEDOWN', 'ERR_NOPROC', 'ERR_SERVER_EXIT', draining];

/**
 * Whether a server was not there, or gives its entries away: another owner writes then. One that is slow, or refuses, would
 * have its reasons elsewhere too.
 */
export function isGone(error: unknown): boolean {
  return error instanceof TrestleError && gone.includes(error.code);
}

function canAskAnother(error: unknown, again: Again): boolean {
  if (!isGone(error)) return false;
  const refused = error as TrestleError;
  return again === 'always' || refused.code === draining || !refused.mayHaveBeenHandled;
}

function throwTold(error: unknown): never {
  throw toldError(error);
}
