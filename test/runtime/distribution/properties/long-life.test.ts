import type { Node } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';
import { startTraffic, Witness } from './traffic';

const hourMs = 60 * 60 * 1_000;
/** The longest wait between two dials, and what a dial may take. */
const healedMs = 60_000;

describe('an hour of twenty nodes', () => {
  // Whatever is kept for a node, a connection or a dial would add up.
  itHolds(
    'of crashes, partitions and broken connections ends with all of them connected once, and nothing left over',
    async (sim: Simulation) => {
      const witnesses: Witness[] = [];
      const setUp = async (node: Node): Promise<void> => void witnesses.push(await Witness.on(node));
      await sim.startNodes(20, { setUp });
      const traffic = startTraffic(sim, witnesses, 500);
      await sim.disturb({ forMs: hourMs, everyMs: [10_000, 120_000], lastsMs: [1_000, 180_000] });
      traffic.stop();
      // A silent loss is noticed by the tick.
      await sim.advance(75_000 + healedMs);
      expect(sim.nodes.map((node) => node.list().length)).toEqual(sim.nodes.map(() => 19));
      expect(sim.network.openSockets).toBe(20 * 19);
      expect(witnesses.length).toBeGreaterThan(20);
    },
    { seeds: 1 },
  );
});
