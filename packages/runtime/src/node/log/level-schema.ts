import { z } from 'zod';
import { expectedThreshold, isLogThreshold, type LogThreshold } from './log-level';
import type { LogLevels } from './log-levels';

export const levelSchema = z.custom<LogThreshold>(isLogThreshold, expectedThreshold);

export const levelsSchema: z.ZodType<LogLevels> = z.strictObject({
  default: levelSchema.optional(),
  modules: z.record(z.string(), levelSchema, 'levels by the names of modules').optional(),
}) as z.ZodType<LogLevels>;
