import {
  planAfterExit,
  planRestart,
  type AutoShutdown,
  type Plan,
  type Restart,
  type SupervisorStrategy,
} from '../../../packages/runtime/src/behaviours/supervisor/restart-plan';

interface Child {
  readonly id: string;
  readonly restart: Restart;
  readonly significant: boolean;
  readonly active: boolean;
}

const child = (id: string, restart: Restart = 'permanent', more: Partial<Child> = {}): Child => ({
  id,
  restart,
  significant: false,
  active: true,
  ...more,
});

const always = (): boolean => true;
const never = (): boolean => false;

function stepsOf(plan: Plan<Child>): Record<'stop' | 'forget' | 'start', string> {
  if (plan.action !== 'restart') throw new Error(`not a restart: ${plan.action}`);
  const ids = (children: readonly Child[]): string => children.map(({ id }) => id).join('');
  const { stop, forget, start } = plan.steps;
  return { stop: ids(stop), forget: ids(forget), start: ids(start) };
}

function after(
  strategy: SupervisorStrategy,
  children: Child[],
  id: string,
  reason: unknown = 'crash',
): Plan<Child> {
  const ended = { child: children.find((one) => one.id === id)!, reason };
  return planAfterExit({ strategy, autoShutdown: 'never' }, children, ended, always);
}

describe('the restart plan', () => {
  const abcd = ['a', 'b', 'c', 'd'].map((id) => child(id));

  it.each([
    ['oneForOne', 'b', { stop: '', forget: '', start: 'b' }],
    ['oneForAll', 'b', { stop: 'dca', forget: '', start: 'abcd' }],
    ['oneForAll', 'd', { stop: 'cba', forget: '', start: 'abcd' }],
    ['restForOne', 'a', { stop: 'dcb', forget: '', start: 'abcd' }],
    ['restForOne', 'b', { stop: 'dc', forget: '', start: 'bcd' }],
    ['restForOne', 'd', { stop: '', forget: '', start: 'd' }],
  ] as const)('stops in reverse and starts in order for %s after %s ended', (strategy, id, steps) => {
    expect(stepsOf(after(strategy, abcd, id))).toEqual(steps);
  });

  it.each([
    ['permanent', 'normal', 'restart'],
    ['permanent', 'shutdown', 'restart'],
    ['permanent', 'crash', 'restart'],
    ['transient', 'normal', 'leave'],
    ['transient', 'shutdown', 'leave'],
    ['transient', { type: 'shutdown', detail: 'done' }, 'leave'],
    ['transient', 'killed', 'restart'],
    ['transient', 'crash', 'restart'],
    ['temporary', 'normal', 'leave'],
    ['temporary', 'crash', 'leave'],
  ] as const)('has for a %s child that ended with %j the action %s', (restart, reason, action) => {
    expect(after('oneForOne', [child('a', restart)], 'a', reason).action).toBe(action);
  });

  it('forgets a temporary child that ended, and keeps the spec of a transient one', () => {
    expect(after('oneForAll', [child('a', 'temporary')], 'a')).toMatchObject({ forget: true });
    expect(after('oneForAll', [child('a', 'transient')], 'a', 'normal')).toMatchObject({ forget: false });
  });

  it('does not bring back temporary children that were stopped on behalf of another', () => {
    const children = [child('a'), child('b', 'temporary'), child('c', 'transient')];
    expect(stepsOf(after('oneForAll', children, 'a'))).toEqual({ stop: 'cb', forget: 'b', start: 'ac' });
    expect(stepsOf(after('restForOne', children, 'a'))).toEqual({ stop: 'cb', forget: 'b', start: 'ac' });
  });

  it('stops only children that have a process, and starts the others too', () => {
    const children = [child('a'), child('b', 'transient', { active: false }), child('c')];
    expect(stepsOf(after('oneForAll', children, 'c'))).toEqual({ stop: 'a', forget: '', start: 'abc' });
  });

  it('gives up when the restart is not within bounds', () => {
    const [a] = abcd as [Child];
    const ended = { child: a, reason: 'crash' };
    for (const strategy of ['oneForOne', 'oneForAll', 'restForOne'] as const) {
      const policy = { strategy, autoShutdown: 'never' } as const;
      expect(planAfterExit(policy, abcd, ended, never)).toEqual({ action: 'giveUp' });
      expect(planRestart(strategy, abcd, a, never)).toEqual({ action: 'giveUp' });
    }
  });

  it('does not count an end that causes no restart', () => {
    const admits = jest.fn(always);
    const ended = { child: child('a', 'temporary'), reason: 'crash' };
    planAfterExit({ strategy: 'oneForOne', autoShutdown: 'never' }, [ended.child], ended, admits);
    expect(admits).not.toHaveBeenCalled();
  });

  it('starts again from the child whose restart failed, and stops what had started since', () => {
    const children = [child('a'), child('b', 'permanent', { active: false }), child('c')];
    expect(stepsOf(planRestart('restForOne', children, children[1]!, always))).toEqual({
      stop: 'c',
      forget: '',
      start: 'bc',
    });
  });

  it.each([
    ['never', true, [true, true], false],
    ['anySignificant', true, [true, true], true],
    ['anySignificant', false, [true, true], false],
    ['allSignificant', true, [true, true], false],
    ['allSignificant', true, [false, false], true],
    ['allSignificant', false, [false, false], false],
  ] as [AutoShutdown, boolean, [boolean, boolean], boolean][])(
    'under %s, when a child of significance %j ends and others (active: %j) are significant, ends the supervisor: %j',
    (autoShutdown, significant, [b, c], shutDown) => {
      const ended = { child: child('a', 'transient', { significant, active: false }), reason: 'normal' };
      const others = [b, c].map((active, i) => child(`o${i}`, 'transient', { significant: true, active }));
      const policy = { strategy: 'oneForOne', autoShutdown } as const;
      expect(planAfterExit(policy, [ended.child, ...others], ended, always)).toMatchObject({ shutDown });
    },
  );
});
