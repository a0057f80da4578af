import { Cache, type CacheOptions } from '@trestle/cache';
import type { Node, NodeName } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { Claims } from '../../../packages/cache/src/replication/lookups/claims';
import { CACHE, cacheOn, partOf, recordsOf, untilInStep } from './cache-cluster';

const options: CacheOptions = { name: 'Cache', members: 'n' };

describe('a key that another node has claimed', () => {
  let sim: Simulation;
  let claimant: Node;
  let key: string;
  beforeEach(async () => {
    sim = new Simulation({ seed: 2 });
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    // Changes that are long ago are known everywhere: keys need not be claimed.
    await sim.advance(70_000);
    const view = new Cache(sim.node('n1'), options);
    key = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((one) => view.ownerOf(one) === 'n1@sim')!;
    claimant = sim.node('n2');
  });
  afterEach(() => sim.stop());

  const increment = (node: Node): Promise<unknown> =>
    sim.until(node.call(CACHE.on('n1@sim'), { type: 'increment', key }));
  const originOn = async (node: Node): Promise<string | undefined> =>
    (await recordsOf(node)).get(key)?.split(' ')[2];

  /** The claimant knows of a change that n1 has not heard of. */
  async function claim(): Promise<void> {
    const { pid } = (await partOf(claimant)).replicas!.peers.get('n1@sim')!;
    claimant.send(pid, ['cache:claim', claimant.whereis('Cache'), -1, [key], []] as never);
    await sim.advance(10);
  }

  it('is left to the claimant: a request is handed on to it, and not done beside it', async () => {
    await expect(increment(sim.node('n3'))).resolves.toBe(1);
    await claim();
    sim.pause('n2');
    const handedOn = Promise.allSettled([increment(sim.node('n3'))]);
    await sim.advance(1_000);
    expect((await recordsOf(sim.node('n1'))).get(key)).toMatch(/^1 /);
    sim.resume('n2');
    await expect(sim.until(handedOn)).resolves.toEqual([{ status: 'fulfilled', value: 2 }]);
  });

  it('is changed by its first owner again when the claimant is gone', async () => {
    await claim();
    await sim.crash('n2');
    await sim.advance(100);
    await expect(increment(sim.node('n3'))).resolves.toBe(1);
    await expect(originOn(sim.node('n1'))).resolves.toBe('n1@sim');
  });
});

