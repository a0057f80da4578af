import { availableParallelism, hostname } from 'node:os';
import { dirname } from 'node:path';

/** Where the code of this package lives: its frames in a stack say nothing about the program. */
export const ownCode = dirname(__dirname);

/** What this machine is called. */
export const hostName = hostname;

/** How many things this machine does at once. */
export const cores = availableParallelism;

/** The process of the operating system, which is told to stop by signals. */
export const osProcess = process;

/** The variables the program was started with. */
export const environment = process.env;

/** The program in numbers, for who looks at it from elsewhere. */
export const program = {
  pid: (): number => process.pid,
  version: (): string => process.version,
  memory: (): number => process.memoryUsage().rss,
  uptime: (): number => process.uptime(),
};

/** Writes to where logs go. */
export function writeLog(text: string): void {
  process.stderr.write(text);
}

/** Whether what is written there is read on a terminal. */
export function isLogOnTerminal(): boolean {
  return process.stderr.isTTY;
}
