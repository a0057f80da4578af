import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from '#zod';
import { checkOptions } from '../terms/options';
import type { InputSource } from './prompt/input-gate';
import { findPreload } from './preload-file';

/** Options of `startShell`. */
export interface ShellOptions {
  /** Where commands come from. Default: standard input. */
  readonly input?: NodeJS.ReadableStream;
  /** Where results go. Default: standard output. */
  readonly output?: NodeJS.WritableStream;
  /** Whether a person types: with prompt, editing, history and colours. Default: whether both are a terminal. */
  readonly terminal?: boolean;
  /** A file whose exports become bindings; `false` for none. Default: `.trestle.ts` or `.js`, here or at home. */
  readonly preload?: string | false;
  /** Where what is typed is kept; `false` for nowhere. Default: `~/.trestle_history` on a terminal. */
  readonly history?: string | false;
  /** Whether DevTools may attach (from this host only). Default `true`. */
  readonly inspect?: boolean;
}

/** The same, with nothing left open. */
export interface ShellSettings {
  readonly input: InputSource;
  readonly output: NodeJS.WritableStream;
  readonly terminal: boolean;
  readonly preload: string | undefined;
  readonly history: string | undefined;
  readonly inspect: boolean;
}

const fileOrNone = z.union([z.string().min(1), z.literal(false)], 'the path of a file, or false').optional();

const schema = z.strictObject({
  input: z.custom<NodeJS.ReadableStream>(hasMethod('on'), 'a readable stream').optional(),
  output: z.custom<NodeJS.WritableStream>(hasMethod('write'), 'a writable stream').optional(),
  terminal: z.boolean('true or false').optional(),
  preload: fileOrNone,
  history: fileOrNone,
  inspect: z.boolean('true or false').optional(),
});

/** @throws BadArgumentError if an option is wrong */
export function shellSettings(options: ShellOptions): ShellSettings {
  checkOptions('startShell', schema, options);
  const { input = process.stdin, output = process.stdout, inspect = true } = options;
  const terminal = options.terminal ?? (isTerminal(input) && isTerminal(output));
  const history = options.history ?? (terminal ? join(homedir(), '.trestle_history') : false);
  const preload = options.preload ?? findPreload();
  return {
    input,
    output,
    terminal,
    inspect,
    preload: preload === false ? undefined : preload,
    history: history === false ? undefined : history,
  };
}

function isTerminal(stream: object): boolean {
  return (stream as { isTTY?: boolean }).isTTY === true;
}

function hasMethod(name: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';
}
