import { nodeOfPid, type Node, type NodeName, type Pid, type Ref } from '@trestle/runtime';
import type { Probe, Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

/** Watches processes of other nodes in every way, and looks at what it was told when a node is lost. */
class Watcher {
  /** What was not as it should be. */
  readonly problems: string[] = [];
  losses = 0;
  private readonly monitors = new Map<Ref, Pid>();
  private readonly links: Pid[] = [];

  private constructor(
    private readonly node: Node,
    private readonly probe: Probe<any>,
  ) {
    probe.self.monitorNodes(true);
    node.events.on('nodedown', ({ node: lost }) => this.check(lost));
  }

  static async on(sim: Simulation, node: Node): Promise<Watcher> {
    return new Watcher(node, await sim.probe(node));
  }

  get isOver(): boolean {
    return this.probe.self.signal.aborted;
  }

  monitor(target: Pid): void {
    this.monitors.set(this.probe.monitor(target), target);
  }

  link(target: Pid): void {
    const stands = this.links.filter((pid) => pid === target).length > this.exitsOf(target);
    if (stands) return;
    this.links.push(target);
    this.probe.link(target);
  }

  /** The probe takes nothing out of its mailbox: all it was told is there, in order. */
  private check(lost: NodeName): void {
    this.losses += 1;
    if (this.node.list().includes(lost)) this.problems.push(`${lost} is lost, and listed`);
    const told = this.probe.messages() as { type: string; node?: string; ref?: Ref }[];
    const last = told.at(-1);
    if (last?.type !== 'nodedown' || last.node !== lost)
      this.problems.push(`something came after the loss of ${lost}`);
    for (const [ref, target] of this.monitors) {
      const downs = told.filter((message) => message.type === 'DOWN' && message.ref === ref).length;
      if (nodeOfPid(target) === lost && downs !== 1) this.problems.push(`${downs} DOWN of ${target}`);
    }
    for (const target of new Set(this.links)) {
      const made = this.links.filter((pid) => pid === target).length;
      if (nodeOfPid(target) === lost && made !== this.exitsOf(target)) {
        this.problems.push(`${this.exitsOf(target)} EXIT of ${made} links with ${target}`);
      }
    }
  }

  private exitsOf(target: Pid): number {
    return (this.probe.messages() as { type: string; from?: Pid }[]).filter(
      ({ type, from }) => type === 'EXIT' && from === target,
    ).length;
  }
}

describe('when a node is lost', () => {
  let allLosses = 0;
  // A run may end before anybody has noticed anything; not all of them do.
  afterAll(() => expect(allLosses).toBeGreaterThan(0));

  itHolds('each link and monitor is told once, before nodedown, and list() names it no more', async (sim) => {
    const random = sim.random.fork('watching');
    const watchers: Watcher[] = [];
    const targets = new Map<NodeName, Pid[]>();
    const setUp = async (node: Node): Promise<void> => {
      const pids = Array.from({ length: 3 }, () =>
        node.spawn(async (self) => {
          self.trapExit(true);
          for (;;) await self.receive();
        }),
      );
      targets.set(node.name, [...(targets.get(node.name) ?? []), ...pids]);
      watchers.push(await Watcher.on(sim, node));
    };
    await sim.startNodes(3, { setUp, netTickMs: 4_000 });
    let watching = true;
    const watch = (): void => {
      const living = watchers.filter(({ isOver }) => !isOver);
      if (living.length > 0) {
        const target = random.pick([...targets.values()].flat());
        if (random.chance(0.5)) random.pick(living).monitor(target);
        else random.pick(living).link(target);
      }
      if (watching) sim.clock.setTimer(watch, random.between(0, 200));
    };
    watch();
    await sim.disturb({ forMs: 15_000, everyMs: [50, 1_500], lastsMs: [10, 8_000] });
    watching = false;
    expect(watchers.flatMap(({ problems }) => problems)).toStrictEqual([]);
    allLosses += watchers.reduce((sum, { losses }) => sum + losses, 0);
  });
});
