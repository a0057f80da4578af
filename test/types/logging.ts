// What the compiler knows of the log, and the mistakes that it catches.
import type { pino } from 'pino';
import {
  consoleLogger,
  pinoLogger,
  type CrashReport,
  type ErrorContext,
  type LogLevel,
  type LogRecord,
  type Node,
  type ReportedChild,
  type Self,
} from '@trestle/runtime';

declare const node: Node;
declare const self: Self;
declare const record: LogRecord;
declare const pinoInstance: pino.Logger;

export function records(): unknown {
  // A report's type tells what is in it.
  if (record.report?.type === 'crash') {
    const crash: CrashReport = record.report;
    // @ts-expect-error that is in a supervisor's report
    return [crash, record.report.offender];
  }
  if (record.report?.type === 'supervisor') {
    const offender: ReportedChild = record.report.offender;
    const context: ErrorContext = record.report.errorContext;
    return [offender, context];
  }
  if (record.report === undefined) {
    const fields: Readonly<Record<string, unknown>> | undefined = record.fields;
    return fields;
  }
  const fields: undefined = record.fields;
  const level: LogLevel = record.level;
  // @ts-expect-error a record is not changed, but replaced
  record.text = level;
  return fields;
}

export function logs(): void {
  self.log.info('text', { n: 1 });
  self.log.debug(
    () => 'text',
    () => ({ n: 1 }),
  );
  // @ts-expect-error a text is a string
  self.log.info(7);
  // @ts-expect-error fields are an object
  self.log.info('text', 7);
  // @ts-expect-error levels are those of the node
  self.log.setLevel('debug');
  // @ts-expect-error no such level
  node.log.setLevel('verbose');
  node.log.setLevel('all', { pid: self.pid });
  // @ts-expect-error the node has no metadata
  node.log.setMetadata({});
  node.log.addFilter('id', (seen) => (seen.level === 'debug' ? 'stop' : seen));
  // @ts-expect-error a filter says what becomes of the record
  node.log.addFilter('id', () => undefined);
}

export function loggers(): void {
  consoleLogger({ format: (seen) => seen.text, burst: false });
  // @ts-expect-error no such format
  consoleLogger({ format: 'xml' });
  pinoLogger(pinoInstance);
  // @ts-expect-error the console is no pino
  pinoLogger(console);
}
