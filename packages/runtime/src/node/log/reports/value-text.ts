import { inspect } from '#platform/inspect';
import { ownCode } from '#platform/program';
import { describeReason, isErrorData, type ErrorData, type ExitReason } from '../../../terms/exit-reason';
import { isPid } from '../../../terms/pid';

type Fields = Readonly<Record<string, unknown>>;

/** As much of one value as anybody reads. */
const maxText = 4_000;

/** A value as a reader wants it: errors with their stack, pids as they are, the rest as Node shows it. */
export function valueText(read: () => unknown): string {
  try {
    const value = read();
    if (isPid(value)) return value;
    const stack = (value as { stack?: unknown } | null | undefined)?.stack;
    return shortened(typeof stack === 'string' ? stack : inspected(value));
  } catch {
    // It is somebody's object, and may throw when it is looked at.
    return '(cannot be shown)';
  }
}

/** Why a process ended, as a reader wants it: an error with where it was raised, and what caused it. */
export function reasonText(reason: ExitReason): string {
  try {
    return shortened(isErrorData(reason) ? errorText(reason) : inspected(reason));
  } catch {
    return '(cannot be shown)';
  }
}

/** A reason in one line. */
export function reasonLine(reason: ExitReason): string {
  try {
    const [line = ''] = describeReason(reason).split('\n', 1);
    return line.length > 300 ? `${line.slice(0, 300)} …` : line;
  } catch {
    return '(cannot be shown)';
  }
}

function errorText(error: ErrorData): string {
  const head = `${error.name}: ${error.message}${error.code === undefined ? '' : ` (${error.code})`}`;
  const frames = framesOf(error).map((frame) => `\n  ${frame}`);
  const cause =
    error.cause === undefined
      ? ''
      : `\ncaused by ${isErrorData(error.cause) ? errorText(error.cause) : inspected(error.cause)}`;
  return `${head}${frames.join('')}${cause}`;
}

/** Where the error was raised: the frames of the program, if there are any. */
function framesOf({ stack = '' }: ErrorData): string[] {
  const frames = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  const ofProgram = frames.filter((frame) => !frame.includes('node:internal') && !isOwn(frame));
  return ofProgram.length > 0 ? ofProgram : frames;
}

/** A frame of a function that came as source tells where that was evaluated, and then where in it: it is the program's. */
function isOwn(frame: string): boolean {
  return frame.includes(ownCode) && !/, <anonymous>:\d+:\d+\)$/.test(frame);
}

function inspected(value: unknown): string {
  return inspect(value, { depth: 4, maxStringLength: 200, maxArrayLength: 20 });
}

function shortened(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)} … (${String(text.length)} characters)` : text;
}

/** A line for each field. */
export function fieldLines(fields: Fields = {}): string[] {
  return namesOf(fields).map((name) => `${name}: ${valueText(() => fields[name])}`);
}

function namesOf(fields: Fields): string[] {
  try {
    return Object.keys(fields);
  } catch {
    // It is somebody's object, and may throw when it is looked at.
    return [];
  }
}
