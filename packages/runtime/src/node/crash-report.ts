import { ProcessExit } from '../terms/exit-reason';
import type { LocalProcess } from '../process/local-process';
import type { NodeLog } from './logger';

/** Logs that the code of a process threw. An exit on purpose is no crash. OTP: the error logger's crash report. */
export function reportCrash(log: NodeLog, process: LocalProcess, thrown: unknown): void {
  if (thrown instanceof ProcessExit) return;
  const who = process.name ?? process.label;
  log.error(`Process ${process.pid}${who === null ? '' : ` (${who})`} raised an error`, { error: thrown });
}
