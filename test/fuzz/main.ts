// npm run fuzz -- --seconds 600 --seed 7
import { parseArgs } from 'node:util';
import { SeededRandom } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { numberArgument } from '../support/number-argument';
import { fuzzDecoder } from './fuzz-decoder';
import { fuzzHandshakes } from './fuzz-handshake';
import { fuzzNode, startSiege } from './fuzz-node';

/** What the heap may grow by while nothing is to be kept: caches and compiled code, not what strangers sent. */
const allowedGrowth = 32 * 1024 * 1024;
const warmUpRounds = 5;
const round = { decoder: 20_000, handshakes: 500, node: 100 };

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = numberArgument('seconds', values.seconds, 60);
const seed = numberArgument('seed', values.seed, Date.now() % 2 ** 31);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function heap(): number {
  if (globalThis.gc === undefined) throw new Error('node must run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function main(): Promise<void> {
  say(`seed ${String(seed)}`);
  const random = new SeededRandom(seed);
  const siege = await startSiege(await freePort());
  const start = Date.now();
  let before = Infinity;
  let rounds = 0;
  while (Date.now() - start < seconds * 1_000 || rounds <= warmUpRounds) {
    fuzzDecoder(random, round.decoder);
    fuzzHandshakes(random, round.handshakes);
    await fuzzNode(siege, random, round.node);
    rounds += 1;
    const bytes = heap();
    if (rounds === warmUpRounds) before = bytes;
    if (bytes - before > allowedGrowth) throw new Error(`the heap grew by ${String(bytes - before)} bytes`);
    if (rounds % warmUpRounds === 0) say(`${String(rounds)} rounds, ${(bytes / 1e6).toFixed(1)} MB`);
  }
  await Promise.all([siege.target.stop(), siege.witness.stop()]);
  const frames = rounds * round.decoder;
  say(
    `${String(frames)} frames, ${String(rounds * round.handshakes * 2)} handshakes, and a node that took it`,
  );
}

main().catch((error: unknown) => {
  say(`failed with seed ${String(seed)}`);
  process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
  process.exitCode = 1;
  // A node that still runs would keep the program alive.
  process.exit();
});
