import {
  dialledOf,
  introduction,
  maxToldNames,
  strangers,
} from '../../../../packages/runtime/src/distribution/kernel/mesh';
import { NodeLog } from '../../../../packages/runtime/src/node/log/node-log';

const node = (name: string, hidden = false) => ({ name, creation: 1, hidden });
const nobody = (): boolean => false;

describe('the mesh', () => {
  it('tells a new peer the visible nodes, without itself', () => {
    const connected = [node('b@h'), node('c@h'), node('secret@h', true)];
    expect(introduction(node('a@h'), node('b@h'), connected)).toEqual(['c@h']);
  });

  it('tells hidden peers nothing, and hidden nodes tell nothing', () => {
    expect(introduction(node('a@h'), node('b@h', true), [node('c@h')])).toBeUndefined();
    expect(introduction(node('a@h', true), node('b@h'), [node('c@h')])).toBeUndefined();
  });

  it('connects to those it does not know yet, and never to itself', () => {
    const known = (name: string): boolean => name === 'c@h';
    expect(strangers(node('a@h'), node('b@h'), ['a@h', 'c@h', 'd@h'], known)).toEqual(['d@h']);
  });

  it('connects to nobody that a hidden node told of, or as a hidden node', () => {
    expect(strangers(node('a@h'), node('b@h', true), ['d@h'], nobody)).toStrictEqual([]);
    expect(strangers(node('a@h', true), node('b@h'), ['d@h'], nobody)).toStrictEqual([]);
  });

  it('connects to nothing that is no name', () => {
    expect(
      strangers(node('a@h'), node('b@h'), ['', 'd', 'd@', '@h', 'd@h/../x', 'd h@h'], nobody),
    ).toStrictEqual([]);
  });

  it('connects to 1,024 of the nodes it is told of at once, and says in one line that it leaves the rest', () => {
    const lines: string[] = [];
    const logger = { log: ({ text }: { text: string }): void => void lines.push(text) };
    const log = new NodeLog({ logger, node: 'a@h', wallTime: () => 0 }, () => undefined);
    const all = Array.from({ length: maxToldNames + 2 }, (_, i) => `n${String(i)}@h`);
    expect(dialledOf(all.slice(0, -2), node('b@h'), log)).toHaveLength(1_024);
    expect(lines).toStrictEqual([]);
    expect(dialledOf(all, node('b@h'), log)).toEqual(all.slice(0, 1_024));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('it told of 1026 nodes at once: 2 of them are not dialled');
  });

  it('connects once to a node that is told of twice', () => {
    expect(strangers(node('a@h'), node('b@h'), ['c@h', 'c@h'], nobody)).toEqual(['c@h']);
  });
});
