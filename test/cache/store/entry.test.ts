import { entryOf, restamped, Tombstone } from '../../../packages/cache/src/store/entry';

describe('what is written again as a later version', () => {
  it('is still a deletion, if it was one', () => {
    expect(restamped(new Tombstone(1, 'a@h', 0), 2, 'b@h')).toStrictEqual(new Tombstone(2, 'b@h', 0));
  });

  it('keeps its value and its lifetime', () => {
    const expiry = { at: 5_000, slidingMs: 1_000 };
    const again = restamped(entryOf('v', 1, 'a@h', expiry), 2, 'b@h');
    expect(again).toStrictEqual(entryOf('v', 2, 'b@h', expiry));
  });
});
