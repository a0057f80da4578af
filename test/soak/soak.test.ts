import { SeededRandom } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { numberArgument } from '../support/number-argument';
import { Churn } from './churn';

const rounds = 8;
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));

it.each(['abc', '', '-1', 'Infinity', '1m'])(
  'a script does not take %p for how long it is to run',
  (text) => {
    expect(() => numberArgument('minutes', text, 30)).toThrow(
      `--minutes: expected a number of 0 or more, got '${text}'`,
    );
    expect([numberArgument('minutes', '0.5', 30), numberArgument('minutes', undefined, 30)]).toEqual([
      0.5, 30,
    ]);
  },
);

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
