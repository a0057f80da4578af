import { nodeNameCompletions, openQuote } from '../../../packages/runtime/src/shell/prompt/completion';

describe('the quoted text at the end of a line', () => {
  it.each([
    ["Node.ping('", ''],
    ["Node.ping('apo", 'apo'],
    ['Node.ping("apo', 'apo'],
    ['f(`apo', 'apo'],
    ["f('a', 'b", 'b'],
    ['f("it\'s', "it's"],
    ["f('it\\'s", "it\\'s"],
  ])('of %s is %j', (line, quoted) => expect(openQuote(line)).toBe(quoted));

  it.each(['Node.ping', "Node.ping('a')", '', "f('a', g"])('is not there in %s', (line) =>
    expect(openQuote(line)).toBeUndefined(),
  );
});

describe('the node names it may become', () => {
  it('are those that begin with it, once each and in order', () => {
    const names = ['b@h', 'apothik_2@h', 'apothik_1@h', 'apothik_2@h'];
    expect(nodeNameCompletions('apo', names)).toEqual([['apothik_1@h', 'apothik_2@h'], 'apo']);
    expect(nodeNameCompletions('', names)[0]).toHaveLength(3);
    expect(nodeNameCompletions('x', names)).toEqual([[], 'x']);
  });
});
