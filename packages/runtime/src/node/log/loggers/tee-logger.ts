import { z } from '#zod';
import { checkOptions } from '../../../terms/options';
import { rankOf, type LogThreshold } from '../log-level';
import { loggerSchema } from '../log-schemas';
import { attempt, type Logger } from './logger';

const schema = z.array(loggerSchema).min(1, 'one logger or more');

/**
 * Writes each record to several loggers, by the level of each; what one throws keeps no other from it. OTP: several
 * handlers.
 * @throws BadArgumentError if one is no logger
 */
export function teeLogger(...loggers: readonly Logger[]): Logger {
  checkOptions('teeLogger', schema, loggers);
  return {
    level: leastOf(loggers),
    log: (record) => {
      for (const logger of loggers) {
        if (rankOf[record.level] >= rankOf[levelOf(logger)]) attempt(() => logger.log(record));
      }
    },
    flush: () => {
      for (const logger of loggers) attempt(() => logger.flush?.());
    },
  };
}

function levelOf({ level = 'all' }: Logger): LogThreshold {
  return level;
}

/** The level of the one that takes most. */
function leastOf(loggers: readonly Logger[]): LogThreshold {
  return loggers.map(levelOf).reduce((least, level) => (rankOf[level] < rankOf[least] ? level : least));
}
