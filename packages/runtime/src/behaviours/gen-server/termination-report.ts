import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { LocalProcess } from '../../process/local-process';
import type { ProcessTable } from '../../process/process-table';
import { reportCrash } from '../../node/log/reports/crash-report';
import type { Callbacks } from './callbacks';
import { shownStatus, stateOf, type ServerStatus } from './server-state';
import { titleOf } from './server-title';

/** How a server came to its end. */
export interface Termination extends Omit<ServerStatus, 'state'> {
  /** Who waits for the reply to that. */
  readonly client?: Pid;
}

/**
 * Logs that a server ended for a reason that is none of order, with what it was doing, as its `formatStatus` shows it.
 * OTP: its error report and its crash report in one.
 */
export function reportTermination(
  process: LocalProcess,
  table: ProcessTable,
  server: Callbacks,
  { client, ...about }: Termination,
): void {
  const { log } = server.self;
  if (!log.allows('error')) return;
  const shown = shownStatus(server, { ...about, state: readableState(server) });
  const { reason, ...seen } = contentsOf(shown);
  const who = client === undefined ? {} : { client };
  reportCrash(log, process, table, { ...named(server), reason, ...seen, ...who });
}

/** A server that cannot be read ends all the same. */
function readableState(server: Callbacks): unknown {
  try {
    return stateOf(server);
  } catch {
    return 'the state cannot be read';
  }
}

/** What a status may hold, and nothing else that `formatStatus` has returned. */
function contentsOf(status: ServerStatus): ServerStatus {
  const held = (['state', 'lastMessage', 'log', 'reason'] as const).filter((item) => item in status);
  return Object.fromEntries(held.map((item) => [item, status[item]])) as unknown as ServerStatus;
}

/** Logs that a server failed to start: of its state nothing is known, and nobody may show it. */
export function reportStartCrash(
  process: LocalProcess,
  table: ProcessTable,
  server: Callbacks,
  reason: ExitReason,
): void {
  reportCrash(server.self.log, process, table, { ...named(server), reason });
}

function named(server: object): { readonly behaviour: string; readonly initialCall: string } {
  const { behaviour, module } = titleOf(server);
  return { behaviour, initialCall: module };
}

/** A server in a log line: what it is, its name or label if it has one, its pid. */
export function serverLine(process: LocalProcess, server: object): string {
  const name = process.name ?? process.label;
  const { behaviour, module } = titleOf(server);
  return `${behaviour} ${module} ${name === null ? process.pid : `'${name}' ${process.pid}`}`;
}
