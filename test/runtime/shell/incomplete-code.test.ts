import { asExpression, isIncomplete } from '../../../packages/runtime/src/shell/prompt/incomplete-code';

describe('code that goes on in the next line', () => {
  it.each([
    'f(',
    'f(1',
    'f(1,',
    'f(g(1',
    'f(g(1)',
    'f(() => {',
    'f(() => {\n g(1',
    'await f(1',
    'if (x) {',
    'function f() {',
    'class A {',
    '[1, 2',
    '({ a: 1',
    '`text',
    '/* text',
    'x =>',
    '1 +',
    'const x =',
  ])('%j is incomplete', (code) => expect(isIncomplete(code)).toBe(true));

  it.each([
    '1 + 1',
    'f(1)',
    'f(1 2)',
    'f(g(1 2',
    'a b',
    '"text',
    '/regexp',
    'return 1',
    'await f(1)',
    'for await (const x of y) f(x)',
    'const x = await f(1)',
    'f(1))',
    '}',
    '/* text */ 1',
    "'/* text",
    '',
  ])('%j is not', (code) => expect(isIncomplete(code)).toBe(false));

  it('does not execute anything to find out', () => {
    expect(isIncomplete('throw new Error("executed")')).toBe(false);
  });
});

describe('code that begins with a brace', () => {
  it.each([
    ['{ a: 1 }', '({ a: 1 }\n)'],
    ['{ a: 1 } // object', '({ a: 1 } // object\n)'],
    ['{ a: await f() }', '({ a: await f() }\n)'],
    [' {} ', '({}\n)'],
  ])('%j is an object', (code, expression) => expect(asExpression(code)).toBe(expression));

  it.each(['{ a: 1 };', '{ const x = 1; f(x) }', 'f({ a: 1 })', '1 + 1'])('%j stays as it is', (code) =>
    expect(asExpression(code)).toBe(code),
  );
});
