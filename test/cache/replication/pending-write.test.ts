import { PendingWrite, wantedCopies } from '../../../packages/cache/src/replication/writes/pending-write';
import { noteEnd, written } from './replica-fixture';

const what = { key: 'k', record: written(1), concern: 'quorum', attempt: 1 } as const;

describe('a write that waits for copies', () => {
  it('succeeds with the copy that makes them enough, once', () => {
    const { end, ends } = noteEnd();
    const write = new PendingWrite(what, 3, 1, 4, end);
    write.copied();
    expect(ends).toStrictEqual([]);
    write.copied();
    expect(ends).toEqual(['ok']);
    write.copied();
    write.lost();
    expect(ends).toEqual(['ok']);
  });

  it('fails when what is there and on its way is not enough any more, and not before', () => {
    const { end, ends } = noteEnd();
    const write = new PendingWrite(what, 2, 1, 2, end);
    write.lost();
    expect(ends).toStrictEqual([]);
    write.lost();
    expect(ends).toEqual([
      expect.objectContaining({ code: 'ERR_CACHE_WRITE', wanted: 2, written: 1, mayHaveBeenHandled: true }),
    ]);
    write.copied();
    expect(ends).toHaveLength(1);
  });

  it('names the node that has no room, if that was too many', () => {
    const { end, ends } = noteEnd();
    const write = new PendingWrite(what, 2, 0, 2, end);
    write.full('b@h');
    expect(ends).toEqual([expect.objectContaining({ code: 'ERR_CACHE_FULL', node: 'b@h' })]);
  });

  it('reports nothing once another took its place', () => {
    const { end, ends } = noteEnd();
    const write = new PendingWrite(what, 1, 0, 1, end);
    expect([write.giveUp(), write.giveUp()]).toEqual([true, false]);
    write.copied();
    expect(ends).toStrictEqual([]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('by a quorum of %d needs %d', (group, wanted) => {
    expect([wantedCopies('one', group), wantedCopies('quorum', group), wantedCopies('all', group)]).toEqual([
      1,
      wanted,
      group,
    ]);
  });
});
