import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { LogLevel } from './log-level';
import type { Report } from './reports/report';

/** What belongs to a text, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Who has logged. Filled in; what is not known is not there. OTP: the metadata of a log event. */
export interface LogOrigin {
  /** The process that logs. */
  readonly pid?: Pid;
  /** The name it is registered under. */
  readonly registeredName?: string;
  readonly label?: string;
  /** Its class, or the part of the program that `log.of(module)` names. */
  readonly module?: string;
  /** What the process has said of itself with `log.setMetadata`. */
  readonly metadata?: LogFields;
}

interface Recorded extends LogOrigin {
  /** How much it matters. */
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The node that logs. */
  readonly node: NodeName;
  /** What has happened, in one line. */
  readonly text: string;
}

/** A text that a program has logged, with its fields. */
export interface TextRecord extends Recorded {
  readonly fields?: LogFields;
  readonly report?: undefined;
}

/** Something Trestle has logged, as data: `text` says the same in one line. */
export interface ReportRecord<R extends Report = Report> extends Recorded {
  readonly report: R;
  readonly fields?: undefined;
}

/** One entry of the log, as data: a text of a program, or a report of Trestle. OTP: `logger:log_event()`. */
export type LogRecord =
  TextRecord | { [T in Report['type']]: ReportRecord<Extract<Report, { type: T }>> }[Report['type']];
