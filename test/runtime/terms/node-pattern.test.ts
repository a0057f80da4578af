import fc from 'fast-check';
import { isNodeName } from '../../../packages/runtime/src/terms/node-name';
import { fitsSomeNode } from '../../../packages/runtime/src/terms/node-pattern';
import { textTest } from '../../../packages/runtime/src/terms/text-pattern';

describe('a pattern of node names', () => {
  it.each([
    'a@h',
    '*',
    'ops@*',
    '*@h',
    'ops*',
    '*.example.org',
    'a@[::1]',
    '*]',
    'a@[*',
    '*:*',
    'n*@[fe80:*]',
    '*@*',
  ])('can be %s', (pattern) => {
    expect(fitsSomeNode(pattern)).toBe(true);
  });

  it.each([
    ['', 'no name at all'],
    ['ops', 'a name without a host'],
    ['ops@', 'a host of no letters'],
    ['@h', 'no name before the host'],
    ['*@', 'no host whatever'],
    ['a@b@*', 'two hosts'],
    ['*@*@*', 'two hosts'],
    ['a b@*', 'a blank'],
    ['*/*', 'a slash'],
    ['-a@*', 'a name that begins with a dash'],
    ['a@[::1', 'a bracket that nothing can close'],
    ['a@[1]', 'an address without colons'],
    ['a:b@*', 'a colon before the host'],
    [`${'x'.repeat(255)}@*`, 'a longer name than there is'],
  ])('cannot be %s: %s', (pattern) => {
    expect(fitsSomeNode(pattern)).toBe(false);
  });

  it('is one whenever it is made of a node name by putting * for any parts of it, and then fits that name', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aZ0_.-'), minLength: 1, maxLength: 6 });
    const address = fc.constantFrom('[::1]', '[fe80::1:2]', '127.0.0.1');
    const name = fc.tuple(letters, fc.oneof(letters, address)).map((parts) => parts.join('@'));
    const cuts = fc.array(fc.tuple(fc.nat(20), fc.nat(4)), { maxLength: 3 });
    fc.assert(
      fc.property(name.filter(isNodeName), cuts, (node, places) => {
        let pattern = node;
        for (const [at, length] of places) pattern = `${pattern.slice(0, at)}*${pattern.slice(at + length)}`;
        expect(fitsSomeNode(pattern)).toBe(true);
        expect(textTest(pattern)(node)).toBe(true);
      }),
    );
  });

  it('without a * is one if and only if it is a node name', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a0-@[]:. '), maxLength: 10 });
    fc.assert(
      fc.property(text, (pattern) => {
        expect(fitsSomeNode(pattern)).toBe(isNodeName(pattern));
      }),
    );
  });
});
