import type { Clock } from '@trestle/runtime';
import { LocalNode, systemRandom } from '@trestle/runtime/internal';
import type { LogRecord } from '../../../../packages/runtime/src/node/log/log-record';
import type { Node } from '../../../../packages/runtime/src/node/node';
import { RunningNode, type RpcService } from '../../../../packages/runtime/src/node/running-node';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { NetKernel } from '../../../../packages/runtime/src/distribution/kernel/net-kernel';
import type { NetKernelOptions } from '../../../../packages/runtime/src/distribution/kernel/net-kernel-options';
import { InstantNetwork } from '../../../support/instant-network';

/** A node of a test, from all sides. */
export interface TestNode {
  readonly name: string;
  readonly node: Node;
  readonly local: LocalNode;
  readonly kernel: NetKernel;
  readonly logged: LogRecord[];
  /** `nodeup x` and `nodedown x reason`, in order. */
  readonly events: string[];
}

export type TestNodeOptions = Partial<Omit<NetKernelOptions, 'node' | 'cookie'>> & {
  readonly cookie?: string;
  readonly creation?: number;
};

/** Nodes in one process, on a network without latency and a clock that stands still. */
export class LinkedNodes {
  readonly network = new InstantNetwork();
  readonly clock = this.network.clock;
  private readonly known = new Set<string>();
  private readonly nodes: TestNode[] = [];
  private creations = 0;

  async start(name: string, options: TestNodeOptions = {}): Promise<TestNode> {
    const { cookie = 'secret', creation = ++this.creations, ...rest } = options;
    const logged: LogRecord[] = [];
    const local = createLocal(name, creation, this.clock, logged);
    const kernel = await NetKernel.start({
      node: local,
      cookies: [new Cookie(cookie)],
      hidden: false,
      transport: this.network.transportOf(name),
      resolve: (other) => (this.known.has(other) ? { host: other, port: 1 } : undefined),
      ...rest,
    });
    this.known.add(name);
    const started = { name, node: local.node, local, kernel, logged, events: eventsOf(local.node) };
    this.nodes.push(started);
    return started;
  }

  /** Starts nodes of these names and connects each of them with the first. */
  async connected(...names: string[]): Promise<TestNode[]> {
    const nodes: TestNode[] = [];
    for (const name of names) nodes.push(await this.start(name));
    for (const { node } of nodes.slice(1)) await node.connect(names[0]!);
    return nodes;
  }

  async stop(): Promise<void> {
    const stopping = this.nodes.map(({ node }) => node.stop());
    this.network.thaw();
    await Promise.all(stopping);
  }

  /** Nobody can find the node any more. */
  hide(name: string): void {
    this.known.delete(name);
  }

  /** Resolves when what is under way has arrived, and what followed from it. */
  settled(): Promise<void> {
    return this.clock.settle();
  }
}

function createLocal(name: string, creation: number, clock: Clock, logged: LogRecord[]): LocalNode {
  const logger = { log: (record: LogRecord) => void logged.push(record) };
  const local = new LocalNode({
    ...{ name, creation, clock, random: systemRandom, logger },
    levels: { default: 'all' },
  });
  local.node = new RunningNode(local, {} as RpcService);
  return local;
}

function eventsOf(node: Node): string[] {
  const events: string[] = [];
  node.events.on('nodeup', (event) => events.push(`nodeup ${event.node}`));
  node.events.on('nodedown', (event) => events.push(`nodedown ${event.node} ${String(event.reason)}`));
  return events;
}
