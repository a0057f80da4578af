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
  if (isExecutable(made)) return explained(made as AnyFunction, source);
  throw new BadArgumentError({ call, expected: `the source of ${executableWords}`, got: source });
}

function problemOf(fn: AnyFunction, source: string): string | undefined {
  const name = fn.name === '' ? 'without a name' : `'${fn.name}'`;
  if (types.isProxy(fn)) return `a proxy of a function, ${name},`;
  if (/\{\s*\[native code\]\s*\}$/.test(source)) return `a bound or built-in function, ${name},`;
  if (/^class\b/.test(source)) return `a class, ${name},`;
  if (/^[gs]et\s+[^\s(]/.test(source)) return `an accessor, ${name},`;
  const isMethod = expressionOf(source) === undefined;
  if (isMethod && (usesThis(source) || /\bsuper\b|#[A-Za-z_$]/.test(withoutTexts(source))))
    return `a method that uses its object, ${name},`;
  return compiled(source) === undefined
    ? `a function whose source does not stand alone, ${name},`
    : undefined;
}

function usesThis(source: string): boolean {
  return /\bthis\b/.test(withoutTexts(source));
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
  return parsed(`(${source}\n)`);
}

/** The source of a method is no expression: it stands in an object. */
function methodOf(source: string): (() => unknown) | undefined {
  const object = parsed(`({ ${source}\n})`);
  if (object === undefined) return undefined;
  return () => Object.values(Object.getOwnPropertyDescriptors(object() as object))[0]?.value as unknown;
}

/** What stacks call the place of a function that was sent: their lines are those of its source. */
const sourceName = 'sent-function';

function parsed(expression: string): (() => unknown) | undefined {
  try {
    // In the global scope, where it sees nothing of this file, and in strict mode. That is what it is for: only nodes that
    // were told to accept functions execute what is made here.
    const { eval: evaluate } = globalThis;
    const maker = `(function () { "use strict"; return ${expression}; })`;
    return evaluate(`${maker}\n//# sourceURL=${sourceName}`) as () => unknown;
  } catch (error) {
    if ((error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}

/** The same function; what it misses of where it comes from is said to be that. */
function explained(fn: AnyFunction, source: string): AnyFunction {
  const fail = (error: unknown): never => {
    throw explanation(error, source) ?? error;
  };
  return (...args) => {
    try {
      const result = fn(...args);
      return types.isPromise(result) ? result.catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  };
}

const without = 'a function of another node is executed without';

/** An error that says what a function misses, if it is that which it ran into. */
function explanation(error: unknown, source: string): Error | undefined {
  const { name, message = '' } = (error ?? {}) as Partial<Error>;
  const misses = (what: string): string => `${message}: ${without} ${what}`;
  if (name === 'ReferenceError' && message.endsWith(' is not defined')) {
    const closure = 'what it closes over, imports of its file among it, which travels as an argument';
    return inPlaceOf(error as Error, new ReferenceError(misses(closure), { cause: error }));
  }
  if (name === 'TypeError' && /^Cannot (read|set) properties of undefined/.test(message) && usesThis(source))
    return inPlaceOf(error as Error, new TypeError(misses('`this`, which it uses'), { cause: error }));
  return undefined;
}

/** With the stack of the error that it explains: that tells the line. */
function inPlaceOf({ stack = '', message }: Error, better: Error): Error {
  const frames = stack.slice(stack.indexOf(message) + message.length);
  return Object.assign(better, { stack: `${better.name}: ${better.message}${frames}` });
}
