import { Expected } from '../../../packages/cache/src/replication/expected';
import { Moved } from '../../../packages/cache/src/replication/handoff/moved';

describe('a node that may be met any moment', () => {
  it('is waited for until it is met, or a second has passed from the first look on', () => {
    const expected = new Expected();
    expected.add('b@h');
    expected.add('c@h');
    expected.look();
    expect([...expected.all()]).toStrictEqual(['b@h', 'c@h']);
    expected.met('b@h');
    expect([expected.has('b@h'), expected.has('c@h')]).toStrictEqual([false, true]);
    expected.look();
    expect(expected.size).toBe(0);
  });

  it('is not waited for again because others name it, until the members change', () => {
    const expected = new Expected();
    expect(expected.named('b@h')).toBe(true);
    expect(expected.named('b@h')).toBe(false);
    expect(expected.giveUp('b@h')).toBe(true);
    expect(expected.giveUp('b@h')).toBe(false);
    expect([expected.named('b@h'), expected.size]).toStrictEqual([false, 0]);
    expected.changed();
    expect(expected.named('b@h')).toBe(true);
  });

  it('is waited for again when it is named after it was met once more', () => {
    const expected = new Expected();
    expected.add('b@h');
    expected.giveUp('b@h');
    expected.met('b@h');
    expect(expected.named('b@h')).toBe(true);
  });
});

describe('what was given away', () => {
  it('is known with its newest stamp for five seconds, from the last time on', () => {
    let now = 0;
    const moved = new Moved(() => now);
    moved.note('first', 1);
    moved.note('second', 2);
    now = 3_000;
    moved.note('first', 3);
    expect([moved.stampOf('first'), moved.stampOf('other')]).toStrictEqual([3, 0]);
    now = 5_000;
    moved.age();
    expect([moved.stampOf('first'), moved.stampOf('second')]).toStrictEqual([3, 0]);
    now = 8_000;
    moved.age();
    expect(moved.stampOf('first')).toBe(0);
  });
});
