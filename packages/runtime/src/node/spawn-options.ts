import { z } from 'zod';
import { labelSchema } from '../terms/option-schemas';

/** Options of starting a process. OTP: those of `spawn_opt`. */
export interface SpawnOptions {
  /** What tools and reports call it, from its start on; see `self.label`. */
  readonly label?: string;
}

export const spawnOptionsSchema: z.ZodType<SpawnOptions> = z.strictObject({
  label: labelSchema.optional(),
}) as z.ZodType<SpawnOptions>;
