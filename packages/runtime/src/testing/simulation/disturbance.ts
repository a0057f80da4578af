import { z } from '#zod';
import type { ClockTimer } from '../../terms/clock';
import { isDuration } from '../../terms/duration';
import { checkOptions } from '../../terms/options';
import type { Node } from '../../node/node';
import type { NodeName } from '../../terms/node-name';
import type { SeededRandom } from '../seeded-random';
import type { VirtualClock } from '../virtual-clock';
import type { SimulatedNetwork } from './simulated-network';

const faults = ['cut', 'block', 'partition', 'pause', 'slow', 'crash'] as const;

/** What goes wrong: a connection breaks, a way or several are shut, a node stands still, reads slowly, or ends. */
export type Fault = (typeof faults)[number];

/** How a simulation is disturbed. */
export interface DisturbOptions {
  /** For how long. */
  readonly forMs: number;
  /** Milliseconds from one fault to the next, drawn between two bounds. Default 100 to 5,000. */
  readonly everyMs?: readonly [fromMs: number, toMs: number];
  /** How long a fault lasts, drawn between two bounds. Default 10 to 20,000. */
  readonly lastsMs?: readonly [fromMs: number, toMs: number];
  /** What may go wrong. Default: everything. */
  readonly faults?: readonly Fault[];
}

/** What can be disturbed: a simulation. */
interface Disturbed {
  readonly clock: VirtualClock;
  readonly network: SimulatedNetwork;
  readonly nodes: readonly Node[];
  node(name: NodeName): Node;
  runs(name: NodeName): boolean;
  pause(name: NodeName): void;
  resume(which: Node | NodeName): void;
  crash(name: NodeName, options: { readonly silently: boolean }): Promise<void>;
  restart(name: NodeName): Promise<Node>;
  until<T>(promise: PromiseLike<T>): Promise<T>;
}

/** Faults that follow each other in no time would never come to an end. */
const everySchema = z.custom(isBounds(0), '[from, to] in milliseconds, of which the second is more than 0');
const schema = z.strictObject({
  forMs: z.custom((value) => isDuration(value) && value !== Infinity, 'milliseconds (0 or more)'),
  everyMs: everySchema.optional(),
  lastsMs: z.custom(isBounds(-1), '[from, to] in milliseconds').optional(),
  faults: z
    .array(z.enum(faults, { error: `one of '${faults.join("', '")}'` }), 'an array of faults')
    .min(1, 'one fault at least')
    .optional(),
});

/** Whether a value is two times in their order, of which the second is more than `above`. */
function isBounds(above: number): (value: unknown) => boolean {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return false;
    const [from, to] = value as unknown[];
    return isDuration(from) && isDuration(to) && to !== Infinity && from <= to && to > above;
  };
}

/** Has things go wrong at random, and mends each of them after a while; everything is mended in the end. */
export async function disturb(
  simulation: Disturbed,
  random: SeededRandom,
  options: DisturbOptions,
): Promise<void> {
  checkOptions('disturb', schema, options);
  await new Disturbance(simulation, random, options).run();
}

class Disturbance {
  private readonly network: SimulatedNetwork;
  private readonly timers = new Set<ClockTimer>();
  private readonly mends = new Set<Promise<void>>();
  private readonly down = new Set<NodeName>();

  constructor(
    private readonly simulation: Disturbed,
    private readonly random: SeededRandom,
    private readonly options: DisturbOptions,
  ) {
    this.network = simulation.network;
  }

  async run(): Promise<void> {
    const { clock } = this.simulation;
    const { forMs, everyMs = [100, 5_000] } = this.options;
    const end = clock.now() + forMs;
    while (clock.now() < end) {
      await clock.advance(Math.min(this.random.between(...everyMs), end - clock.now()));
      if (clock.now() < end) await this.happen(this.random.pick(this.options.faults ?? faults));
    }
    await this.mendAll();
  }

  private async happen(fault: Fault): Promise<void> {
    const { network, random } = this;
    const nodes = random.shuffle(this.simulation.nodes);
    const [one, other] = nodes;
    if (one === undefined || other === undefined) return;
    switch (fault) {
      case 'cut':
        network.cut(one, other, { noticedBy: [one, other].filter(() => random.chance(0.6)) });
        return;
      case 'block':
        network.block(one, other);
        this.later(() => {
          network.heal(one, other);
        });
        return;
      case 'partition':
        this.partition(nodes);
        return;
      case 'pause':
        this.pause(one);
        return;
      case 'slow':
        network.readSlowly(one, random.between(0.1, 100));
        this.later(() => {
          network.readSlowly(one, Infinity);
        });
        return;
      case 'crash':
        await this.crash(one);
    }
  }

  private partition(nodes: readonly Node[]): void {
    const size = 1 + this.random.below(nodes.length - 1);
    const [group, rest] = [nodes.slice(0, size), nodes.slice(size)];
    this.network.partition(group, rest);
    this.later(() => {
      for (const a of group) for (const b of rest) this.network.heal(a, b);
    });
  }

  private pause({ name }: Node): void {
    const { simulation } = this;
    const before = simulation.node(name);
    simulation.pause(name);
    this.later(() => {
      if (simulation.runs(name) && simulation.node(name) === before) simulation.resume(name);
    });
  }

  private async crash({ name }: Node): Promise<void> {
    this.down.add(name);
    await this.simulation.crash(name, { silently: this.random.chance(0.5) });
    this.later(() => this.restart(name));
  }

  private async restart(name: NodeName): Promise<void> {
    if (this.down.delete(name)) await this.simulation.restart(name);
  }

  /** Mends a fault after a while, if not everything is mended by then. */
  private later(mend: () => unknown): void {
    const { lastsMs = [10, 20_000] } = this.options;
    const timer = this.simulation.clock.setTimer(
      () => {
        this.timers.delete(timer);
        const mending = Promise.resolve(mend()).then(() => void this.mends.delete(mending));
        this.mends.add(mending);
        // Who waits for all of them hears of it.
        mending.catch(() => undefined);
      },
      this.random.between(...lastsMs),
    );
    this.timers.add(timer);
  }

  private async mendAll(): Promise<void> {
    const { simulation, network } = this;
    for (const timer of this.timers) timer.cancel();
    network.heal();
    for (const node of simulation.nodes) {
      network.readSlowly(node, Infinity);
      simulation.resume(node);
    }
    await simulation.until(Promise.all(this.mends));
    for (const name of [...this.down]) await this.restart(name);
  }
}
