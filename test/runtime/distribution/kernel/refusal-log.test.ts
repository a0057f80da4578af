import { RefusalLog } from '../../../../packages/runtime/src/distribution/kernel/refusal-log';
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

it('a node that stops says what it has counted, and leaves no timer', () => {
  const { clock, refusals, knock, lines } = setUp();
  knock(21);
  refusals.flush();
  expect(lines()).toHaveLength(21);
  expect(clock.runningTimers).toBe(0);
});
