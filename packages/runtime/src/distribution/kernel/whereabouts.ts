import type { LocalNode } from '../../node/local-node';
import { hostOf, shortName, type NodeName } from '../../terms/node-name';
import type { SocketAddress } from '../link/transport';
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

  locate(node: NodeName): Promise<SocketAddress | undefined> {
    const search = this.search(node);
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

  private async search(node: NodeName): Promise<SocketAddress | undefined> {
    const { resolve, mapperPort } = this.options;
    if (resolve !== undefined) return resolve(node);
    if (mapperPort === undefined) return undefined;
    const host = hostOf(node);
    const { clock } = this.options.node;
    const found = await lookup({ host, port: mapperPort, name: shortName(node), clock });
    return found === undefined ? undefined : { host, port: found.port };
  }
}

function mapperOf(node: LocalNode, port: number): PortMapper {
  const { clock, random, log } = node;
  return PortMapper.start({ host: hostOf(node.name), port, clock, random, log });
}
