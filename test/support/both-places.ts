import { EventEmitter, once } from 'node:events';
import type { Node, NodeOptions, Pid, Self } from '@trestle/runtime';
import { freePort } from './free-port';
import { partsOf, startTestNode } from './test-node';

/** Where the two sides of a claim are: on one node (then `here` is `there`), or on two connected ones. */
export interface Places {
  readonly here: Node;
  readonly there: Node;
  readonly apart: boolean;
}

const layouts = [
  { where: 'on one node', apart: false },
  { where: 'between two nodes', apart: true },
];

/** Tests a claim about two processes twice: on one node, and between two connected nodes. */
export function inBothPlaces(
  claim: string,
  test: (places: Places) => Promise<void>,
  options: NodeOptions = {},
): void {
  it.each(layouts)(`${claim}, $where`, async ({ apart }) => {
    const cluster = await startCluster();
    const here = await cluster('here', options);
    const there = apart ? await cluster('there', options) : here;
    if (apart) expect(await here.connect(there.name)).toBe(true);
    await test({ here, there, apart });
  });
}

/** For a claim that is another in each place. */
export async function eachPlace(test: (places: Places) => Promise<void>): Promise<void> {
  const cluster = await startCluster();
  const [here, there] = [await cluster('here'), await cluster('there')];
  await here.connect(there.name);
  await test({ here, there: here, apart: false });
  await test({ here, there, apart: true });
}

/** Starts nodes that share a cookie and a port mapper of their own. */
export async function startCluster(): Promise<(name: string, options?: NodeOptions) => Promise<Node>> {
  const shared = { cookie: 'both places', mapperPort: await freePort() };
  return (name, options) => startTestNode({ ...shared, name: `${name}@127.0.0.1`, ...options });
}

/**
 * Resolves when everything sent so far between connected nodes has arrived, and what followed from it: but for signals
 * so long that they travel in fragments, which others may overtake.
 */
export async function quiet({ here, there }: Pick<Places, 'here' | 'there'>): Promise<void> {
  // A connection keeps the order of everything: what comes behind the rest has pushed it through.
  for (let round = 0; round < 3; round++) {
    await here.rpc.call(there.name, 'Node', 'alive');
    await there.rpc.call(here.name, 'Node', 'alive');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A process whose code is the test's: what it can do, and what it has received. */
export interface Puppet {
  readonly self: Self<any>;
  readonly pid: Pid;
  readonly inbox: any[];
  /** Resolves when so many messages have come. */
  has(count: number): Promise<void>;
}

/** Starts a process that collects its messages and otherwise does what the test makes its `self` do. */
export function puppet(node: Node, traps = false): Promise<Puppet> {
  return new Promise((resolve) => {
    node.spawn<any>(async (self) => {
      const inbox: unknown[] = [];
      const arrivals = new EventEmitter();
      const has = async (count: number): Promise<void> => {
        while (inbox.length < count) await once(arrivals, 'message');
      };
      self.trapExit(traps);
      resolve({ self, pid: self.pid, inbox, has });
      for (;;) {
        inbox.push(await self.receive());
        arrivals.emit('message');
      }
    });
  });
}

/** Whether a process lives, on whichever node of the test it is. */
export function lives(node: Node, { pid }: { readonly pid: Pid }): boolean {
  return node.isAlive(pid);
}

/** Whether the process on this node believes in a link with another. */
export function believesInLink(node: Node, { pid }: Puppet, other: Puppet): boolean {
  return partsOf(node).table.get(pid)?.hasLink(other.pid) ?? false;
}
