import { createColors } from 'picocolors';
import { isLogOnTerminal, writeLog } from '#platform/program';
import { z } from '#zod';
import type { Clock } from '../../../terms/clock';
import { isDuration } from '../../../terms/duration';
import { flagSchema, functionSchema, objectWith } from '../../../terms/option-schemas';
import { checkOptions } from '../../../terms/options';
import { systemClock } from '../../system/system-clock';
import { BurstLimit, type Burst } from './burst-limit';
import { rankOf, type LogThreshold } from '../log-level';
import { levelSchema } from '../log-schemas';
import type { LogRecord } from '../log-record';
import type { Logger } from './logger';
import { logRecordToJson } from './record-json';
import { formatLogRecord } from './record-text';

/** How records are written for people, or for programs. */
export interface ConsoleLoggerOptions {
  /** The least important level that is written, of what the node's own levels let pass. Default `'all'`. */
  readonly level?: LogThreshold;
  /** `'text'` for people, `'json'` for programs (one object a line), or what makes the text of a record. Default `'text'`. */
  readonly format?: 'text' | 'json' | ((record: LogRecord) => string);
  /** Takes each record as text, its line end included. Default: standard error. */
  readonly write?: (text: string) => void;
  /** Whether text has colours. Default: if standard error is a terminal that has them, and nothing else is written to. */
  readonly colors?: boolean;
  /**
   * How many records are written within how many milliseconds; those beyond are counted, and one line says how many
   * they were. `false`: all are written. Default 500 within 1,000 ms. OTP: `burst_limit_max_count`,
   * `burst_limit_window_time`.
   */
  readonly burst?: Burst | false;
  /** The time by which a burst ends. Default: real time. */
  readonly clock?: Clock;
}

const schema: z.ZodType<ConsoleLoggerOptions> = z.strictObject({
  level: levelSchema.optional(),
  format: z
    .union([z.enum(['text', 'json']), functionSchema<(record: LogRecord) => string>()], {
      error: "'text', 'json' or a function",
    })
    .optional(),
  write: functionSchema<(text: string) => void>().optional(),
  colors: flagSchema.optional(),
  burst: z
    .custom<Burst | false>(isBurst, 'false, or { records: 1 or more, withinMs: milliseconds above 0 }')
    .optional(),
  clock: objectWith<Clock>('setTimer', 'a clock: an object with now and setTimer').optional(),
}) as z.ZodType<ConsoleLoggerOptions>;

/**
 * Writes records as lines, to standard error unless told otherwise. OTP: `logger_std_h`.
 * @throws BadArgumentError if an option is wrong
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level = 'all', clock = systemClock, burst } = checkOptions('consoleLogger', schema, options);
  const write = options.write ?? writeLog;
  const format = formatOf(options);
  const writeRecord = (record: LogRecord): void => {
    write(`${format(record)}\n`);
  };
  const limit = burst === false ? null : new BurstLimit(burst ?? defaultBurst, clock, writeRecord);
  return {
    level,
    log: (record) => {
      if (rankOf[record.level] < rankOf[level]) return;
      if (limit === null) writeRecord(record);
      else limit.take(record);
    },
    flush: () => limit?.flush(),
  };
}

function isBurst(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === false;
  const { records, withinMs, ...rest } = value as Partial<Burst>;
  const isRight = Number.isInteger(records) && Number(records) > 0 && Object.keys(rest).length === 0;
  return isRight && isDuration(withinMs) && withinMs > 0 && withinMs !== Infinity;
}

/** OTP's. */
const defaultBurst: Burst = { records: 500, withinMs: 1_000 };

function formatOf({ format = 'text', write, colors }: ConsoleLoggerOptions): (record: LogRecord) => string {
  if (typeof format === 'function') return format;
  if (format === 'json') return logRecordToJson;
  const colored = colors ?? (write === undefined && isLogOnTerminal() && createColors().isColorSupported);
  return colored ? formatInColor : formatLogRecord;
}

const { dim, red, yellow } = createColors(true);

/** The headline by its level, what is below it less bright. */
function formatInColor(record: LogRecord): string {
  const [head = '', ...rest] = formatLogRecord(record).split('\n');
  const paint = rankOf[record.level] >= rankOf.error ? red : record.level === 'warning' ? yellow : asIs;
  return [paint(head), ...rest.map(dim)].join('\n');
}

function asIs(text: string): string {
  return text;
}
