import { startCache, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { PassThrough } from 'node:stream';
import { watchRehydration } from '../../examples/apothik/rehydration-bars';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

const name = (i: number) => `apothik_${String(i)}@127.0.0.1`;
const options: CacheOptions = { name: 'Cache', members: 'apothik_', copies: 2 };

/** What is shown to a terminal, or to a file, while a machine that comes copies what it should have. */
async function shownOf(stream: NodeJS.WriteStream): Promise<string> {
  const mapperPort = await freePort();
  const start = (nodeName: string, hidden = false): Promise<Node> =>
    startTestNode({ name: nodeName, cookie: 'a cookie of this test', mapperPort, hidden });
  const [one, two, watcher] = [
    await start(name(1)),
    await start(name(2)),
    await start('master@127.0.0.1', true),
  ];
  const cache = await startCache(one, options);
  await cache.putMany(Array.from({ length: 2_000 }, (_, i) => [i, i]));
  await startCache(two, options);
  // A hidden node hears both, and brings nobody together.
  for (const node of [one, two]) await watcher.connect(node.name);
  const stop = await watchRehydration(watcher, stream);
  for (const node of [one, two]) await watcher.rpc.call(node.name, 'Node', 'alive');
  let shown = '';
  const isShown = new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (shown.includes('100/100')) resolve();
    });
  });
  await two.connect(one.name);
  await isShown;
  await stop();
  return shown;
}

const done = `${name(2)} copies ${'█'.repeat(40)} 100/100: 2000 entries\n`;

describe('the bars of machines that copy what they have missed', () => {
  it('are one line for each when all is there, and none for who has missed nothing', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 });
    const shown = await shownOf(terminal as unknown as NodeJS.WriteStream);
    // A slow machine takes seconds, and draws a bar in each: whole lines, which a prompt below them cannot wipe.
    for (const line of shown.split('\n').slice(0, -1))
      expect(line).toMatch(/^apothik_2@\S+ copies █*░* \d+\/100: \d+ entries$/);
    expect(shown.endsWith(done)).toBe(true);
  });

  it('are only the line at the end where there is no terminal', async () => {
    const shown = await shownOf(new PassThrough() as unknown as NodeJS.WriteStream);
    expect(shown).toBe(done);
  });
});
