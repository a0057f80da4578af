import { inspect } from 'node:util';

/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** One log line as data. */
export interface LogRecord {
  /** How much it matters. */
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The name of the node that logs. */
  readonly node: string;
  /** What has happened, in one line. */
  readonly text: string;
  /** What the line is about, as fields: a crash report, for example. */
  readonly report?: Readonly<Record<string, unknown>>;
}

/** Where log lines go. */
export interface Logger {
  /** Writes a line. What it throws is ignored: there is nowhere left to log it. */
  log(record: LogRecord): void;
}

const order: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

/** A log line as text: `17:32:13.703 [info] text`, and the fields of its report below. */
export function formatLogRecord(record: LogRecord): string {
  const date = new Date(record.time);
  const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const clock = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
  const head = `${clock}.${pad(date.getMilliseconds(), 3)} [${record.level}] ${record.text}`;
  const fields = Object.entries(record.report ?? {}).map(
    ([name, value]) => `  ${name}: ${formatField(value)}`,
  );
  return [head, ...fields].join('\n');
}

function formatField(value: unknown): string {
  const stack = (value as { stack?: unknown } | null | undefined)?.stack;
  const text = typeof stack === 'string' ? stack : inspect(value, { depth: 4, maxStringLength: 200 });
  return text.replaceAll('\n', '\n  ');
}

/**
 * Writes log lines as text, to standard error unless told otherwise.
 * @param options.level the least important level that is written (default `'info'`)
 * @param options.write takes each line, its end included (default: standard error)
 */
export function consoleLogger(
  options: { readonly level?: LogLevel; readonly write?: (text: string) => void } = {},
): Logger {
  const least = order.indexOf(options.level ?? 'info');
  const write = options.write ?? ((text: string) => void process.stderr.write(text));
  return {
    log: (record) => {
      if (order.indexOf(record.level) >= least) write(`${formatLogRecord(record)}\n`);
    },
  };
}

/** Writes nothing. */
export const silentLogger: Logger = { log: () => undefined };

/** A logger with the node and the clock filled in. */
export class NodeLog {
  constructor(
    private readonly logger: Logger,
    private readonly node: string,
    private readonly wallTime: () => number,
  ) {}

  /** Logs what helps to find a mistake. `report` is what the line is about, as fields. */
  debug(text: string, report?: Readonly<Record<string, unknown>>): void {
    this.write('debug', text, report);
  }
  /** Logs what is worth knowing. */
  info(text: string, report?: Readonly<Record<string, unknown>>): void {
    this.write('info', text, report);
  }
  /** Logs what may be a mistake. */
  warning(text: string, report?: Readonly<Record<string, unknown>>): void {
    this.write('warning', text, report);
  }
  /** Logs what has gone wrong. */
  error(text: string, report?: Readonly<Record<string, unknown>>): void {
    this.write('error', text, report);
  }

  private write(level: LogLevel, text: string, report?: Readonly<Record<string, unknown>>): void {
    const { node } = this;
    const time = this.wallTime();
    try {
      this.logger.log(
        report === undefined ? { level, time, node, text } : { level, time, node, text, report },
      );
    } catch {
      // There is nowhere left to say so, and what is logged about must go on.
    }
  }
}
