import type { BlockedBy, BlockedReport, CrashReport, Neighbour, Report, ReportedChild } from './report';
import { reasonLine, reasonText, fieldLines, valueText } from './value-text';

/** What stands below the headline of a report: a line for each thing a reader looks for. */
export function reportLines(report: Report): string[] {
  switch (report.type) {
    case 'crash':
      return crashLines(report);
    case 'supervisor':
      // The crash itself has its own report, with the stack.
      return [`** ${reasonLine(report.reason)}`, `child: ${childLine(report.offender)}`];
    case 'progress':
      return [`child: ${childLine(report.started)}`];
    case 'applicationExited':
      return report.stopsNode ? [`** ${reasonText(report.exited)}`] : [];
    case 'applicationStop':
      return report.problem.kind === 'callback' ? [`** ${reasonText(report.problem.error)}`] : [];
    case 'unexpectedMessage':
      return [`message: ${valueText(() => report.message)}`];
    case 'unknownCall':
    case 'unknownCast':
      return [`request: ${valueText(() => report.request)}`];
    case 'trace':
      return fieldLines(report.event).filter((line) => !line.startsWith('type: '));
    case 'blocked':
      return blockedLines(report);
    case 'mailboxFull':
      return fieldLines({ ...report.mailbox });
    case 'nodeError':
    case 'logError':
      return [`** ${reasonText(report.error)}`];
    case 'reply':
      return report.called === undefined ? [] : [`** ${reasonLine(report.error)}`];
    case 'refused':
    case 'applicationStarted':
    case 'applicationSignal':
    case 'connection':
    case 'absentNodes':
    case 'discovery':
    case 'dropped':
      return [];
  }
}

function crashLines(report: CrashReport): string[] {
  const { ancestors, links, neighbours, messageQueueLen: queue } = report;
  const lines = [`** ${reasonText(report.reason)}`];
  if ('lastMessage' in report) lines.push(`last message: ${valueText(() => report.lastMessage)}`);
  if (report.client !== undefined) lines.push(`client: ${report.client}`);
  if ('state' in report) lines.push(`state: ${valueText(() => report.state)}`);
  if (report.log !== undefined) lines.push(`last events: ${valueText(() => report.log)}`);
  if (ancestors.length > 0) lines.push(`ancestors: ${ancestors.join(', ')}`);
  if (queue > 0) lines.push(`message queue: ${String(queue)} waiting`);
  if (links.length > 0) lines.push(`links: ${some(links)}`);
  if (neighbours.length > 0) lines.push(`neighbours: ${neighbours.map(neighbourText).join(', ')}`);
  return lines;
}

/** Not all, where there are many. */
function some(pids: readonly string[]): string {
  const most = 20;
  const shown = pids.slice(0, most).join(', ');
  return pids.length > most ? `${shown} … ${String(pids.length - most)} more` : shown;
}

function blockedLines({ isCertain, processes }: BlockedReport): string[] {
  if (!isCertain)
    return [`by one of these, or by code outside of processes: ${processes.map(blockerText).join(', ')}`];
  return processes.flatMap((by) => ('message' in by ? [`message: ${valueText(() => by.message)}`] : []));
}

function blockerText({ pid, registeredName, label, module }: BlockedBy): string {
  const who = registeredName ?? label ?? module;
  return who === undefined ? pid : `${who} ${pid}`;
}

function neighbourText({ pid, registeredName, label, initialCall }: Neighbour): string {
  const who = registeredName ?? label ?? initialCall;
  return who === undefined ? pid : `${who} ${pid}`;
}

function childLine({ pid, type, restart, shutdownMs, significant }: ReportedChild): string {
  const isFinite = typeof shutdownMs === 'number' && shutdownMs !== Infinity;
  const shutdown = isFinite ? `${String(shutdownMs)} ms` : String(shutdownMs);
  const facts = [restart, ...(significant ? ['significant'] : []), type, `shutdown: ${shutdown}`];
  return `${pid === undefined ? '' : `${pid}, `}${facts.join(', ')}`;
}
