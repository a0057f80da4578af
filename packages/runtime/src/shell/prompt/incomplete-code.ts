import { Script } from 'node:vm';

/** Tells whether code may become valid by more lines: an open bracket, a function without its end. */
export function isIncomplete(code: string): boolean {
  // Only the form matters here, and without its `await`s code has a form that a script may have.
  const form = code.replace(/\bawait\b/g, '');
  const problem = syntaxProblem(form);
  if (problem === undefined) return false;
  if (problem === endOfInput || problem === 'Unterminated template literal') return true;
  if (problem === missingParenthesis) return isIncompleteCall(form);
  // An open comment, unlike an open string, is healed by its end.
  return problem === badToken && form.includes('/*') && syntaxProblem(`${form}*/`) !== badToken;
}

const endOfInput = 'Unexpected end of input';
const badToken = 'Invalid or unexpected token';
const missingParenthesis = 'missing ) after argument list';

/** The engine says the same of `f(1` and of `f(1 2)`: only the first one is healed by closing it. */
function isIncompleteCall(form: string): boolean {
  const opened = form.split('(').length - 1;
  for (let closing = ')'; closing.length <= opened; closing += ')') {
    const problem = syntaxProblem(form + closing);
    if (problem === undefined || problem === endOfInput) return true;
    if (problem !== missingParenthesis) return false;
  }
  return false;
}

function syntaxProblem(code: string): string | undefined {
  try {
    new Script(code);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Code as the prompt means it: `{ a: 1 }` is an object, not a block.
 */
export function asExpression(code: string): string {
  const trimmed = code.trim();
  if (!trimmed.startsWith('{') || trimmed.endsWith(';')) return code;
  const object = `(${trimmed}\n)`;
  return syntaxProblem(`async () => ${object}`) === undefined ? object : code;
}
