import { types } from '#platform/types';
import { BadArgumentError, UnsendableError } from './errors';
import { executableWords, isExecutable } from './executable';

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * The source of a function, by which another node can execute it: without its closure, and without `this`.
 * @param path what it is called in an error text
 * @throws UnsendableError if it is more than its source
 */
export function sourceOf(path: string, fn: AnyFunction): string {
  const source = Function.prototype.toString.call(fn);
  const problem = problemOf(fn, source);
  if (problem !== undefined) throw new UnsendableError(path, problem);
  return source;
}

/**
 * Makes a function of its source, in strict mode and in the global scope of this thread: it may do whatever code of
 * this program may do.
 * @throws BadArgumentError if it is the source of none
 */
export function functionOf(call: string, source: string): AnyFunction {
  const made: unknown = compiled(source)?.();
  if (isExecutable(made)) return explained(made as AnyFunction);
  throw new BadArgumentError({ call, expected: `the source of ${executableWords}`, got: source });
}

function problemOf(fn: AnyFunction, source: string): string | undefined {
  const name = fn.name === '' ? 'without a name' : `'${fn.name}'`;
  if (types.isProxy(fn)) return `a proxy of a function, ${name},`;
  if (/\{\s*\[native code\]\s*\}$/.test(source)) return `a bound or built-in function, ${name},`;
  if (/^class\b/.test(source)) return `a class, ${name},`;
  if (/^[gs]et\s+[^\s(]/.test(source)) return `an accessor, ${name},`;
  const isMethod = expressionOf(source) === undefined;
  if (isMethod && /\b(this|super)\b|#[A-Za-z_$]/.test(withoutTexts(source)))
    return `a method that uses its object, ${name},`;
  return compiled(source) === undefined
    ? `a function whose source does not stand alone, ${name},`
    : undefined;
}

/** Without comments and plain strings: what they say is no code. */
function withoutTexts(source: string): string {
  return source.replace(/\/\*[^]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, ' ');
}

/** What makes the function of a source, which is not executed before; `undefined` if the source is none. */
function compiled(source: string): (() => unknown) | undefined {
  return expressionOf(source) ?? methodOf(source);
}

function expressionOf(source: string): (() => unknown) | undefined {
  return parsed(`return (${source}\n);`);
}

/** The source of a method is no expression: it stands in an object. */
function methodOf(source: string): (() => unknown) | undefined {
  const object = parsed(`return ({ ${source}\n});`);
  if (object === undefined) return undefined;
  return () => Object.values(Object.getOwnPropertyDescriptors(object() as object))[0]?.value as unknown;
}

function parsed(code: string): (() => unknown) | undefined {
  try {
    // That is what it is for: only nodes that were told to accept functions execute what is made here.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return new Function(`"use strict"; ${code}`) as () => unknown;
  } catch (error) {
    if ((error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}

/** The same function; what it misses of its closure is said to be that. */
function explained(fn: AnyFunction): AnyFunction {
  return (...args) => {
    try {
      const result = fn(...args);
      return types.isPromise(result) ? result.catch(rethrowExplained) : result;
    } catch (error) {
      return rethrowExplained(error);
    }
  };
}

function rethrowExplained(error: unknown): never {
  const { name, message } = (error ?? {}) as Partial<Error>;
  if (name !== 'ReferenceError' || message?.endsWith(' is not defined') !== true) throw error;
  const why =
    'a function of another node is executed without what it closes over, which travels as an argument';
  throw new ReferenceError(`${message}: ${why}`, { cause: error });
}
