import type { NodeName, Pid } from '@trestle/runtime';
import type { Greeting } from '../../../packages/cache/src/replication/peer-message';
import { meet, replicaOf } from './replica-fixture';

const members = ['a@h', 'b@h', 'c@h'];

describe('the servers of a cache on other nodes', () => {
  it('are there in their next life though the end of the one before is heard of later', () => {
    const replica = replicaOf(members, 2);
    const { peers, sent } = replica;
    const before = meet(replica, 'b@h');
    peers.leaving(before.pid);
    expect(peers.has('b@h')).toBe(false);
    peers.meet('b@h');
    const [, , greeting] = sent.at(-1) as ['cache:hello', Pid, Greeting];
    const next = '<b@h/2.0/2>' as Pid;
    peers.hello(next, { ...greeting, youPull: false });
    expect(peers.down(before.ref)).toBe(true);
    expect(peers.get('b@h')?.pid).toBe(next);
    expect([peers.by(before.pid), peers.by(next)?.pid]).toStrictEqual([undefined, next]);
  });

  it('are told apart by owners, each group once, and anew when one comes or goes', () => {
    const replica = replicaOf(members, 2);
    const { peers } = replica;
    const group: readonly NodeName[] = ['a@h', 'b@h', 'c@h'];
    const there = (): NodeName[] => peers.of(group).map(({ node }) => node);
    expect(there()).toStrictEqual([]);
    const b = meet(replica, 'b@h');
    expect(there()).toEqual(['b@h']);
    meet(replica, 'c@h');
    expect(there()).toEqual(['b@h', 'c@h']);
    peers.down(b.ref);
    expect(there()).toEqual(['c@h']);
    expect(peers.down(b.ref)).toBe(false);
  });

  it('are not there if others name one whose end is heard of at once, and that is nobody else’s end', () => {
    const { peers } = replicaOf(members, 2);
    peers.named(['b@h']);
    expect(peers.expected.has('b@h')).toBe(true);
    const ref = 'monitor of b@h' as Parameters<typeof peers.down>[0];
    expect(peers.down(ref)).toBe(true);
    expect(peers.expected.has('b@h')).toBe(false);
    expect(peers.down(ref)).toBe(false);
    // However often it is named: until the members are others.
    peers.named(['b@h', 'a@h']);
    expect(peers.expected.size).toBe(0);
  });
});
