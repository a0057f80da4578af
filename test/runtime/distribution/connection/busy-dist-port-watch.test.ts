import { BusyDistPortWatch } from '../../../../packages/runtime/src/distribution/connection/busy-dist-port-watch';
import { FakeNetwork } from '../../../support/fake-network';

const backlog = () => ({ bytes: 7, waiting: [] });

function setUp() {
  const network = new FakeNetwork();
  const watch = new BusyDistPortWatch('b@h', network.local);
  /** The peer is busy for so many milliseconds. */
  const busyFor = async (ms: number): Promise<void> => {
    watch.busy(backlog);
    await network.clock.advance(ms);
    watch.free();
  };
  return { clock: network.clock, busyFor, lines: () => network.lines('warning') };
}

describe('a peer that takes too slowly what is sent', () => {
  it('is logged if it stays so for a second, and not before', async () => {
    const { busyFor, lines, clock } = setUp();
    await busyFor(999);
    await clock.advance(60_000);
    expect(lines()).toStrictEqual([]);
    await busyFor(1_000);
    expect(lines()).toEqual(['node b@h takes what is sent too slowly: 7 bytes wait to leave, and 0 senders']);
    expect(clock.runningTimers).toBe(0);
  });

  it('is logged once in ten seconds, however often it comes and goes', async () => {
    const { busyFor, lines } = setUp();
    for (let i = 0; i < 20; i++) await busyFor(1_000);
    expect(lines()).toHaveLength(2);
  });
});
