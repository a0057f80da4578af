import { startNode, type LogRecord, type Node, type NodeDown, type NodeOptions } from '@trestle/runtime';
import { seesExactly } from './seen-nodes';
import type { OsCluster } from './os-cluster';
import type { OsProcess } from './os-process';

/**
 * Starts a node in an OS process of its own, and waits until it is there. See `programs/gate-node.ts`.
 * @param ports where other nodes listen, in place of the port mapper
 */
export async function startOsNode(
  cluster: OsCluster,
  options: NodeOptions,
  ports?: Readonly<Record<string, number>>,
): Promise<OsProcess> {
  const args = [options, ...(ports === undefined ? [] : [ports])].map((value) => JSON.stringify(value));
  const process = cluster.program('test/e2e/programs/gate-node.ts', args);
  await process.prints(/^ready$/m);
  return process;
}

/** A node in the test's own process that belongs to a cluster of OS processes. */
export class Witness {
  readonly log: LogRecord[] = [];
  /** The nodes it has seen go. */
  readonly lost: NodeDown[] = [];
  node!: Node;

  static async start(cluster: OsCluster, name: string, options: NodeOptions = {}): Promise<Witness> {
    const witness = new Witness();
    const { cookie } = cluster;
    const where = options.resolve === undefined ? { mapperPort: cluster.mapperPort } : {};
    const logger = { log: (record: LogRecord) => witness.log.push(record) };
    witness.node = await startNode({ name, cookie, ...where, logger, ...options });
    witness.node.events.on('nodedown', (event) => witness.lost.push(event));
    cluster.beforeEnd(() => witness.stop());
    return witness;
  }

  /** Waits until it lists exactly these nodes, in whatever order. */
  sees(...nodes: string[]): Promise<void> {
    return seesExactly(this.node, nodes);
  }

  stop(): Promise<void> {
    return this.node.stop();
  }
}
