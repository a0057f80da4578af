import type { LocalProcess } from '../process/local-process';
import type { NodeLog } from '../node/logger';
import type { Callbacks } from './callbacks';
import { shownStatus, stateOf, type ServerStatus } from './server-state';

/**
 * Logs that a server ended for a reason that is none of order, with what it was doing, as its `formatStatus` shows it.
 * OTP: its error report.
 */
export function reportTermination(
  log: NodeLog,
  process: LocalProcess,
  server: Callbacks,
  about: Omit<ServerStatus, 'state'>,
): void {
  const status = shownStatus(server, { ...about, state: stateOf(server) });
  log.error(`${nameOf(process, server)} terminating`, { ...status });
}

/** A server in a log line: its class, its name or label if it has one, its pid. */
export function nameOf(process: LocalProcess, server: object): string {
  const name = process.name ?? process.label;
  return `GenServer ${server.constructor.name} ${name === null ? process.pid : `'${name}' ${process.pid}`}`;
}
