import { BadArgumentError, CallTimeoutError, type CallOptions, type NodeName } from '@trestle/runtime';
import { nodeNameSchema } from '@trestle/runtime/internal';
import type { CacheCall, ClearedPart } from '../terms/cache-protocol';
import { isGone, type CacheRequests } from './cache-requests';
import type { CacheStatistics } from '../terms/cache-statistics';
import { callOptions } from './write-options';

/** What is asked of the nodes that hold entries, and not of the owners of a key. */
export class NodeVerbs {
  /** @param canHold whether a node holds entries when it is there */
  constructor(
    private readonly requests: CacheRequests,
    private readonly canHold: (node: NodeName) => boolean,
  ) {}

  /** @throws BadArgumentError if a node of that name holds no entries, ever; this one may be asked though it does not */
  async entriesOn(node: NodeName, options?: CallOptions): Promise<number> {
    const wait = callOptions('stats', options);
    if (node !== this.requests.node.name) this.check('stats', node);
    if (!this.requests.isMember(node)) return 0;
    return (await this.requests.askNode(node, { type: 'stats' }, wait)) as number;
  }

  /** @throws BadArgumentError as `entriesOn`, of this node too */
  async ask(call: string, node: NodeName, request: CacheCall, options?: CallOptions): Promise<unknown> {
    const wait = callOptions(call, options);
    this.check(call, node);
    return this.requests.askNode(node, request, wait);
  }

  /** @returns what each member has told that has answered in time */
  async statistics(call: string, options?: CallOptions): Promise<CacheStatistics[]> {
    const ask = (member: NodeName): Promise<unknown> =>
      this.askIfThere(call, member, { type: 'statistics' }, options).catch((error: unknown) => {
        if (!(error instanceof CallTimeoutError)) throw error;
      });
    const answers = await Promise.all(this.requests.membership.current().members.map(ask));
    return answers.filter((answer) => answer !== undefined) as CacheStatistics[];
  }

  /** @returns what each member has answered, `undefined` for one that is gone */
  private async askAll(call: string, request: CacheCall, options?: CallOptions): Promise<unknown[]> {
    const { members } = this.requests.membership.current();
    return Promise.all(members.map((member) => this.askIfThere(call, member, request, options)));
  }

  private async askIfThere(
    call: string,
    member: NodeName,
    request: CacheCall,
    options?: CallOptions,
  ): Promise<unknown> {
    const wait = callOptions(call, options);
    try {
      return await this.requests.askNode(member, request, wait);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /**
   * Has every node say until when it removes all, and all of them remove that: so what was written anywhere before this was
   * called is older, and what is written once this is answered is later.
   */
  async clear(options?: CallOptions): Promise<void> {
    const answers = await this.askAll('clear', { type: 'clear' }, options);
    const moments = answers.flatMap((answer) => (answer === undefined ? [] : (answer as ClearedPart).until));
    // The latest of all: what was written before on a node whose clock is ahead is older than that.
    if (moments.length > 0)
      await this.askAll('clear', { type: 'clear', until: Math.max(...moments) }, options);
  }

  private check(call: string, node: unknown): void {
    const name = nodeNameSchema.safeParse(node);
    const expected = name.success
      ? `a node that can hold entries of '${this.requests.name}'`
      : "a node name of the form 'name@host'";
    if (!name.success || !this.canHold(name.data))
      throw new BadArgumentError({ call: `cache ${call}`, expected, got: node });
  }
}
