import { introduction, strangers } from '../../../../packages/runtime/src/distribution/kernel/mesh';

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
    expect(strangers(node('a@h'), node('b@h', true), ['d@h'], nobody)).toEqual([]);
    expect(strangers(node('a@h', true), node('b@h'), ['d@h'], nobody)).toEqual([]);
  });

  it('connects to nothing that is no name', () => {
    expect(strangers(node('a@h'), node('b@h'), ['', 'd', 'd@', '@h', 'd@h/../x', 'd h@h'], nobody)).toEqual(
      [],
    );
  });
});
