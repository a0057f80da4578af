import { SeededRandom } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { Churn } from './churn';

const rounds = 8;
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

it('nodes and processes that come and go leave no monitor, timer, socket or call behind', async () => {
  const random = new SeededRandom(seed);
  const churn = await Churn.start({ nodes: 4, mapperPort: await freePort(), random });
  try {
    for (let round = 0; round < rounds; round += 1) await churn.round();
  } catch (error) {
    throw new Error(`SOAK_SEED=${String(seed)}: ${(error as Error).message}`, { cause: error });
  } finally {
    await churn.end();
  }
  expect(churn.tally.rounds).toBe(rounds);
});
