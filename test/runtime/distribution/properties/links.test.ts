import type { Node } from '@trestle/runtime';
import type { Probe } from '@trestle/runtime/testing';
import { partsOf } from '../../../support/test-node';
import { itHolds } from '../../../support/property';

/** Whether a living probe believes in a link with another. */
function believes(probe: Probe, other: Probe): boolean {
  return partsOf(probe.self.node).table.get(probe.pid)?.hasLink(other.pid) ?? false;
}

describe('processes of several nodes that link and unlink at random', () => {
  itHolds('agree in the end on who is linked to whom', async (sim) => {
    const random = sim.random.fork('links');
    const probes: Probe[] = [];
    const setUp = async (node: Node): Promise<void> => {
      probes.push(await sim.probe(node), await sim.probe(node));
    };
    await sim.startNodes(3, { setUp, netTickMs: 4_000 });
    const act = (): void => {
      const [one, other] = random.shuffle(probes.filter(({ self }) => !self.signal.aborted));
      if (one !== undefined && other !== undefined) {
        if (random.chance(0.6)) one.link(other.pid);
        else one.self.unlink(other.pid);
      }
      if (acting) sim.clock.setTimer(act, random.between(0, 20));
    };
    let acting = true;
    act();
    await sim.disturb({ forMs: 5_000, everyMs: [50, 500], lastsMs: [10, 2_000] });
    acting = false;
    // Until everybody has noticed what is lost, and the rest has arrived.
    await sim.advance(30_000);
    const linked = probes.flatMap((one) =>
      probes.filter((other) => other !== one && believes(one, other)).map((other) => [one, other] as const),
    );
    expect(
      linked
        .filter(([one, other]) => !believes(other, one))
        .map(([one, other]) => `${one.pid} alone with ${other.pid}`),
    ).toStrictEqual([]);
    for (const { self } of probes) if (!self.signal.aborted) expect(self.node.isAlive(self.pid)).toBe(true);
  });
});