describe('claims', () => {
  const peer = (node: NodeName) => ({ node }) as never;
  const owners = { haveChanged: true, othersWith: () => ['a@h', 'c@h'] };
  const claimsOf = (self: NodeName): Claims => new Claims(self, owners as never, { has: () => true });
  const leads = (): boolean => true;
  const heardOf = (answers: number, silent: NodeName[] = []) => ({
    ...{ answers, silent, asked: [], hasLost: false, moved: 0 },
  });

  it('that meet are decided by the names of their nodes, on both sides alike', () => {
    const [a, b] = [claimsOf('a@h'), claimsOf('b@h')];
    a.begin('k');
    b.begin('k');
    a.heard(peer('b@h'), ['k'], leads);
    b.heard(peer('a@h'), ['k'], leads);
    for (const claims of [a, b]) claims.ended('k', heardOf(2));
    expect([a.isMine('k', true), a.claimantOf('k')]).toStrictEqual([true, undefined]);
    expect([b.isMine('k', true), b.claimantOf('k')]).toEqual([false, 'a@h']);
  });

  it('that meet are decided by the names also on a node that would not lead the key as it knows the members', () => {
    const claims = claimsOf('b@h');
    claims.begin('k');
    claims.heard(peer('a@h'), ['k'], () => false);
    claims.ended('k', heardOf(2));
    expect([claims.isMine('k', true), claims.claimantOf('k')]).toEqual([false, 'a@h']);
  });

  it('do not hold when the members have changed: others may lead the key by now', () => {
    const claims = claimsOf('b@h');
    claims.begin('k');
    claims.ended('k', heardOf(2));
    claims.changed(['a@h', 'b@h']);
    expect(claims.isMine('k', true)).toBe(false);
  });

  it('hold until the next one, or until the members change', () => {
    const claims = claimsOf('b@h');
    claims.begin('k');
    claims.ended('k', heardOf(2));
    expect(claims.isMine('k', true)).toBe(true);
    claims.heard(peer('c@h'), ['k'], leads);
    expect([claims.isMine('k', true), claims.claimantOf('k')]).toEqual([false, 'c@h']);
    claims.changed(['a@h', 'b@h']);
    expect(claims.claimantOf('k')).toBe('c@h');
    claims.changed(['a@h', 'b@h', 'c@h']);
    expect(claims.claimantOf('k')).toBeUndefined();
  });

  it('are given back by a claimant that hands a request on', () => {
    const claims = claimsOf('b@h');
    claims.heard(peer('c@h'), ['k'], leads);
    claims.handedOn('k', 'a@h');
    expect(claims.claimantOf('k')).toBe('c@h');
    claims.handedOn('k', 'c@h');
    expect(claims.claimantOf('k')).toBeUndefined();
  });

  it('do not hold while one that may have led the key is silent; others that are do not matter', () => {
    const claims = claimsOf('b@h');
    claims.begin('k');
    expect(claims.ended('k', heardOf(1, ['c@h', 'x@h']))).toEqual(heardOf(1, ['c@h']));
    expect(claims.isMine('k', true)).toBe(false);
    claims.begin('k');
    claims.ended('k', heardOf(1, ['x@h']));
    expect(claims.isMine('k', true)).toBe(true);
  });

  it('are told to who claims at once and comes second, which may have heard of them before it claimed', () => {
    const [a, b] = [claimsOf('a@h'), claimsOf('b@h')];
    a.begin('k');
    b.heard(peer('a@h'), ['k'], () => false);
    b.begin('k');
    expect(a.heard(peer('b@h'), ['k', 'other'], leads)).toStrictEqual(['k']);
    b.goesFirst(peer('a@h'), ['k', 'not claimed']);
    b.ended('k', heardOf(2));
    expect([b.isMine('k', true), b.claimantOf('k'), b.claimantOf('not claimed')]).toStrictEqual([
      false,
      'a@h',
      undefined,
    ]);
  });

  it('are made anew by who has yielded meanwhile and was given the key back: what it was told may be old', () => {
    const claims = claimsOf('b@h');
    claims.begin('k');
    expect(claims.isClaiming('k')).toBe(true);
    claims.heard(peer('a@h'), ['k'], leads);
    expect(claims.isCrossed('k')).toBe(false);
    claims.handedOn('k', 'a@h');
    expect(claims.isCrossed('k')).toBe(true);
    claims.again('k');
    expect(claims.isCrossed('k')).toBe(false);
  });

  it('of others are remembered by who has seen no change: what it has may be old', () => {
    const quiet = { haveChanged: false, othersWith: () => [] };
    const claims = new Claims('b@h', quiet as never, { has: () => true });
    expect([claims.isMine('k', true), claims.isMine('k', false)]).toStrictEqual([true, false]);
    claims.heard(peer('c@h'), ['k'], leads);
    claims.handedOn('k', 'c@h');
    expect(claims.isMine('k', true)).toBe(false);
    claims.begin('k');
    claims.ended('k', heardOf(1));
    expect(claims.isMine('k', true)).toBe(true);
  });

  it('of one that is gone bind nobody, and who claims the key then has it', () => {
    let isThere = true;
    const claims = new Claims('b@h', owners as never, { has: () => isThere });
    claims.heard(peer('c@h'), ['k'], leads);
    isThere = false;
    claims.begin('k');
    claims.ended('k', heardOf(1));
    expect(claims.isMine('k', true)).toBe(true);
  });
});
