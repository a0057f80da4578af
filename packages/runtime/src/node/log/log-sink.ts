import { errorToData } from '../../terms/exit-reason';
import type { NodeName } from '../../terms/node-name';
import { LogFilters } from './log-filters';
import type { LogLevel } from './log-level';
import { LevelTable, type LogLevels } from './log-levels';
import type { LogFields, LogOrigin, LogRecord } from './log-record';
import { attempt, type Logger } from './loggers/logger';
import type { LogErrorReport, Report } from './reports/report';
import { headline } from './reports/report-text';

/** What the log of a node is made from. */
export interface LogSetup {
  readonly logger: Logger;
  readonly node: NodeName;
  readonly wallTime: () => number;
  readonly levels?: LogLevels | undefined;
}

/** Where everything that a node logs comes together: stamps it, filters it, and hands it to the logger. */
export class LogSink {
  readonly levels: LevelTable;
  readonly filters: LogFilters;
  private writing = false;
  private readonly failures: LogErrorReport[] = [];

  constructor(private readonly setup: LogSetup) {
    this.levels = new LevelTable(setup.logger.level ?? 'all', setup.levels ?? {});
    this.filters = new LogFilters((id, error) => {
      this.failures.push({ type: 'logError', filter: id, error: errorToData(error) });
    });
  }

  text(level: LogLevel, origin: LogOrigin, text: string, fields: LogFields | undefined): void {
    const time = this.setup.wallTime();
    const { node } = this.setup;
    this.write({ level, time, node, ...origin, text, ...(fields === undefined ? {} : { fields }) });
  }

  report(level: LogLevel, origin: LogOrigin, report: Report): void {
    const time = this.setup.wallTime();
    const { node } = this.setup;
    const text = headline(report);
    this.write({ level, time, node, ...origin, text, report });
  }

  flush(): void {
    attempt(() => this.setup.logger.flush?.());
  }

  private write(record: LogRecord): void {
    // A logger that logs would call itself for ever.
    if (this.writing) return;
    this.writing = true;
    const passed = this.filters.apply(record);
    if (passed !== null) attempt(() => this.setup.logger.log(passed));
    this.writing = false;
    for (let failed = this.failures.pop(); failed !== undefined; failed = this.failures.pop())
      this.report('error', {}, failed);
  }
}
