import { ChildTable } from '../../../packages/runtime/src/behaviours/supervisor/supervisor-children';
import type { ChildSpec } from '../../../packages/runtime/src/behaviours/supervisor/child-spec';
import type { Pid } from '../../../packages/runtime/src/terms/pid';

const spec = (id: string): ChildSpec => ({ id, restart: 'permanent', significant: false }) as ChildSpec;
const [one, two] = ['<one>', '<two>'] as Pid[] as [Pid, Pid];

describe('the children of a supervisor', () => {
  it('are found by their processes as long as they have them', () => {
    const table = new ChildTable();
    const child = table.add(spec('a'));
    table.started(child, one);
    table.stopped(child);
    table.started(child, two);
    expect([table.withPid(one), table.withPid(two), child.lastPid]).toStrictEqual([undefined, child, two]);
    table.remove(child);
    expect([table.withPid(two), table.get('a'), [...table.all()]]).toStrictEqual([undefined, undefined, []]);
  });

  it('are the same under new specs, in the order of those: with what they run, and what failed', () => {
    const table = new ChildTable();
    const [a, b] = [table.add(spec('a')), table.add(spec('b'))];
    table.add(spec('c'));
    table.started(a, one);
    table.started(b, two);
    table.stopped(b);
    Object.assign(b, { restarting: true, failure: 3 });
    const other = table.under([spec('d'), spec('b'), spec('a')]);
    expect([...other.all()].map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c']);
    expect(other.get('b')).toMatchObject({ pid: undefined, lastPid: two, restarting: true, failure: 3 });
    expect(other.withPid(one)).toBe(other.get('a'));
    expect(other.get('a')).not.toBe(a);
  });
});
