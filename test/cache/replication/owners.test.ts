import { Owners } from '../../../packages/cache/src/replication/owners';
import { routingOf } from './replica-fixture';

const members = ['a@h', 'b@h', 'c@h', 'd@h'];
const ownersOn = (self: string, copies = 2): Owners => new Owners(self, copies, routingOf(members));

describe('the owners of a key', () => {
  it('without a node that leaves are as many as before, the next best instead of it', () => {
    expect(ownersOn('a@h').withoutMe('k')).toEqual(['b@h', 'c@h']);
    expect(ownersOn('d@h').withoutMe('k')).toEqual(['a@h', 'b@h']);
  });

  it('are others at once when the routing changes, also of the key that was looked up last', () => {
    const owners = ownersOn('c@h');
    expect([owners.isMine('k'), owners.of('k')]).toEqual([false, ['a@h', 'b@h']]);
    owners.change(routingOf(['c@h', 'd@h']), 0);
    expect([owners.isMine('k'), owners.of('k')]).toEqual([true, ['c@h', 'd@h']]);
  });

  it('before a change may have the key for a minute', () => {
    const owners = ownersOn('c@h');
    owners.change(routingOf(['c@h', 'd@h']), 1_000);
    owners.age(60_999);
    expect([owners.othersWith('k'), owners.haveChanged]).toEqual([['d@h', 'a@h', 'b@h'], true]);
    owners.age(61_000);
    expect([owners.othersWith('k'), owners.haveChanged]).toEqual([['d@h'], false]);
  });

  it('may have been others where newcomers were, for nobody knows what they were before', () => {
    const owners = new Owners('a@h', 1, routingOf(['a@h']));
    owners.change(routingOf(['a@h', 'y@h', 'z@h']), 0);
    expect(owners.othersWith('k')).toEqual(['y@h', 'z@h']);
  });
});
