import { BadArgumentError } from './errors';

/** What a function is expected to be that is to be executed. */
export const executableWords = 'a function that is no generator';

const generatorTags: readonly unknown[] = ['GeneratorFunction', 'AsyncGeneratorFunction'];

/** Tells whether a call of a function only makes a generator: nothing of its code is executed by that. Of any realm. */
export function isGeneratorFunction(fn: unknown): boolean {
  return (
    typeof fn === 'function' && generatorTags.includes((fn as Partial<GeneratorFunction>)[Symbol.toStringTag])
  );
}

/** Tells whether a value is a function that does what it says when it is called. */
export function isExecutable(value: unknown): boolean {
  return typeof value === 'function' && !isGeneratorFunction(value);
}

/** Checks at the door what is to be executed. @throws BadArgumentError */
export function checkFunction(call: string, fn: unknown): void {
  if (isExecutable(fn)) return;
  const expected = isGeneratorFunction(fn) ? executableWords : 'a function';
  throw new BadArgumentError({ call, expected, got: fn });
}
