import { z } from 'zod';
import { mailboxSchema, type MailboxOptions } from '../terms/mailbox-options';
import { labelSchema } from '../terms/option-schemas';

/** Options of starting a process. OTP: those of `spawn_opt`. */
export interface SpawnOptions {
  /** What tools and reports call it, from its start on; see `self.label`. */
  readonly label?: string;
  /** How many messages may wait for it, and what happens to one more. Default: any number. */
  readonly mailbox?: MailboxOptions;
}

export const spawnOptions = {
  label: labelSchema.optional(),
  mailbox: mailboxSchema.optional(),
};

export const spawnOptionsSchema: z.ZodType<SpawnOptions> = z.strictObject(
  spawnOptions,
) as z.ZodType<SpawnOptions>;
