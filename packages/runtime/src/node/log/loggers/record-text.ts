import type { LogRecord } from '../log-record';
import { reportLines } from '../reports/report-lines';
import { fieldLines } from '../reports/value-text';

/**
 * A record as text: `17:32:13.703 [info] text`, and below it, indented, what belongs to it. Never raises an error.
 * OTP: `logger_formatter`.
 */
export function formatLogRecord(record: LogRecord): string {
  const { text, level, report, fields, metadata } = record;
  const lines = report === undefined ? fieldLines(fields) : reportLines(report);
  const who = report === undefined ? whoLogs(record) : '';
  const head = `${clockTime(record.time)} [${level}] ${who}${text}`;
  return [head, ...lines, ...fieldLines(metadata)].join('\n').replaceAll('\n', '\n  ');
}

/** The local time of day: what a reader compares with. */
function clockTime(time: number): string {
  const date = new Date(time);
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** The process that logs, in short; a report says so itself. */
function whoLogs({ pid, registeredName, label, module }: LogRecord): string {
  const name = registeredName ?? label ?? pid;
  const parts = [module, name].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(' ')}: `;
}
