import { Simulation } from '@trestle/runtime/testing';
import { FailedDials } from '../../../../packages/runtime/src/distribution/reconnection/failed-dials';
import { FakeNetwork } from '../../../support/fake-network';

const failed = (message: string) => ({ kind: 'failed', why: 'cookie', message }) as const;

function setUp() {
  const network = new FakeNetwork();
  return { dials: new FailedDials(network.local.log), lines: () => network.lines('warning') };
}

describe('dials that fail because two nodes do not fit together', () => {
  it('are logged the first time, and then each time when it has been so twice as often', () => {
    const { dials, lines } = setUp();
    for (let i = 0; i < 100; i++) dials.failed('b@h', failed('b@h has another cookie'));
    const text = 'no connection to node b@h: b@h has another cookie';
    const counts = [2, 4, 8, 16, 32, 64].map((times) => `${text} (${String(times)} times so far)`);
    expect(lines()).toEqual([text, ...counts]);
  });

  it('are logged as for the first time when the problem is another one, or the two were connected', () => {
    const { dials, lines } = setUp();
    for (const message of ['one', 'one', 'one', 'two']) dials.failed('b@h', failed(message));
    dials.forget('b@h');
    dials.failed('b@h', failed('two'));
    const text = 'no connection to node b@h:';
    expect(lines()).toEqual([`${text} one`, `${text} one (2 times so far)`, `${text} two`, `${text} two`]);
  });

  it('are counted for each node apart', () => {
    const { dials, lines } = setUp();
    for (const name of ['b@h', 'c@h', 'b@h']) dials.failed(name, failed('no'));
    expect(lines().map((line) => line.slice('no connection to node '.length))).toEqual([
      'b@h: no',
      'c@h: no',
      'b@h: no (2 times so far)',
    ]);
  });
});

it('a lost node that comes back with another cookie is warned of less and less often, and each dial is debug', async () => {
  const sim = new Simulation({ seed: 4, nodes: { redial: { minMs: 100, maxMs: 1_000 } } });
  const [a, b] = await sim.startNodes(['a', 'b']);
  await sim.stopNode(b!);
  const start = sim.log.length;
  a!.log.setLevel('debug');
  const other = await sim.start('b', { cookie: 'another one', redial: false });
  await sim.advance(60_000);
  const times = sim.log.slice(start).flatMap(({ node, level, report }) => {
    if (node !== a!.name || report?.type !== 'connection' || !report.problem.includes('cookie')) return [];
    return [[level, report.times ?? 1] as const];
  });
  expect(times.length).toBeGreaterThan(50);
  expect(times.map(([, count]) => count)).toEqual(times.map((_, i) => i + 1));
  const warned = times.flatMap(([level, count]) => (level === 'warning' ? [count] : []));
  expect(warned).toEqual([1, 2, 4, 8, 16, 32, 64].filter((count) => count <= times.length));
  await sim.stopNode(other);
  await sim.stop();
});

it('a node that was connected meanwhile is warned of as for the first time when it has another cookie again', async () => {
  const sim = new Simulation({ seed: 4, nodes: { redial: false } });
  const [a] = await sim.startNodes(['a', 'b']);
  const warnings = (): unknown[] =>
    sim.log.flatMap(({ level, node, report }) =>
      node === a!.name && level === 'warning' && report?.type === 'connection' ? [report.times ?? 1] : [],
    );
  const dialInVain = async (cookie: string): Promise<void> => {
    a!.setCookie(cookie, { node: 'b@sim' });
    expect(await sim.until(a!.connect('b@sim'))).toBe(false);
  };
  const good = a!.getCookie()!;
  await sim.until(a!.disconnect('b@sim'));
  await dialInVain('another one');
  await dialInVain('another one');
  a!.setCookie(good, { node: 'b@sim' });
  expect(await sim.until(a!.connect('b@sim'))).toBe(true);
  await sim.until(a!.disconnect('b@sim'));
  await dialInVain('another one');
  expect(warnings()).toEqual([1, 2, 1]);
  await sim.stop();
});
