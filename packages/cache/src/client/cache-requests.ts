import { routingHash, type HashableTerm, type Membership } from '@trestle/cluster';
import {
  CallTimeoutError,
  localName,
  TrestleError,
  type CallOptions,
  type Node,
  type NodeName,
  type RemoteName,
} from '@trestle/runtime';
import { defaultCallTimeoutMs, describeCall } from '@trestle/runtime/internal';
import { checkKey, type CacheKey } from '../terms/cache-key';
import type { CacheCall, CacheProtocol } from '../terms/cache-protocol';
import type { BatchSender } from './batch/batch';
import { lossHeard } from './loss-heard';
import { namedUnsendable } from './named-unsendable';
import { Reachable } from './reachable';
import { checkSendableChange } from './sendable-change';
import { Tries } from './tries';
import { TurnBatches } from './batch/turn-batches';
import { NoMembersError } from '../terms/no-members-error';
import { toldError } from '../terms/told-error';

type Owner = RemoteName<CacheProtocol>;

/** A request for one key. */
export type KeyedCall = Extract<CacheCall, { readonly key: CacheKey }>;

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
  private readonly reachable: Reachable;

  /**
   * @param name the name of the cache's servers
   * @param members the name of the process that watches the members, if they can become others
   */
  constructor(
    readonly node: Node,
    readonly membership: Membership,
    readonly name: string,
    readonly copies: number,
    private readonly members: string | null,
  ) {
    this.batches = new TurnBatches(node, this.batchSender());
    this.reachable = new Reachable(node);
  }

  /** Whether members can become others. */
  get comeAndGo(): boolean {
    return this.members !== null;
  }

  /**
   * The nodes that a key belongs to now, the best first.
   * @throws BadArgumentError if it is no key; NoMembersError
   */
  ownersOf(call: string, key: unknown, copies = this.copies): readonly NodeName[] {
    // The usual key need not pay for the words of an error.
    if (typeof key !== 'string') checkKey(`cache ${call}`, key);
    const owners = this.ownersNow(key, copies);
    if (owners.length === 0) throw new NoMembersError(call, this.name);
    return owners;
  }

  /** As `ownersOf`, of what is known to be a key: nobody, if there is nobody. */
  ownersNow(key: unknown, copies = this.copies): readonly NodeName[] {
    return this.membership.current().owners(routingHash(key as HashableTerm), copies);
  }

  /** Asks an owner of a key; another one if it is gone. */
  ask(call: string, request: KeyedCall, again: Again, options?: CallOptions): Promise<unknown> {
    try {
      return this.askOwners(this.ownersOf(call, request.key), request, again, options);
    } catch (error) {
      // A promise rejects: whoever awaits it has one place to look.
      return Promise.reject(error);
    }
  }

  /**
   * Asks one of the owners of a key.
   * @throws UnsendableError if a change has values that this node could keep, and not send on
   */
  askOwners(
    owners: readonly NodeName[],
    request: KeyedCall,
    again: Again,
    options?: CallOptions,
  ): Promise<unknown> {
    const first = this.firstToAsk(owners, again);
    if (again === 'ifNotHandled' && this.mayTravel(first)) checkSendableChange(this.node, request);
    const startedAt = this.node.clock.now();
    this.batches.flush(first);
    return this.call(first, request, options).catch((error: unknown) => {
      const tries = new Tries(this, options?.timeoutMs ?? defaultCallTimeoutMs, startedAt);
      return this.askAnother(first, request, again, tries, toldError(error));
    });
  }

  /** Asks the server of one node. */
  askNode(node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    this.batches.flush(node);
    return this.call(node, request, options).catch(throwTold);
  }

  /** Sends a request; what it fails with is as it came. */
  async send(node: NodeName, request: CacheCall, timeoutMs: number): Promise<unknown> {
    // A node that has stopped throws.
    return this.call(node, request, { timeoutMs });
  }

  /** A request in the words of errors. */
  describe(node: NodeName, request: CacheCall): string {
    return describeCall(this.addressOf(node), request, this.node.name);
  }

  /** Waits until the routing knows that a node, or its server, is gone. */
  async lossHeard(node: NodeName, timeoutMs: number): Promise<void> {
    if (this.members !== null) await lossHeard(this.node, this.members, node, timeoutMs);
  }

  /** Whether a node is among those that hold entries now. */
  isMember(node: NodeName): boolean {
    return this.membership.current().members.includes(node);
  }

  /** Which of its owners to ask first for what any of them can do: this node if it is one, else one that is there. */
  nearest(owners: readonly NodeName[]): NodeName {
    if (owners.length < 2) return owners[0] ?? '';
    const own = this.node.name;
    return owners.includes(own) ? own : this.reachable.firstOf(owners);
  }

  /** Whether what this node is asked may have to go on to another one. */
  private mayTravel(first: NodeName): boolean {
    if (first !== this.node.name) return false;
    return this.comeAndGo || this.membership.current().members.length > 1;
  }

  /** Which of its owners to ask first. */
  private firstToAsk(owners: readonly NodeName[], again: Again): NodeName {
    return again === 'always' ? this.nearest(owners) : this.reachable.firstOf(owners);
  }

  private call(node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    return this.node.call(this.addressOf(node), request, options);
  }

  private batchSender(): BatchSender {
    const now = (): number => this.node.clock.now();
    return {
      now,
      send: (to, request, timeoutMs) => this.send(to, request, timeoutMs),
      describe: (to, request) => this.describe(to, request),
      failed: (at, request, { timeoutMs, sentAt }, error) =>
        this.askAnother(at, request, 'always', new Tries(this, timeoutMs, sentAt), toldError(error)),
    };
  }

  /** Asks another owner for what one has failed to do, if that makes sense; else it has failed. */
  private async askAnother(
    before: NodeName,
    request: KeyedCall,
    again: Again,
    tries: Tries,
    error: unknown,
  ): Promise<unknown> {
    if (!canAskAnother(error, again)) throw tries.told(namedUnsendable(error, request));
    tries.gone(before, error);
    const owners = await tries.owners(request.key);
    if (owners.length === 0) throw tries.told(error);
    const next = this.firstToAsk(owners, again);
    try {
      return await this.askNode(next, request, { timeoutMs: tries.leftMs });
    } catch (problem) {
      if (problem instanceof CallTimeoutError)
        throw new CallTimeoutError(this.describe(next, request), tries.timeoutMs);
      return this.askAnother(next, request, again, tries, problem);
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
