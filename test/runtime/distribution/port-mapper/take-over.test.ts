import { startNode, type Node } from '@trestle/runtime';
import { SeededRandom } from '@trestle/runtime/testing';
import { names } from '../../../../packages/runtime/src/distribution/port-mapper/mapper-client';
import { systemClock } from '../../../../packages/runtime/src/node/system/system-clock';
import { freePort } from '../../../support/free-port';

const host = '127.0.0.1';
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

let mapperPort: number;
let running: Node[];
/** Called when the node that serves the mapper tells of a change. */
let onNames: () => void;

beforeEach(async () => {
  mapperPort = await freePort();
  running = [];
  onNames = () => undefined;
});
afterEach(async () => {
  await Promise.all(running.map((node) => node.stop()));
});

async function start(name: string): Promise<Node> {
  const node = await startNode({
    ...{ name: `${name}@${host}`, cookie: 'of this test', mapperPort, redial: false, pulse: false },
    logger: { log: () => undefined },
  });
  running.push(node);
  node.events.on('mappedNames', () => onNames());
  return node;
}

const stop = (node: Node): Promise<void> => {
  running = running.filter((other) => other !== node);
  return node.stop();
};

/** The names that the mapper knows, once they are as many as there should be. */
async function known(count: number): Promise<string[]> {
  for (;;) {
    const changed = new Promise<void>((resolve) => (onNames = resolve));
    const all = await names({ host, port: mapperPort, clock: systemClock });
    if (all.length === count) return all.map(({ name }) => name).toSorted();
    await changed;
  }
}

describe('a port mapper whose node goes', () => {
  it('is taken over by one of those that all try at once, and knows them all', async () => {
    const [first] = [await start('n0')];
    const others = Array.from({ length: 8 }, (_, i) => `n${String(i + 1)}`);
    await Promise.all(others.map(start));
    await stop(first);
    expect(await known(others.length)).toEqual(others.toSorted());
  });

  it('is found by nodes that start, and by nodes that look for others, at that very moment', async () => {
    const first = await start('n0');
    const [asker, target] = [await start('asker'), await start('target')];
    const stopping = stop(first);
    const [found, born] = await Promise.all([asker.ping(target.name), start('born')]);
    await stopping;
    expect(found).toBe('pong');
    expect(await known(3)).toEqual(['asker', 'born', 'target']);
    expect(await target.ping(born.name)).toBe('pong');
  });

  it('is not served by that node again when it comes back: it registers as all do', async () => {
    const first = await start('n0');
    await Promise.all([start('n1'), start('n2')]);
    await Promise.all([stop(first), start('n3')]);
    const back = await start('n0');
    expect(await known(4)).toEqual(['n0', 'n1', 'n2', 'n3']);
    await stop(back);
    expect(await known(3)).toEqual(['n1', 'n2', 'n3']);
  });

  it('gives its name to the one of several that start with it at that moment, and to no other', async () => {
    const first = await start('n0');
    await start('n1');
    await stop(first);
    const results = await Promise.allSettled([1, 2, 3].map(() => start('n0')));
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await known(2)).toEqual(['n0', 'n1']);
  });

  it(`knows who is there, whoever comes and goes at once, again and again (SEED=${String(seed)})`, async () => {
    const random = new SeededRandom(seed);
    const all = Array.from({ length: 6 }, (_, i) => `n${String(i)}`);
    for (const name of all) await start(name);
    for (let round = 0; round < 10; round++) {
      const going = random.shuffle(running).slice(0, 1 + random.below(3));
      // The one that serves is among them more often than not.
      if (random.chance(0.7) && !going.includes(running[0]!)) going.push(running[0]!);
      await Promise.all(going.map(stop));
      await Promise.all(going.map(({ name }) => start(name.split('@')[0]!)));
      expect(await known(all.length)).toEqual(all);
    }
  });
});
