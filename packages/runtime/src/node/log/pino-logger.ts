import { BadArgumentError } from '../../terms/errors';
import { isErrorData } from '../../terms/exit-reason';
import type { LogLevel } from './log-level';
import type { LogRecord } from './log-record';
import type { Logger } from './logger';
import { plainData } from './plain-data';

/** What `pinoLogger` needs of pino. */
export type PinoLike = Readonly<Record<PinoLevel, (fields: object, text: string) => void>> & {
  isLevelEnabled?(level: string): boolean;
  flush?(): void;
};

type PinoLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug';

const pinoLevels: Readonly<Record<LogLevel, PinoLevel>> = {
  emergency: 'fatal',
  alert: 'fatal',
  critical: 'fatal',
  error: 'error',
  warning: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'debug',
};

/**
 * Hands records to pino: levels by their pino names, an error as `err`, the rest as fields. pino has its own time and
 * its own level, below which nothing is converted.
 * @param pino a logger made by `pino()`
 * @throws BadArgumentError if it is none
 */
export function pinoLogger(pino: PinoLike): Logger {
  for (const level of Object.values(pinoLevels)) {
    if (typeof (pino as Partial<PinoLike> | undefined)?.[level] !== 'function')
      throw new BadArgumentError({
        call: 'pinoLogger',
        expected: `a pino logger, with ${level}()`,
        got: pino,
      });
  }
  return {
    log: (record) => {
      const level = pinoLevels[record.level];
      if (pino.isLevelEnabled?.(level) === false) return;
      pino[level](pinoFields(record), record.text);
    },
    flush: () => pino.flush?.(),
  };
}

function pinoFields({ level, time: _, text: __, ...rest }: LogRecord): object {
  const error = errorOf(rest as LogRecord);
  return plainData({
    ...(pinoLevels[level] === level ? {} : { severity: level }),
    ...rest,
    ...(error === undefined ? {} : { err: error }),
  }) as object;
}

/** pino has one place for an error. */
function errorOf({ report, fields }: LogRecord): unknown {
  if (report === undefined) return fields?.['error'];
  const error: unknown = 'reason' in report ? report.reason : 'error' in report ? report.error : undefined;
  return isErrorData(error) ? error : undefined;
}
