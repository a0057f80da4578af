import type { LocalNode } from '../../node/local-node';
import { BadArgumentError } from '../../terms/errors';
import { hostOf, shortName, type NodeName } from '../../terms/node-name';
import type { SocketAddress } from '../link/transport';
import { checkResolved } from './address-check';
import { lookup } from '../port-mapper/mapper-client';
import { PortMapper } from '../port-mapper/port-mapper';

/** Tells where a node listens; `undefined` if it is not known. */
export type Resolve = (node: NodeName) => SocketAddress | undefined | Promise<SocketAddress | undefined>;

/** Where nodes are told, and looked up. */
export interface WhereaboutsOptions {
  readonly node: LocalNode;
  readonly mapperPort: number | undefined;
  readonly resolve: Resolve | undefined;
}

/** Makes this node known to others, and finds them: by the port mappers of their hosts, or by a function. */
export class Whereabouts {
  private readonly mapper: PortMapper | null;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly options: WhereaboutsOptions) {
    this.mapper = options.mapperPort === undefined ? null : mapperOf(options.node, options.mapperPort);
  }

  async register(port: number): Promise<void> {
    await this.mapper?.register(shortName(this.options.node.name), port);
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
    await this.mapper?.stop();
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
    const { mapperPort } = this.options;
    if (mapperPort === undefined) return undefined;
    const host = hostOf(node);
    const { clock } = this.options.node;
    const found = await lookup({ host, port: mapperPort, name: shortName(node), clock, signal });
    return found === undefined ? undefined : { host, port: found.port };
  }
}

function mapperOf(node: LocalNode, port: number): PortMapper {
  const { clock, random, log } = node;
  return PortMapper.start({ host: hostOf(node.name), port, clock, random, log });
}
