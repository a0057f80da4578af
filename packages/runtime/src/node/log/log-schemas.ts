import { z } from '#zod';
import { expectedThreshold, isLogThreshold, type LogThreshold } from './log-level';
import type { LogLevels } from './log-levels';
import type { Logger } from './loggers/logger';

export const levelSchema = z.custom<LogThreshold>(isLogThreshold, expectedThreshold);

export const levelsSchema: z.ZodType<LogLevels> = z.strictObject({
  default: levelSchema.optional(),
  modules: z.record(z.string(), levelSchema, 'levels by the names of modules').optional(),
}) as z.ZodType<LogLevels>;

export const loggerSchema = z.custom<Logger>(
  isLogger,
  'a logger: an object with log(record), whose level, if it has one, is one of those of the log',
);

function isLogger(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { log, level } = value as Partial<Logger>;
  return typeof log === 'function' && (level === undefined || isLogThreshold(level));
}
