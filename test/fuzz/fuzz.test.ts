import { SeededRandom } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';
import { fuzzDecoder } from './fuzz-decoder';
import { fuzzHandshakes } from './fuzz-handshake';
import { fuzzNode, startSiege } from './fuzz-node';

/** Other numbers each time, by a seed that a failure shows; `npm run fuzz -- --seed N` goes the same way again. */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

async function seeded(act: (random: SeededRandom) => unknown): Promise<void> {
  try {
    await act(new SeededRandom(seed));
  } catch (error) {
    throw new Error(`FUZZ_SEED=${String(seed)}: ${(error as Error).message}`, { cause: error });
  }
}

it('a decoder takes a frame or refuses it, whatever is in it', () =>
  seeded((random) => {
    const { accepted, refused } = fuzzDecoder(random, 20_000);
    // Were all refused, or none, the frames would be no test.
    expect(Math.min(accepted, refused)).toBeGreaterThan(1_000);
  }));

it('no handshake lets a stranger in that does not know the cookie, whatever it says', () =>
  seeded((random) => {
    fuzzHandshakes(random, 500);
  }));

it('a node under attack serves those it is connected to as before, and keeps nothing of it', async () => {
  const siege = await startSiege(await freePort(), startTestNode);
  await seeded((random) => fuzzNode(siege, random, 60));
  // `startTestNode` expects that nothing is left when they are stopped.
});
