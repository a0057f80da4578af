import { createColors } from 'picocolors';
import { errorHead, errorText, unreadablePlace } from '../prompt/error-text';

/** Options that every command has. */
export interface GlobalOptions {
  readonly verbose?: boolean;
}

/** Whether whoever runs the program wants to see stacks. */
function isVerbose({ verbose }: GlobalOptions): boolean {
  return verbose === true || /(^|[\s,])trestle($|[\s,])/.test(process.env['DEBUG'] ?? '');
}

/**
 * Tells on standard error, in one line, why a command cannot go on.
 * @param options.frames also the lines of the stack that are the user's own
 */
export function reportError(error: unknown, options: GlobalOptions & { readonly frames?: boolean }): void {
  process.stderr.write(`${red(`trestle: ${textOf(error, options)}`)}\n`);
}

/** What the parser of the command line complains of, in the same form. */
export function complainOf(text: string, write: (text: string) => void): void {
  write(`${red(text.trimEnd().replace(/^error: /, 'trestle: '))}\n`);
}

function textOf(error: unknown, options: GlobalOptions & { readonly frames?: boolean }): string {
  if (!(error instanceof Error)) return errorText(error);
  if (isVerbose(options)) return error.stack ?? error.message;
  if (options.frames !== true) return oneLine(error);
  const place = unreadablePlace(error);
  return place === undefined ? errorText(error) : `${place}: ${errorText(error)}`;
}

/** An error of the runtime says what it is about; others are named. */
function oneLine(error: Error & { code?: unknown }): string {
  const isTold = typeof error.code === 'string';
  return (isTold ? error.message : errorHead(error)).replace(/\s*\n\s*/g, ' ');
}

function red(text: string): string {
  return createColors(process.stderr.isTTY && process.env['NO_COLOR'] === undefined).red(text);
}
