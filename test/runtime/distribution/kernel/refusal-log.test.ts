import { RefusalLog, type Claim } from '../../../../packages/runtime/src/distribution/kernel/refusal-log';
import { FakeNetwork } from '../../../support/fake-network';

function setUp() {
  const network = new FakeNetwork();
  const refusals = new RefusalLog(network.local.log, network.clock);
  const knock = (times: number): void => {
    for (let n = 0; n < times; n++) refusals.refused(`10.0.0.${String(n)}:1`, 'it has another cookie');
  };
  return { clock: network.clock, refusals, knock, lines: () => network.lines('warning') };
}

it('refusals are logged one by one until they are a flood, which is counted', async () => {
  const { clock, knock, lines } = setUp();
  knock(20);
  expect(lines()).toHaveLength(20);
  expect(lines()[3]).toBe('10.0.0.3:1 was refused: it has another cookie');
  knock(1_000);
  expect(lines()).toHaveLength(20);
  await clock.advance(10_000);
  expect(lines().slice(20)).toEqual([
    '1000 more were refused, the last of them 10.0.0.999:1: it has another cookie',
  ]);
});

it('refusals after a flood are logged one by one again', async () => {
  const { clock, knock, lines } = setUp();
  knock(25);
  await clock.advance(10_000);
  knock(2);
  expect(lines()).toHaveLength(20 + 1 + 2);
  await clock.advance(10_000);
  expect(lines()).toHaveLength(20 + 1 + 2);
});

describe('a node that was refused and told its name', () => {
  const wrong = 'b@h has another cookie';
  const told = (node: string, host = '10.1.0.1'): [string, string, Claim] => [
    `${host}:7`,
    `${node} has another cookie`,
    { node, host },
  ];

  it('is named once in each interval, however many strangers knock', async () => {
    const { clock, refusals, knock, lines } = setUp();
    for (let interval = 0; interval < 3; interval++) {
      knock(500);
      for (let i = 0; i < 5; i++) refusals.refused(...told('b@h'));
      knock(500);
      await clock.advance(10_000);
    }
    expect(lines().filter((line) => line === `10.1.0.1:7 was refused: ${wrong}`)).toHaveLength(3);
    expect(lines()).toHaveLength(3 * (20 + 1 + 1));
    expect(lines().at(-1)).toMatch(/^984 more were refused/);
  });

  it('is not named again if it was among the first', () => {
    const { refusals, knock, lines } = setUp();
    refusals.refused(...told('b@h'));
    knock(100);
    refusals.refused(...told('b@h'));
    expect(lines()).toHaveLength(20);
  });

  it('is named though somebody else tells names without end', () => {
    const { refusals, lines } = setUp();
    for (let i = 0; i < 1_000; i++) refusals.refused(...told(`n${String(i)}@h`, '10.2.0.1'));
    refusals.refused(...told('b@h'));
    expect(lines()).toHaveLength(20 + 2 + 1);
    expect(lines().at(-1)).toBe(`10.1.0.1:7 was refused: ${wrong}`);
  });

  it('is named though somebody else tells names from all the addresses of a network of IPv6', () => {
    const { refusals, knock, lines } = setUp();
    knock(20);
    for (let i = 1; i < 1_000; i++) refusals.refused(...told(`n${String(i)}@h`, `2001:db8::${String(i)}`));
    refusals.refused(...told('b@h'));
    expect(lines()).toHaveLength(20 + 2 + 1);
  });

  it('does not fill the log, nor memory, with names of many addresses', () => {
    const { refusals, lines } = setUp();
    for (let i = 0; i < 1_000; i++) refusals.refused(...told(`n${String(i)}@h`, `10.2.${String(i)}.1`));
    expect(lines()).toHaveLength(20 + 20);
    const { named, namedOf } = refusals as unknown as Record<string, { size: number }>;
    expect([named!.size, namedOf!.size]).toEqual([40, 20]);
    refusals.flush();
    expect([named!.size, namedOf!.size]).toEqual([0, 0]);
  });
});

it('a node that stops says what it has counted, and leaves no timer', () => {
  const { clock, refusals, knock, lines } = setUp();
  knock(21);
  refusals.flush();
  expect(lines()).toHaveLength(21);
  expect(clock.runningTimers).toBe(0);
});
