import {
  startNode,
  type LogRecord,
  type Node,
  type NodeOptions,
  type Pid,
  type Self,
} from '@trestle/runtime';
import type { LocalNode } from '@trestle/runtime/internal';
import { expectNothingLeft, settle as settleNodes } from '@trestle/runtime/testing';

const running = new Set<Node>();
const logs = new WeakMap<Node, LogRecord[]>();

/**
 * Starts a node that is stopped after the test, which then fails if the node has left anything behind. What it logs is
 * kept for `logOf`. What its processes send each other is frozen, so that a mistake of sharing shows.
 */
export async function startTestNode(options: NodeOptions = {}): Promise<Node> {
  const records: LogRecord[] = [];
  const logger = { log: (record: LogRecord) => void records.push(record) };
  const node = await startNode({
    logger,
    levels: { default: 'all' },
    messageIsolation: 'freeze',
    // A thread for each of thousands of nodes: tests that want one ask for it.
    ...(options.name === undefined ? {} : { pulse: false as const }),
    ...options,
  });
  running.add(node);
  logs.set(node, records);
  return node;
}

/** What a test node has logged so far. */
export function logOf(node: Node): LogRecord[] {
  return logs.get(node) ?? [];
}

/** The parts of a node, to look into. */
export function partsOf(node: Node): LocalNode {
  return (node as unknown as { local: LocalNode }).local;
}

/** What a node holds that must be gone when nothing goes on. */
export function leftovers(node: Node): Record<string, unknown> {
  const { table, registry, timers, deadlines, gen } = partsOf(node);
  return {
    processes: table.size,
    names: registry.names(),
    timers: timers.size,
    deadlines: deadlines.size,
    numberedCalls: gen.numbers.size,
  };
}

afterEach(async () => {
  const nodes = [...running];
  running.clear();
  // All of them first: one that has left something behind must not keep the others running.
  for (const node of nodes) await node.stop();
  expectNothingLeft(...nodes);
});

/** Waits until the processes of every node of the test have done all they can do now. */
export function settle(): Promise<void> {
  return settleNodes(...running);
}

/** Executes `code` as a process and hands out what it returns or throws. */
export function inProcess<T>(node: Node, code: (self: Self<any>) => T): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    node.spawn<any>(async (self) => {
      try {
        resolve(await code(self));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Executes `body` as a process and tells why it ended. */
export function reasonOf(node: Node, body: (self: Self<any>) => unknown): Promise<unknown> {
  return inProcess(node, async (self) => {
    const { ref } = self.spawnMonitor<any>(body);
    return (await self.receive('DOWN', { where: (down) => down.ref === ref })).reason;
  });
}

/** Tells why a living process will end. The monitor stands when the promise is made. */
export async function watch(node: Node, pid: Pid): Promise<{ readonly reason: Promise<unknown> }> {
  let reason!: Promise<unknown>;
  await new Promise<void>((watching) => {
    reason = inProcess(node, async (self) => {
      self.monitor(pid);
      watching();
      return (await self.receive('DOWN')).reason;
    });
  });
  return { reason };
}

/** A process that does nothing until it is ended, and the messages it has received so far. */
export function idle(
  node: Node,
  setUp: (self: Self<any>) => void = () => {},
): { pid: Pid; inbox: unknown[] } {
  const inbox: unknown[] = [];
  const pid = node.spawn<any>(async (self) => {
    setUp(self);
    for (;;) inbox.push(await self.receive());
  });
  return { pid, inbox };
}
