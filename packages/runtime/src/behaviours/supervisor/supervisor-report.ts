import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { ProcessLog } from '../../node/log/process-log';
import type { ErrorContext, ReportedChild } from '../../node/log/reports/report';
import type { Child } from './supervisor-children';

/** What a supervisor writes into the log of its node. OTP: supervisor reports and progress reports. */
export class SupervisorReports {
  constructor(
    private readonly log: ProcessLog,
    private readonly supervisor: string,
  ) {}

  trouble(errorContext: ErrorContext, child: Child, pid: Pid | undefined, reason: ExitReason): void {
    if (!this.log.allows('error')) return;
    const { supervisor } = this;
    const offender = describeChild(child, pid);
    this.log.report('error', { type: 'supervisor', supervisor, errorContext, reason, offender });
  }

  /** At `'debug'`: OTP says `info`, and does not show it unless asked to. */
  progress(child: Child): void {
    if (!this.log.allows('debug')) return;
    const { supervisor } = this;
    this.log.report('debug', { type: 'progress', supervisor, started: describeChild(child, child.pid) });
  }
}

function describeChild({ spec }: Child, pid: Pid | undefined): ReportedChild {
  const { id, type, restart, shutdownMs, significant } = spec;
  return { id, pid, type, restart, shutdownMs, significant };
}
