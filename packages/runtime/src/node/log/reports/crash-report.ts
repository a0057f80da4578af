import type { ExitReason } from '../../../terms/exit-reason';
import type { Pid } from '../../../terms/pid';
import type { LocalProcess } from '../../../process/local-process';
import type { ProcessTable } from '../../../process/process-table';
import type { CrashReport, Neighbour } from './report';
import { classOf, type ProcessLog } from '../process-log';

/** As many ancestors and neighbours as anybody reads. */
const mostShown = 20;

/** What is known of a crash besides what the process itself tells. */
export interface Crash {
  readonly behaviour: string;
  /** The class or the function it was started with; `''` if that has no name. */
  readonly initialCall: string;
  readonly reason: ExitReason;
  readonly lastMessage?: unknown;
  readonly client?: Pid;
  readonly state?: unknown;
}

/**
 * Logs that a process ended for a reason that is none of order; called before its end. OTP: the crash report of
 * `proc_lib`.
 */
export function reportCrash(log: ProcessLog, process: LocalProcess, table: ProcessTable, crash: Crash): void {
  if (log.allows('error')) log.report('error', describeCrash(process, table, crash));
}

function describeCrash(process: LocalProcess, table: ProcessTable, crash: Crash): CrashReport {
  const { behaviour, initialCall, reason, ...ofServer } = crash;
  const links = process.links();
  return {
    type: 'crash',
    pid: process.pid,
    ...namesOf(process),
    behaviour,
    ...(initialCall === '' ? {} : { initialCall }),
    ancestors: ancestorsOf(process, table),
    reason,
    ...ofServer,
    messageQueueLen: process.queueLength,
    trapExit: process.trapsExits,
    links,
    neighbours: neighboursOf(links, table),
  };
}

function namesOf({ name, label }: LocalProcess): { registeredName?: string; label?: string } {
  return { ...(name === null ? {} : { registeredName: name }), ...(label === null ? {} : { label }) };
}

/** The one who started it first; as OTP's `$ancestors`. */
function ancestorsOf(process: LocalProcess, table: ProcessTable): string[] {
  const ancestors: string[] = [];
  let { parent } = process;
  while (parent !== null && ancestors.length < mostShown) {
    const living = table.get(parent);
    ancestors.push(living?.name ?? parent);
    parent = living?.parent ?? null;
  }
  return ancestors;
}

/** Those on this node that end with it. */
function neighboursOf(links: readonly Pid[], table: ProcessTable): Neighbour[] {
  const linked = links.slice(0, mostShown).flatMap((pid) => table.get(pid) ?? []);
  return linked
    .filter((neighbour) => !neighbour.trapsExits)
    .map((neighbour) => ({
      pid: neighbour.pid,
      ...namesOf(neighbour),
      ...initialCallOf(neighbour),
      messageQueueLen: neighbour.queueLength,
    }));
}

function initialCallOf(process: LocalProcess): { initialCall?: string } {
  const module = classOf(process);
  return module === undefined ? {} : { initialCall: module };
}
