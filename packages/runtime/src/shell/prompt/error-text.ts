import { dirname } from 'node:path';
import { inspect } from 'node:util';

/** The sources of this package, or its compiled form: its frames say nothing to whoever typed. */
const packageFolder = dirname(dirname(__dirname));

interface ErrorLike {
  readonly name?: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: unknown;
}

/**
 * What was thrown, for people: `ERR_NODEDOWN: call …`, and below it the lines of a stack that are the user's own.
 * Errors may come from another realm, so their class is not asked for.
 */
export function errorText(thrown: unknown): string {
  if (!isErrorLike(thrown)) return `thrown: ${inspect(thrown)}`;
  return isSelfExplanatory(thrown) ? thrown.message : [errorHead(thrown), ...userFrames(thrown)].join('\n');
}

/** As `errorText`, at a prompt: that a node is down is no fault of the code that ran into it. */
export function promptText(thrown: unknown): string {
  return isErrorLike(thrown) && thrown.code === 'ERR_NODEDOWN' ? errorHead(thrown) : errorText(thrown);
}

/** The first line: the code, else the class, and the message. */
export function errorHead(error: ErrorLike): string {
  const { code, name, message } = error;
  return `${typeof code === 'string' ? code : (name ?? 'Error')}: ${message}`;
}

/** An exit, or Ctrl-C, is no error of the code. */
function isSelfExplanatory({ name }: ErrorLike): boolean {
  return name === 'ProcessExit' || name === 'InterruptedError';
}

function isErrorLike(thrown: unknown): thrown is ErrorLike {
  return typeof (thrown as { message?: unknown } | null | undefined)?.message === 'string';
}

function userFrames({ stack }: ErrorLike): string[] {
  if (typeof stack !== 'string') return [];
  return stack.split('\n').filter((line) => /^\s+at /.test(line) && isOfUser(line));
}

function isOfUser(frame: string): boolean {
  // What stands directly at the prompt is on the screen already.
  if (/^\s+at shell(-\d+)?:\d+:\d+$/.test(frame)) return false;
  const runtime =
    /\(?(node:|<anonymous>)|[/\\]node_modules[/\\]/.test(frame) || frame.includes(packageFolder);
  return !runtime && /:\d+:\d+\)?$/.test(frame);
}

/** Where stands what Node could not read, as `file:line`: it puts that above a `SyntaxError`. */
export function unreadablePlace({ stack }: { readonly stack?: unknown }): string | undefined {
  return typeof stack === 'string' ? /^(?:file:\/\/)?([^\s:][^\n]*:\d+)\n/.exec(stack)?.[1] : undefined;
}

/** Where in a file an error arose, as `file:line:column`, if its stack says so. */
export function sourcePlaceIn(file: string, thrown: unknown): string | undefined {
  const stack = (thrown as { stack?: unknown } | null | undefined)?.stack;
  if (typeof stack !== 'string') return undefined;
  const start = stack.indexOf(`${file}:`);
  return start === -1 ? undefined : /^[^\s)]+?:\d+(:\d+)?/.exec(stack.slice(start))?.[0];
}
