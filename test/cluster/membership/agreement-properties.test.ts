import { startMembership, tokens, type Membership } from '@trestle/cluster';
import type { Node } from '@trestle/runtime';
import { itHolds } from '../../support/property';

const options = { name: 'Members', members: 'n', strategy: tokens({ count: 100 }) } as const;

itHolds(
  'members that were cut off, crashed and came back have one routing on every node, and so has a client',
  async (sim) => {
    const memberships = new Map<string, Membership>();
    const setUp = async (node: Node): Promise<void> => {
      memberships.set(node.name, await startMembership(node, options));
    };
    await sim.startNodes(['n1', 'n2', 'n3', 'n4', 'client'], { setUp });
    for (let round = 0; round < 3; round++) {
      await sim.disturb({ forMs: 15_000 });
      // By then every connection that is none any more has been given up.
      await sim.advance(150_000);
      await sim.connectAll();
    }
    await sim.advance(1_000);
    const all = sim.nodes.map(({ name }) => memberships.get(name)!.current());
    expect(new Set(all.map(({ members }) => members.join()))).toEqual(
      new Set(['n1@sim,n2@sim,n3@sim,n4@sim']),
    );
    expect(new Set(all.map(({ table }) => table)).size).toBe(1);
  },
);
