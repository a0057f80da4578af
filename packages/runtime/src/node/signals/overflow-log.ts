import type { Clock } from '../../terms/clock';
import type { BoundedProcess } from '../../process/bounded-process';
import type { NodeLog } from '../log/node-log';

/** A mailbox that stays full is in the log this often at most, for each process. */
const quietMs = 10_000;

/** Logs that mailboxes are full. */
export class OverflowLog {
  constructor(
    private readonly log: NodeLog,
    private readonly clock: Clock,
  ) {}

  /** A message has arrived at a full mailbox. */
  readonly overflowed = (process: BoundedProcess): void => {
    const { mailboxInfo: mailbox, pid, name, label } = process;
    const now = this.clock.now();
    const ends = mailbox.policy === 'exit';
    if (!ends && now - process.loggedAt < quietMs) return;
    process.loggedAt = now;
    const who = {
      pid,
      ...(name === null ? {} : { registeredName: name }),
      ...(label === null ? {} : { label }),
    };
    this.log
      .ofProcess(process)
      .report(ends ? 'error' : 'warning', { type: 'mailboxFull', ...who, mailbox, ends });
  };
}
