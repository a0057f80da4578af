import type { LocalNode } from '../../node/local-node';
import { hostOf, shortName, type NodeName } from '../../terms/node-name';
import type { Directory } from '../kernel/whereabouts';
import type { SocketAddress } from '../socket/transport';
import { lookup } from './mapper-client';
import { PortMapper } from './port-mapper';

/** The nodes that the port mappers of their hosts know. */
export class MappedNodes implements Directory {
  private readonly mapper: PortMapper;

  constructor(
    private readonly node: LocalNode,
    private readonly port: number,
  ) {
    const { clock, random, log, events } = node;
    const namesChanged = (names: readonly string[]): void => {
      events.mapped(names);
    };
    this.mapper = PortMapper.start({ host: hostOf(node.name), port, clock, random, log, namesChanged });
  }

  register(port: number): Promise<void> {
    return this.mapper.register(shortName(this.node.name), port);
  }

  async find(node: NodeName, signal: AbortSignal): Promise<SocketAddress | undefined> {
    const host = hostOf(node);
    const { clock } = this.node;
    const found = await lookup({ host, port: this.port, name: shortName(node), clock, signal });
    return found === undefined ? undefined : { host, port: found.port };
  }

  stop(): Promise<void> {
    return this.mapper.stop();
  }
}
