import {
  startSupervisor,
  syncNodes,
  type Logger,
  type LogRecord,
  type Node,
  type NodeName,
} from '@trestle/runtime';
import { discoverySpec, startDiscovery } from '@trestle/cluster';
import { freePort } from '../../support/free-port';
import { startTestNode } from '../../support/test-node';

const names = ['d1@127.0.0.1', 'd2@127.0.0.1', 'd3@127.0.0.1'];
const [d1, d2, d3] = names as [NodeName, NodeName, NodeName];

const topologies = {
  example: { strategy: 'static', config: { nodes: names, retry: { minMs: 20, maxMs: 100 } } },
} as const;

describe('discovery between nodes', () => {
  let mapperPort: number;
  beforeEach(async () => (mapperPort = await freePort()));

  function named(name: NodeName, log = new LogLines()): Promise<Node> {
    return startTestNode({ name, cookie: 'a cookie of this test', mapperPort, logger: log });
  }

  async function discovering(name: NodeName, log?: LogLines): Promise<Node> {
    const node = await named(name, log);
    await startDiscovery(node, { topologies });
    return node;
  }

  it('connects nodes that are started one after the other, and says so once on each side', async () => {
    const logs = names.map(() => new LogLines());
    await discovering(d1, logs[0]);
    await logs[0]!.until('unable to connect to d2@127.0.0.1');
    await discovering(d2, logs[1]);
    await discovering(d3, logs[2]);
    for (const [i, log] of logs.entries()) {
      for (const other of names.filter((name) => name !== names[i])) {
        const line = `[discovery:example] connected to ${other}`;
        await log.until(line);
        expect(log.lines.filter((text) => text === line)).toHaveLength(1);
      }
    }
  });

  it('connects nodes that are started at the same time', async () => {
    const nodes = await Promise.all(names.map((name) => discovering(name)));
    await Promise.all(nodes.map((node) => connected(node, others(node))));
    expect(nodes.map((node) => node.list().toSorted())).toEqual([
      [d2, d3],
      [d1, d3],
      [d1, d2],
    ]);
  });

  it('connects again what was disconnected', async () => {
    const [first, second] = await Promise.all([d1, d2].map((name) => discovering(name)));
    await connected(first!, [d2]);
    await connected(second!, [d1]);
    const back = nextUp(second!);
    await first!.disconnect(d2);
    await expect(back).resolves.toBe(d1);
  });

  it('finds a node that was restarted under its name', async () => {
    const log = new LogLines();
    const first = await discovering(d1, log);
    const second = await named(d2);
    await connected(first, [d2]);
    await log.until(`connected to ${d2}`);
    log.lines.length = 0;
    await second.stop();
    await log.until(`unable to connect to ${d2}`);
    const back = nextUp(first);
    await named(d2);
    await expect(back).resolves.toBe(d2);
  });

  it('stops with its supervision tree', async () => {
    const node = await named(d1);
    await startSupervisor(node, { strategy: 'oneForOne', children: [discoverySpec({ topologies })] });
    await node.stop();
    expect(node.processes()).toStrictEqual([]);
  });
});

describe('waiting at boot, between nodes', () => {
  it('lets nodes that wait for each other find each other, whichever is first', async () => {
    const mapperPort = await freePort();
    const synced = await Promise.all(
      names.map(async (name) => {
        const node = await startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
        await syncNodes(node, { mandatory: names, timeoutMs: 15_000 });
        return node.list().toSorted();
      }),
    );
    expect(synced).toEqual([
      [d2, d3],
      [d1, d3],
      [d1, d2],
    ]);
  });
});

function others(node: Node): NodeName[] {
  return names.filter((name) => name !== node.name);
}

/** Waits until a node is connected to the others. */
function connected(node: Node, wanted: readonly NodeName[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (wanted.every((name) => node.list().includes(name))) resolve();
    };
    node.events.on('nodeup', look);
    look();
  });
}

function nextUp(node: Node): Promise<NodeName> {
  return new Promise((resolve) => node.events.once('nodeup', ({ node: other }) => resolve(other)));
}

/** Keeps what is logged, and waits for it. */
class LogLines implements Logger {
  readonly lines: string[] = [];
  private readonly waiting = new Set<() => void>();

  log({ text }: LogRecord): void {
    this.lines.push(text);
    for (const look of [...this.waiting]) look();
  }

  /** Waits until a line ends with a text. */
  until(end: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.lines.some((line) => line.endsWith(end))) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }
}
