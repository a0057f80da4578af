import { show } from '../../terms/show';
import { errorToData } from '../../terms/exit-reason';
import { rankOf, type LogLevel } from './log-level';
import type { Threshold } from './log-levels';
import type { LogFields, LogOrigin } from './log-record';
import type { LogSink } from './log-sink';
import type { Report } from './reports/report';

/** A text, or how to make it: that is called only if the text is written. */
export type LogText = string | (() => string);
/** The fields of a text, or how to make them. */
export type LazyLogFields = LogFields | (() => LogFields);

/**
 * Logs, with who logs and the time filled in. A record below the level that counts costs a comparison; nothing that
 * is logged ever raises an error. OTP: `logger`.
 */
export abstract class Log {
  /** @internal */
  protected constructor(
    protected readonly sink: LogSink,
    protected threshold: Threshold,
  ) {}

  /** Logs what helps to find a mistake. */
  debug(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.debug)) this.text('debug', text, fields);
  }
  /** Logs what is worth knowing. */
  info(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.info)) this.text('info', text, fields);
  }
  /** Logs what is in order, and matters. */
  notice(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.notice)) this.text('notice', text, fields);
  }
  /** Logs what may be a mistake. */
  warning(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.warning)) this.text('warning', text, fields);
  }
  /** Logs what has gone wrong. */
  error(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.error)) this.text('error', text, fields);
  }
  /** Logs that a part of the system does not work. */
  critical(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.critical)) this.text('critical', text, fields);
  }
  /** Logs what somebody must do something about now. */
  alert(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.alert)) this.text('alert', text, fields);
  }
  /** Logs that the system is unusable. */
  emergency(text: LogText, fields?: LazyLogFields): void {
    if (this.passes(rankOf.emergency)) this.text('emergency', text, fields);
  }

  /** Whether a record of this level would be written: for what is dear to find out. OTP: `logger:allow/2`. */
  allows(level: LogLevel): boolean {
    return this.passes(rankOf[level]);
  }

  /** @internal Logs something Trestle has to say, as data. */
  report(level: LogLevel, report: Report): void {
    if (this.passes(rankOf[level])) this.sink.report(level, this.origin(), report);
  }

  /** @internal Whether records of a rank are written. */
  protected passes(rank: number): boolean {
    return rank >= this.threshold.least;
  }

  protected abstract origin(): LogOrigin;

  private text(level: LogLevel, text: LogText, fields: LazyLogFields | undefined): void {
    const [line, made] = evaluated(text, fields);
    this.sink.text(level, this.origin(), line, made);
  }
}

/** As in OTP, a text that fails to be made is logged as that. */
function evaluated(text: LogText, fields: LazyLogFields | undefined): [string, LogFields | undefined] {
  try {
    const line: unknown = typeof text === 'function' ? text() : text;
    const made: unknown = typeof fields === 'function' ? fields() : fields;
    return [typeof line === 'string' ? line : show(line), asFields(made)];
  } catch (error) {
    return ['a lazy log text raised an error', { error: errorToData(error) }];
  }
}

function asFields(value: unknown): LogFields | undefined {
  return value === undefined || (typeof value === 'object' && value !== null)
    ? (value as LogFields | undefined)
    : { value };
}
