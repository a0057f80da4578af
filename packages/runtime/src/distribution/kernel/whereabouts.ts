import type { LocalNode } from '../../node/local-node';
import { BadArgumentError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { SocketAddress } from '../socket/transport';
import { checkResolved } from './address-check';

/** Tells where a node listens; `undefined` if it is not known. */
export type Resolve = (node: NodeName) => SocketAddress | undefined | Promise<SocketAddress | undefined>;

/** Where nodes are told, and looked up: the port mappers of their hosts. */
export interface Directory {
  /**
   * Makes this node known, with the port it listens on.
   * @throws NodeNameTakenError if another has its name, PortMapperError if it cannot be known
   */
  register(port: number): Promise<void>;
  find(node: NodeName, signal: AbortSignal): Promise<SocketAddress | undefined>;
  /** Gives up the name. */
  stop(): Promise<void>;
}

/** By what nodes are found; without either, they are not. */
export interface WhereaboutsOptions {
  readonly node: LocalNode;
  readonly directory?: Directory | undefined;
  readonly resolve?: Resolve | undefined;
}

/** Makes this node known to others, and finds them: by a directory, or by a function. */
export class Whereabouts {
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly options: WhereaboutsOptions) {}

  async register(port: number): Promise<void> {
    await this.options.directory?.register(port);
  }

  /** Where a node listens. May never answer, if `resolve` does not. */
  locate(node: NodeName, signal: AbortSignal): Promise<SocketAddress | undefined> {
    const { resolve } = this.options;
    // What the user's function does is not waited for when the node stops.
    if (resolve !== undefined) return this.resolved(node, resolve);
    const search = this.search(node, signal);
    this.underWay.add(search);
    const done = (): void => void this.underWay.delete(search);
    search.then(done, done);
    return search;
  }

  /** Gives up the name; nothing is under way any more when it is done. */
  async stop(): Promise<void> {
    await this.options.directory?.stop();
    await Promise.allSettled(this.underWay);
  }

  private async resolved(node: NodeName, resolve: Resolve): Promise<SocketAddress | undefined> {
    try {
      return checkResolved(await resolve(node));
    } catch (error) {
      const problem = error instanceof BadArgumentError ? error.message : `resolve failed: ${String(error)}`;
      this.options.node.log.report('warning', { type: 'connection', event: 'failed', peer: node, problem });
      throw error instanceof Error ? error : new Error(problem);
    }
  }

  private async search(node: NodeName, signal: AbortSignal): Promise<SocketAddress | undefined> {
    return this.options.directory?.find(node, signal);
  }
}
