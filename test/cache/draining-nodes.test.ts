import { Cache, CacheClient, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../support/property';
import { CACHE, cacheOn, partOf, untilInStep, wrongCopies } from './replication/cache-cluster';

const keys = Array.from({ length: 500 }, (_, i) => `key_${i}`);
/** Of so many seeds one has all the keys and many tasks; the others have a few, to be quick. */
const seedsPerLong = 40;

/** Uses a cache from one node, one request after the other, until it is told to stop. */
class User {
  readonly written = new Map<string, number>();
  readonly failures: unknown[] = [];
  counted = 0;
  requests = 0;
  private isStopping = false;
  private readonly works: Promise<void>[];

  constructor(
    private readonly cache: Cache<number>,
    private readonly name: string,
    private readonly held: readonly string[],
    tasks: number,
  ) {
    this.works = Array.from({ length: tasks }, (_, i) => this.work(i));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.works);
  }

  private async work(task: number): Promise<void> {
    for (let i = 0; !this.isStopping; i++) {
      const key = `${this.name}_${task}_${i % 40}`;
      try {
        await this.use(key, i);
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  private async use(key: string, i: number): Promise<void> {
    // What one copy has taken, another may not have when it becomes the nearest.
    await this.cache.put(key, i, { concern: 'all' });
    this.written.set(key, i);
    const read = await this.cache.get(key);
    if (read !== i) this.failures.push(`${key} is ${read}, not ${i}`);
    const old = this.held[i % this.held.length]!;
    const [first] = await this.cache.getMany([old, key]);
    if (first !== 7) this.failures.push(`${old} is ${first}`);
    await this.cache.increment('count');
    this.counted += 1;
    this.requests += 4;
  }
}

async function settled(sim: Simulation, nodes: readonly Node[]): Promise<void> {
  for (;;) {
    const parts = await Promise.all(nodes.map(partOf));
    if (
      parts.every(({ replicas }) => replicas!.isInStep && replicas!.peers.all().length === nodes.length - 1)
    )
      break;
    await sim.advance(50);
  }
  await sim.advance(6_000);
}

describe.each([
  [1, 'rendezvous'],
  [1, 'tokens'],
  [3, 'rendezvous'],
  [3, 'ring'],
] as const)('a node that drains, of a cache with %d copies by %s', (copies, routing) => {
  const options: CacheOptions = { name: 'Cache', members: 'n', copies, routing, syncEveryMs: 2_000 };

  itHolds('fails no request, and leaves every entry to the others', async (sim) => {
    const [held, tasks] = sim.seed % seedsPerLong === 0 ? [keys, 4] : [keys.slice(0, 60), 1];
    const setUp = cacheOn(options);
    await sim.startNodes(4, { setUp });
    await untilInStep(sim);
    const user = await sim.start('user');
    await sim.connectAll();
    const client = await CacheClient.start<number>(user, options);
    await client.putMany(held.map((key) => [key, 7]));
    await client.put('count', 0);
    await sim.advance(3_000);

    const member = new Cache<number>(sim.node('n1'), options);
    const users = [new User(client, 'client', held, tasks), new User(member, 'member', held, tasks)];
    await sim.advance(sim.random.between(20, 200));
    await expect(sim.node('n3').drain()).resolves.toBe(true);
    await sim.stopNode('n3');
    await sim.advance(200);
    for (const each of users) await each.stop();

    expect(users.flatMap(({ failures }) => failures)).toStrictEqual([]);
    expect(Math.min(...users.map(({ requests }) => requests))).toBeGreaterThan(20);
    expect(client.members()).toEqual(['n1@sim', 'n2@sim', 'n4@sim']);
    await expect(client.getMany(held)).resolves.toEqual(held.map(() => 7));
    const written = users.flatMap((each) => [...each.written]);
    const read = await client.getMany(written.map(([key]) => key));
    expect(read).toEqual(written.map(([, value]) => value));
    const counted = users.reduce((sum, user) => sum + user.counted, 0);
    const count = await client.get('count');
    expect(count).toBe(counted);
    const staying = ['n1', 'n2', 'n4'].map((name) => sim.node(name));
    await settled(sim, staying);
    expect((await wrongCopies(staying)).slice(0, 3)).toStrictEqual([]);
  });
});

describe('a node that drains, of a cache with other options', () => {
  let sim: Simulation;
  beforeEach(() => (sim = new Simulation({ seed: 5 })));
  afterEach(() => sim.stop());

  async function start(options: Parameters<typeof cacheOn>[0]): Promise<Node> {
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.connectAll();
    await sim.advance(2_000);
    const [first] = sim.nodes as [Node];
    await sim.until(first.call(CACHE, { type: 'putMany', keys, values: keys }));
    await sim.advance(1_000);
    return first;
  }

  it('waits until all it holds is given away, however long that takes', async () => {
    const first = await start({ members: 'n' });
    const many = Array.from({ length: 4_000 }, (_, i) => i);
    await sim.until(first.call(CACHE, { type: 'putMany', keys: many, values: many }));
    await sim.advance(2_000);
    for (const other of ['n1', 'n3']) sim.network.setLatency('n2', other, 300);
    const began = sim.clock.now();
    await expect(sim.until(sim.node('n2').drain())).resolves.toBe(true);
    expect(sim.clock.now() - began).toBeGreaterThan(1_000);
    const cache = new Cache(first, { name: 'Cache', members: 'n' });
    await expect(sim.until(cache.getMany(many))).resolves.toEqual(many);
  });

  it('gives copies to the next node of a list', async () => {
    const first = await start({ nodes: ['n1@sim', 'n2@sim', 'n3@sim'], copies: 2 });
    await expect(sim.until(sim.node('n2').drain())).resolves.toBe(true);
    await sim.stopNode('n2');
    await sim.crash('n3');
    await sim.advance(100);
    await expect(sim.until(first.call(CACHE, { type: 'getMany', keys }))).resolves.toEqual(keys);
  });

  it('takes no writes meanwhile, if it is of a list: they go to another owner', async () => {
    await start({ nodes: ['n1@sim', 'n2@sim', 'n3@sim'], copies: 2 });
    const drain = sim.node('n2').drain();
    const cache = new Cache(sim.node('n1'), {
      name: 'Cache',
      nodes: ['n1@sim', 'n2@sim', 'n3@sim'],
      copies: 2,
    });
    const puts = Promise.all(keys.map((key) => cache.put(key, 'new')));
    await expect(sim.until(puts)).resolves.toHaveLength(keys.length);
    await expect(sim.until(drain)).resolves.toBe(true);
    await sim.advance(100);
    await expect(sim.until(cache.getMany(keys))).resolves.toEqual(keys.map(() => 'new'));
  });

  it('takes with it what nobody else is to have', async () => {
    const first = await start({ members: 'n', handoff: false });
    const held = (await partOf(sim.node('n2'))).store.size;
    await expect(sim.until(sim.node('n2').drain())).resolves.toBe(true);
    const left = new Cache(first, { name: 'Cache', members: 'n', handoff: false });
    const { entries } = await sim.until(left.totals());
    expect(entries).toBe(keys.length - held);
  });

  it('is held up by no cache that has ended', async () => {
    await start({ members: 'n' });
    const node = sim.node('n2');
    node.exitSignal(node.whereis('Cache')!, 'kill');
    await sim.advance(10);
    const began = sim.clock.now();
    await expect(sim.until(node.drain())).resolves.toBe(true);
    expect(sim.clock.now() - began).toBeLessThan(1_000);
  });
});
