import type { LogThreshold } from '../log-level';
import type { LogRecord } from '../log-record';

/** Where the records of a node go. OTP: a handler. */
export interface Logger {
  /**
   * Writes a record. What it throws, or rejects with, is ignored: there is nowhere left to log it; so is what it logs
   * itself meanwhile.
   */
  log(record: LogRecord): void;
  /** The least important level it takes; what is below is not even made. Default `'all'`. OTP: a handler's level. */
  readonly level?: LogThreshold;
  /** Writes what it holds back; called when a node that logs to it has stopped. */
  flush?(): void;
}

/** Writes nothing. */
export const silentLogger: Logger = { level: 'none', log: () => undefined };

/**
 * Does a step of a logger. What it throws, or rejects with, is ignored: there is nowhere left to log it, and what is
 * logged about must go on.
 */
export function attempt(step: () => unknown): void {
  try {
    const result = step();
    if (result !== undefined) Promise.resolve(result).catch(nothing);
  } catch {
    nothing();
  }
}

function nothing(): void {
  // See above.
}
