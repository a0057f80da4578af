import type { ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import type { NodeLog } from '../node/logger';
import type { Child } from './supervisor-children';

/** What a supervisor reports about a child. OTP: `errorContext`. */
type Trouble = 'childTerminated' | 'startError' | 'shutdownError' | 'shutdown';

const texts: Readonly<Record<Trouble, string>> = {
  childTerminated: 'terminated',
  startError: 'failed to start',
  shutdownError: 'did not shut down in order',
  shutdown: 'was restarted too often',
};

/** What a supervisor writes into the log of its node. OTP: supervisor reports and progress reports. */
export class SupervisorReports {
  constructor(
    private readonly log: NodeLog,
    private readonly supervisor: string,
  ) {}

  trouble(context: Trouble, child: Child, pid: Pid | undefined, reason: ExitReason): void {
    this.log.error(`Supervisor ${this.supervisor}: child '${child.id}' ${texts[context]}`, {
      report: 'supervisor',
      supervisor: this.supervisor,
      context,
      reason,
      offender: describeChild(child, pid),
    });
  }

  progress(child: Child): void {
    this.log.debug(`Supervisor ${this.supervisor}: child '${child.id}' started`, {
      report: 'progress',
      supervisor: this.supervisor,
      started: describeChild(child, child.pid),
    });
  }
}

function describeChild({ spec }: Child, pid: Pid | undefined): Readonly<Record<string, unknown>> {
  const { id, type, restart, shutdownMs, significant } = spec;
  return { id, pid, type, restart, shutdownMs, significant };
}
