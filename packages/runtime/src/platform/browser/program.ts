/** Where the code of this package lives: a bundle holds it and the program's as one, so all frames count. */
export const ownCode = '';

const { navigator } = globalThis as unknown as {
  readonly navigator: { readonly hardwareConcurrency: number; readonly userAgent: string };
};

/** A page is on no machine that others could find. */
export function hostName(): string {
  return '';
}

/** How many things this machine does at once. */
export function cores(): number {
  return navigator.hardwareConcurrency;
}

/** Nobody tells a page to stop; it is closed. */
export const osProcess = {
  on: nothing,
  off: nothing,
  listenerCount: (): number => 0,
  exit: nothing,
};

/** A page is started without variables. */
export const environment: Readonly<Record<string, string | undefined>> = {};

/** The program in numbers, for who looks at it from elsewhere. */
export const program = {
  pid: (): number => 0,
  version: (): string => navigator.userAgent,
  memory: (): number => 0,
  uptime: (): number => performance.now() / 1_000,
};

/** Writes to where logs go. */
export function writeLog(text: string): void {
  console.error(text.trimEnd());
}

/** Whether what is written there is read on a terminal. */
export function isLogOnTerminal(): boolean {
  return false;
}

function nothing(): void {
  // There is no such thing here.
}
