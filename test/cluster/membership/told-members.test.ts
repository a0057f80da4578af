import {
  membershipOf,
  membersHeard,
  rendezvous,
  startMembership,
  tokens,
  type MembershipOptions,
  type MembershipServer,
} from '@trestle/cluster';
import { localName, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';

const server = localName<MembershipServer>('Members');

let sim: Simulation;
beforeEach(() => void (sim = new Simulation({ seed: 3, nodes: { netTickMs: 3_600_000 } })));
afterEach(() => sim.stop());

const watching = (options: MembershipOptions) => async (node: Node) => {
  await startMembership(node, options);
};

it('members that agree tell each other nothing, with a strategy that remembers as well', async () => {
  const setUp = watching({ name: 'Members', members: 'n', strategy: tokens() });
  await sim.startNodes(3, { setUp });
  await sim.start('n4', { setUp });
  await sim.connectAll();
  await sim.advance(5_000);
  expect(new Set(sim.nodes.map((node) => membershipOf(node, 'Members').current().table)).size).toBe(1);
  const before = sim.fingerprint;
  await sim.advance(60_000);
  expect(sim.fingerprint).toBe(before);
});

it('who waits until all have said whether they have entered waits a second at most for one that says nothing', async () => {
  const options = {
    name: 'Members',
    members: 'n',
    strategy: rendezvous(),
    byEntering: true,
  };
  await sim.startNodes(['n1', 'n2'], { setUp: watching(options) });
  const late = await sim.start('n3');
  await sim.connectAll();
  await sim.advance(100);
  sim.pause('n2');
  const startedAt = sim.clock.now();
  await sim.until(startMembership(late, options));
  await sim.until(membersHeard(late, 'Members'));
  expect(sim.clock.now() - startedAt).toBeGreaterThan(900);
  expect(sim.clock.now() - startedAt).toBeLessThan(1_100);
  sim.resume('n2');
});

it('a hidden node connects to nobody who is named as a member and is none by its rule', async () => {
  const [one] = await sim.startNodes(['n1', 'x1']);
  const tool = await sim.start('tool', { hidden: true });
  await sim.until(
    startMembership(tool, {
      name: 'Members',
      members: 'n',
      strategy: rendezvous(),
    }),
  );
  await sim.until(tool.connect('n1@sim'));
  const claim = {
    from: 'n1@sim',
    strategy: 'rendezvous',
    table: '',
    support: 0,
  };
  one!.cast(server.on(tool.name), {
    ...claim,
    members: ['n1@sim', 'x1@sim', 'n2@sim'],
  });
  await sim.start('n2');
  one!.cast(server.on(tool.name), {
    ...claim,
    members: ['n1@sim', 'x1@sim', 'n2@sim'],
  });
  await sim.advance(1_000);
  expect(tool.list('connected')).toStrictEqual(['n1@sim', 'n2@sim']);
});
