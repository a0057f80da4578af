import { BadArgumentError } from '../../../terms/errors';
import { isErrorData } from '../../../terms/exit-reason';
import type { LogLevel } from '../log-level';
import type { LogRecord } from '../log-record';
import type { Logger } from './logger';
import { plainData } from './plain-data';
import type { Report } from '../reports/report';

/** What `pinoLogger` needs of pino. */
export type PinoLike = Readonly<Record<PinoLevel, (fields: object, text: string) => void>> & {
  isLevelEnabled?(level: string): boolean;
  flush?(): void;
};

/** The methods of pino by which records are logged. */
export type PinoLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug';

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

/** The process that logs has a place of its own: pino has written the pid of the OS process under that name. */
function pinoFields({ level, time: _, text: __, node, ...rest }: LogRecord): object {
  const { pid, registeredName, label, module, metadata, report, fields } = rest;
  const error = report === undefined ? fields?.['error'] : errorOf(report);
  const all = {
    severity: pinoLevels[level] === level ? undefined : level,
    node,
    process: pid === undefined ? undefined : { pid, registeredName, label },
    ...{ module, metadata, fields, report, err: error },
  };
  return plainData(all) as object;
}

/** pino has one place for an error. */
function errorOf(report: Report): unknown {
  const error: unknown = 'reason' in report ? report.reason : 'error' in report ? report.error : undefined;
  return isErrorData(error) ? error : undefined;
}
