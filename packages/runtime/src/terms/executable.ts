import { BadArgumentError } from './errors';

/** What a function is expected to be that is to be executed. */
export const executableWords = 'a function that is no generator';

const generatorTags: readonly unknown[] = ['GeneratorFunction', 'AsyncGeneratorFunction'];

/** Tells whether a call of a function only makes a generator: nothing of its code is executed by that. Of any realm. */
function isGeneratorFunction(fn: unknown): boolean {
  return (
    typeof fn === 'function' && generatorTags.includes((fn as Partial<GeneratorFunction>)[Symbol.toStringTag])
  );
}

/** Tells whether a function is a class, which cannot be called: of those only, the prototype is fixed. */
function isClass(fn: unknown): boolean {
  return typeof fn === 'function' && Object.getOwnPropertyDescriptor(fn, 'prototype')?.writable === false;
}

/** Tells whether a value is a function that does what it says when it is called. */
export function isExecutable(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  // Nearly all that is executed here has no prototype, which classes and generators have: that is quick to see.
  const { prototype } = value as { readonly prototype?: unknown };
  return prototype === undefined || (!isGeneratorFunction(value) && !isClass(value));
}

/** What was expected instead of a value that is not executable. */
export function executableInsteadOf(value: unknown): string {
  if (isClass(value)) return 'a function that is no class';
  return isGeneratorFunction(value) ? executableWords : 'a function';
}

/** Checks at the door what is to be executed. @throws BadArgumentError */
export function checkFunction(call: string, fn: unknown): void {
  if (!isExecutable(fn)) throw new BadArgumentError({ call, expected: executableInsteadOf(fn), got: fn });
}
