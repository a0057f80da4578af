import { Redialler } from '../../../../packages/runtime/src/distribution/reconnection/redialler';
import { FakeNetwork } from '../../../support/fake-network';

const redial = { minMs: 100, maxMs: 1_000, giveUpMs: 60_000 };
/** So many nodes are dialled again and again because others have told of them. */
const most = 1_024;

function setUp() {
  const { local, clock } = new FakeNetwork();
  const dials = new Map<string, number>();
  const connect = (node: string): Promise<boolean> => {
    dials.set(node, (dials.get(node) ?? 0) + 1);
    return Promise.resolve(false);
  };
  return { clock, dials, redialler: new Redialler(local, redial, connect) };
}

describe('nodes that others tell of', () => {
  it('are dialled once if there are too many, so that invented names take no memory', async () => {
    const { clock, dials, redialler } = setUp();
    for (let i = 0; i < 2 * most; i++) redialler.told(`n${String(i)}@h`);
    await clock.advance(5_000);
    expect([...dials.values()].filter((times) => times > 1)).toHaveLength(most);
    expect([...dials.values()].filter((times) => times === 1)).toHaveLength(most);
    expect(clock.runningTimers).toBe(most);
    redialler.stop();
    expect(clock.runningTimers).toBe(0);
  });

  it('are not dialled twice at a time because they are told of again, when there are many, either', async () => {
    const { clock, dials, redialler } = setUp();
    for (let i = 0; i < most; i++) redialler.told(`n${String(i)}@h`);
    await clock.advance(0);
    for (let i = 0; i < 50; i++) redialler.told('n0@h');
    await clock.advance(0);
    expect(dials.get('n0@h')).toBeLessThan(5);
    redialler.stop();
  });

  it('are dialled no more once it has stopped, whatever was under way', async () => {
    const { clock, dials, redialler } = setUp();
    redialler.told('a@h');
    redialler.lost({ name: 'b@h', creation: 1 });
    redialler.stop();
    await clock.advance(60_000);
    expect(dials).toEqual(new Map([['a@h', 1]]));
    expect(clock.runningTimers).toBe(0);
  });
});
