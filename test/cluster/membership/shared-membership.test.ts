import { modulo, type Routing } from '@trestle/cluster';
import { SharedMembership } from '../../../packages/cluster/src/membership/shared-membership';

const neverFails = (error: unknown): never => {
  throw error;
};

describe('who listens to the members of a node', () => {
  it('is told once for each time it has asked to be, until it has taken each back', () => {
    const shared = new SharedMembership();
    const listener = jest.fn((_now: Routing) => undefined);
    const [stopOne, stopOther] = [shared.onChange(listener), shared.onChange(listener)];
    shared.swap(modulo.route(['a@h']), neverFails);
    expect(listener).toHaveBeenCalledTimes(2);
    stopOne();
    stopOne();
    shared.swap(modulo.route(['b@h']), neverFails);
    expect(listener).toHaveBeenCalledTimes(3);
    stopOther();
    shared.swap(modulo.route(['c@h']), neverFails);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('hears of a change that was there when it happened, though another one throws, or leaves', () => {
    const shared = new SharedMembership();
    const told: string[] = [];
    const failures: unknown[] = [];
    const stop = shared.onChange(() => {
      told.push('first');
      stop();
      // Who comes in the middle of it has `current`.
      shared.onChange(() => told.push('newcomer'));
      throw new Error('of a listener');
    });
    shared.onChange(({ members }, before) => told.push(`${before.members.join()} to ${members.join()}`));
    shared.swap(modulo.route(['a@h']), (error) => failures.push(String(error)));
    expect([told, failures]).toEqual([['first', ' to a@h'], ['Error: of a listener']]);
  });
});
