import * as runtime from '@trestle/runtime';
import { publicWords } from '../../../packages/runtime/src/shell/public-words';

it('gives the prompt every value that a program can import', () => {
  const { startShell: _, ...importable } = runtime;
  for (const [name, value] of Object.entries(importable))
    expect([name, publicWords[name]]).toEqual([name, value]);
  expect(Object.keys(publicWords).toSorted()).toEqual(Object.keys(importable).toSorted());
});
