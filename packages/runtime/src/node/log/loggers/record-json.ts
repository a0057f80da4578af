import type { LogRecord } from '../log-record';
import { plainData } from './plain-data';

/**
 * A record as JSON, in one line, whatever it holds: `time` as ISO text, `level`, `node`, who logs, `text`, and `fields`
 * or `report`. Cycles, errors, maps, bigints and functions are shown as something; what is too large is cut and says so.
 * Never raises an error.
 */
export function logRecordToJson(record: LogRecord): string {
  return JSON.stringify(logRecordToData(record))
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** A record as data that JSON can hold. */
function logRecordToData({ time, level, node, text, ...rest }: LogRecord): unknown {
  return { time: isoTime(time), level, node, text: plainData(text), ...(plainData(rest) as object) };
}

/** A clock under test may show anything. */
function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
