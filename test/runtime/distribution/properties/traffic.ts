import type { Node, NodeDown, NodeUp, Pid, Self } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';

/** A message of one witness to another. */
export interface Numbered {
  readonly type: 'numbered';
  /** Who sent it: a pid, so that each life of a node is somebody else. */
  readonly from: Pid;
  readonly node: string;
  readonly n: number;
}

type Seen = Numbered | NodeUp | NodeDown;

/** What one process has seen, in the order in which it saw it: messages of others, and nodes that came and went. */
export class Witness {
  readonly seen: Seen[] = [];
  private sent = 0;

  private constructor(readonly self: Self<Seen>) {}

  static on(node: Node): Promise<Witness> {
    return new Promise((resolve) => {
      node.spawn<Seen>(async (self) => {
        const witness = new Witness(self);
        self.monitorNodes(true);
        self.register('witness');
        resolve(witness);
        for (;;) witness.seen.push(await self.receive(['numbered', 'nodeup', 'nodedown']));
      });
    });
  }

  /** Sends the next number to the witness of another node. */
  sendTo(name: string): void {
    if (this.self.signal.aborted) return;
    const { pid, node } = this.self;
    this.sent += 1;
    this.self.send({ name: 'witness', node: name }, {
      type: 'numbered',
      from: pid,
      node: node.name,
      n: this.sent,
    } satisfies Numbered);
  }
}

/** Has every node send numbers to the others, at random times, for as long as the simulation runs. */
export function startTraffic(
  sim: Simulation,
  witnesses: readonly Witness[],
  everyMs: number,
): { stop(): void } {
  const random = sim.random.fork('traffic');
  let stopped = false;
  const next = (): void => {
    if (stopped) return;
    const { nodes } = sim;
    const living = witnesses.filter(({ self }) => !self.signal.aborted);
    if (living.length > 0) random.pick(living).sendTo(random.pick(nodes).name);
    sim.clock.setTimer(next, random.between(0, 2 * everyMs));
  };
  next();
  return { stop: () => void (stopped = true) };
}
