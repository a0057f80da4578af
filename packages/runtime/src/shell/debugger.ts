import { close, open, url } from 'node:inspector';

/** DevTools on this program, while the shell is open. */
export interface Debugger {
  /** How to attach, if it could be opened by the shell. */
  readonly hint: string | undefined;
  close(): void;
}

/**
 * Lets DevTools attach, on this host only. It is a convenience: if it cannot be opened, `warn` is told.
 */
export function openDebugger(warn: (text: string) => void): Debugger {
  const attached = { hint: undefined, close: () => undefined };
  // The program runs under `--inspect` already.
  if (url() !== undefined) return attached;
  try {
    open(0, '127.0.0.1');
  } catch (error) {
    warn(`DevTools cannot attach: ${(error as Error).message}`);
    return attached;
  }
  // Unless it was told not to, Node.js itself prints how to attach.
  const isQuiet = process.execArgv.some((option) => option.startsWith('--inspect-publish-uid'));
  return { hint: isQuiet ? `DevTools can attach: chrome://inspect or ${url() ?? ''}` : undefined, close };
}
