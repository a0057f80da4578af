import { VirtualClock } from '@trestle/runtime/testing';
import { NearEntries } from '../../packages/cache/src/near/near-entries';

describe('the entries that a node keeps of others', () => {
  const view = (value: unknown) => ({ value, expiresInMs: Infinity });
  let near: NearEntries;
  beforeEach(() => void (near = new NearEntries(new VirtualClock(), { maxEntries: 10, maxAgeMs: 1_000 })));

  it('are kept of none of several reads that were under way when the key was written', () => {
    const flights = [near.begin('k'), near.begin('k'), near.begin('other')];
    near.drop('k');
    const late = near.begin('k');
    for (const flight of flights.slice(0, 2)) near.end('k', flight, view('old'), true);
    near.end('other', flights[2]!, view('new'), true);
    expect([near.find('k'), near.find('other')]).toStrictEqual([undefined, { value: 'new' }]);
    near.end('k', late, view('new'), true);
    expect(near.find('k')).toStrictEqual({ value: 'new' });
  });

  it('are kept of no read that was under way when the key was written, though another one has ended before', () => {
    const [first, second] = [near.begin('k'), near.begin('k')];
    near.end('k', first, view('old'), true);
    near.drop('k');
    near.end('k', second, view('old'), true);
    expect(near.find('k')).toBeUndefined();
  });

  it('are kept of no read that was under way when anything may have been missed', () => {
    const flights = [near.begin('a'), near.begin('a'), near.begin('b')];
    near.dropAll();
    near.end('a', flights[0]!, view('old'), true);
    near.end('a', flights[1]!, view('old'), true);
    near.end('b', flights[2]!, view('old'), true);
    expect(near.size).toBe(0);
  });
});
