import { isErrorData } from '../../../terms/exit-reason';
import type { SystemEvent } from '../../../terms/system-event';
import type {
  ApplicationStopReport,
  BlockedReport,
  ConnectionReport,
  CrashReport,
  ErrorContext,
  Report,
} from './report';
import { reasonLine } from './value-text';

const troubles: Readonly<Record<ErrorContext, string>> = {
  childTerminated: 'terminated',
  startError: 'failed to start',
  shutdownError: 'did not shut down in order',
  shutdown: 'was restarted too often',
};

const events: Readonly<Record<SystemEvent['type'], string>> = {
  call: 'got a call',
  cast: 'got a cast',
  message: 'got a message',
  continue: 'goes on',
  reply: 'replied',
  event: 'got an event',
  consumed: 'consumed an event',
  postponed: 'postponed an event',
};

/** What a report says, in one line. */
export function headline(report: Report): string {
  switch (report.type) {
    case 'crash':
      return crash(report);
    case 'supervisor':
      return `Supervisor ${report.supervisor}: child '${report.offender.id}' ${troubles[report.errorContext]}`;
    case 'progress':
      return `Supervisor ${report.supervisor}: child '${report.started.id}' started`;
    case 'applicationStarted':
    case 'applicationExited':
    case 'applicationSignal':
    case 'applicationStop':
      return application(report);
    case 'unexpectedMessage':
      return `${report.server} received an unexpected message`;
    case 'unknownCall':
      return `${report.server} received an unknown call from ${report.from}`;
    case 'unknownCast':
      return `${report.server} received an unknown cast`;
    case 'refused':
      return `${report.verb} of ${report.called}${report.from === undefined ? '' : ` by ${report.from}`} was refused: ${report.problem}`;
    case 'trace':
      return `${report.server} ${events[report.event.type]}`;
    case 'blocked':
      return blocked(report);
    case 'mailboxFull':
      return `The mailbox of process ${whoIs(report)} is full${report.ends ? ': the process ends' : ''}`;
    default:
      return ofTheNode(report);
  }
}

function blocked({ forMs, isCertain, processes }: BlockedReport): string {
  const [first] = processes;
  const ms = `for ${String(forMs)} ms`;
  if (!isCertain || first === undefined) return `The event loop was blocked ${ms}`;
  const what = [first.module, first.callback].filter((part) => part !== undefined).join('.');
  return `Process ${whoIs(first)} blocked the event loop ${ms}${what === '' ? '' : ` in ${what}`}`;
}

/** A process in a line: its pid, and what it is called if it has a name. */
function whoIs({
  pid,
  registeredName,
  label,
}: Pick<CrashReport, 'pid' | 'registeredName' | 'label'>): string {
  const name = registeredName ?? label;
  return name === undefined ? pid : `${pid} (${name})`;
}

function crash(report: CrashReport): string {
  const { behaviour, pid, initialCall } = report;
  const name = report.registeredName ?? report.label;
  const what = initialCall === undefined ? behaviour : `${behaviour} ${initialCall}`;
  if (behaviour === 'Process') return `${what} ${whoIs(report)} raised an error`;
  return `${what} ${name === undefined ? pid : `'${name}' ${pid}`} terminating`;
}

type ApplicationReport = Extract<Report, { readonly application: string }>;

function application(report: ApplicationReport): string {
  const name = `Application ${report.application}`;
  switch (report.type) {
    case 'applicationStarted':
      return `${name} started at ${report.startedAt}`;
    case 'applicationExited':
      return `${name} exited: ${reasonLine(report.exited)}${report.stopsNode ? '; the node stops with it' : ''}`;
    case 'applicationSignal':
      return `${report.signal}: application ${report.application} stops`;
    case 'applicationStop':
      return `${name}${stopProblem(report)}`;
  }
}

function stopProblem({ problem }: ApplicationStopReport): string {
  return problem.kind === 'timeout'
    ? ` did not stop within ${String(problem.stopTimeoutMs)} ms`
    : `: ${problem.callback} raised an error`;
}

type NodeReport = Extract<
  Report,
  {
    readonly type:
      'nodeError' | 'reply' | 'connection' | 'absentNodes' | 'discovery' | 'logError' | 'dropped';
  }
>;

function ofTheNode(report: NodeReport): string {
  switch (report.type) {
    case 'nodeError':
      return report.problem;
    case 'reply':
      return report.called === undefined
        ? `reply to a call of node ${report.to ?? ''}: ${messageOf(report.error)}`
        : `rpc ${report.called}: the result cannot be sent`;
    case 'connection':
      return connection(report);
    case 'absentNodes':
      return `optional nodes not connected within ${String(report.withinMs)} ms: ${report.nodes.join(', ')}`;
    case 'discovery':
      return `[discovery:${report.topology}] ${report.event}`;
    case 'dropped':
      return `${String(report.records)} records dropped: too many at once`;
    case 'logError':
      return `log filter '${report.filter}' raised an error and is taken out`;
  }
}

function connection({ event, peer, address, more, times, problem }: ConnectionReport): string {
  switch (event) {
    case 'failed':
      return `no connection to node ${peer ?? ''}: ${problem}${times === undefined ? '' : ` (${String(times)} times so far)`}`;
    case 'refused':
      return more === undefined
        ? `${address ?? ''} was refused: ${problem}`
        : `${String(more)} more were refused, the last of them ${address ?? ''}: ${problem}`;
    case 'busyDistPort':
      return `node ${peer ?? ''} takes what is sent too slowly: ${problem}`;
    case 'pulse':
      return `node ${peer ?? ''} has a pulse at ${problem}`;
    case 'nodeBusy':
      return `node ${peer ?? ''} is busy: its event loop is blocked, for ${problem} so far`;
    case 'nodeReady':
      return `node ${peer ?? ''} answers again: it was busy for ${problem}`;
    case 'closed':
      return `the connection to node ${peer ?? ''}${address === undefined ? '' : ` at ${address}`} is closed: ${problem}`;
  }
}

/** Always an error as data: it was made so where it was caught. */
function messageOf(error: unknown): string {
  return isErrorData(error) ? error.message : reasonLine(error);
}
