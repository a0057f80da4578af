import { VirtualClock } from '@trestle/runtime/testing';
import { NetTicker, type Ticked } from '../../../../packages/runtime/src/distribution/connection/net-ticker';

let clock: VirtualClock;
let ticks: number;
let told: string[];
/** A connection that carries what a test says. */
let connection: { -readonly [Name in keyof Ticked]: Ticked[Name] };

beforeEach(() => {
  [clock, ticks, told] = [new VirtualClock(), 0, []];
  connection = {
    bytesReceived: 0,
    framesSent: 0,
    sendTick: () => void (ticks += 1),
    peerIsDead: () => void told.push('dead'),
    peerIs: (type, forMs) => void told.push(`${type} ${String(forMs)}`),
  };
});

function started(netTickMs: number): NetTicker {
  const ticker = new NetTicker(clock, netTickMs, connection);
  ticker.start();
  return ticker;
}

describe('the watch over a connection', () => {
  it('looks four times in a period, and as seldom as a clock can wait if that is longer', () => {
    for (const [netTickMs, lookMs] of [
      [1_000, 250],
      [2 ** 40, 2 ** 31 - 1],
    ] as const) {
      const ticker = started(netTickMs);
      expect(clock.nextTimerAt).toBe(lookMs);
      ticker.stop();
    }
  });

  it('does not look at all if the period never ends', () => {
    started(Infinity);
    expect(clock.runningTimers).toBe(0);
  });

  it('finds a silent peer dead once, and leaves no timer', async () => {
    started(1_000);
    await clock.advance(1_000);
    expect([told, ticks, clock.runningTimers]).toEqual([['dead'], 3, 0]);
  });

  it.each([
    [249, ['dead']],
    [250, []],
  ])(
    'does not count a look that is late by a whole one, as this one is or is not: %d ms',
    async (lateMs, end) => {
      let late = 0;
      const slow = {
        now: () => clock.now() + late,
        wallTime: () => clock.wallTime(),
        setTimer: (callback: () => void, delayMs: number) => clock.setTimer(callback, delayMs),
        nextTurn: (callback: () => void) => {
          clock.nextTurn(callback);
        },
      };
      const ticker = new NetTicker(slow, 1_000, connection);
      ticker.start();
      await clock.advance(750);
      late = lateMs;
      await clock.advance(250);
      expect(told).toStrictEqual(end);
      ticker.stop();
    },
  );

  it('does nothing more once it is stopped, though a look or a probe is due', async () => {
    const ticker = started(1_000);
    ticker.probe(100, () => told.push('answered'));
    ticker.stop();
    await clock.advance(5_000);
    ticker.answered();
    expect([told, clock.runningTimers]).toStrictEqual([[], 0]);
  });

  it('takes for the answer to a probe none of a tick that was sent before', async () => {
    const ticker = started(Infinity);
    ticker.probe(100, () => told.push('first'));
    ticker.probe(100, () => told.push('second'));
    ticker.answered();
    expect(told).toStrictEqual([]);
    ticker.answered();
    expect([told, clock.runningTimers]).toEqual([['second'], 0]);
    await clock.advance(1_000);
    expect(told).toEqual(['second']);
  });

  it('is not misled by an answer to nothing: a probe waits for its own', async () => {
    const ticker = started(Infinity);
    ticker.answered();
    ticker.answered();
    ticker.probe(100, () => told.push('first'));
    ticker.probe(100, () => told.push('second'));
    ticker.answered();
    expect(told).toStrictEqual([]);
    ticker.answered();
    expect(told).toEqual(['second']);
  });

  it('finds a peer dead that does not answer a probe in time, however often it was asked for', async () => {
    const ticker = started(Infinity);
    ticker.probe(100, () => told.push('first'));
    await clock.advance(60);
    ticker.probe(100, () => told.push('second'));
    await clock.advance(40);
    expect(told).toEqual(['dead']);
    ticker.stop();
    expect(clock.runningTimers).toBe(0);
  });

  it('tells of a busy peer for how long it has been, at first and when it is heard again', async () => {
    const ticker = started(1_000);
    ticker.askPulse = () => Promise.resolve({ blockedMs: 600, beats: 5 });
    await clock.advance(800);
    expect(told).toEqual(['nodeBusy 600']);
    await clock.advance(1_200);
    ticker.heard();
    // It was busy for 600 ms at 750 ms.
    expect(told).toEqual(['nodeBusy 600', 'nodeReady 1850']);
    ticker.stop();
  });

  it('takes no answer of a pulse that comes when it is stopped', async () => {
    const ticker = started(1_000);
    const said = { blockedMs: 600, beats: 5 };
    let answer = (_said: typeof said): void => undefined;
    ticker.askPulse = () => Promise.resolve(said);
    await clock.advance(500);
    // From the next look on it would be busy.
    ticker.askPulse = () => new Promise((resolve) => (answer = resolve));
    await clock.advance(250);
    ticker.stop();
    answer(said);
    await clock.advance(1_000);
    expect([told, clock.runningTimers]).toStrictEqual([[], 0]);
  });
});
