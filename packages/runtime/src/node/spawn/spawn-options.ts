import { z } from '#zod';
import { mailboxSchema, type MailboxOptions } from '../../terms/mailbox-options';
import { labelSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import { monitorOptions, type MonitorOptions } from '../monitors/monitor-options';

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

/** Options of starting a process with a monitor on it. OTP: those of `spawn_opt`, with `{monitor, Opts}`. */
export interface SpawnMonitorOptions extends SpawnOptions, MonitorOptions {}

/** Which answers to a request arrive. */
export const spawnReplies = ['yes', 'no', 'errorOnly', 'successOnly'] as const;

/** Options of a request to start a process. OTP: those of `spawn_request/5`. */
export interface SpawnRequestOptions extends SpawnMonitorOptions {
  /** Whether the new process is linked to the one that asks. Default false. */
  readonly link?: boolean;
  /** Whether the one that asks monitors it, by the reference of the request. Default false. */
  readonly monitor?: boolean;
  /** Which answers arrive as a message. Default `'yes'`: every one. */
  readonly reply?: (typeof spawnReplies)[number];
  /** The type of that message. Default `'spawnReply'`. */
  readonly replyTag?: string;
}

const spawnMonitorSchema = z.strictObject({ ...spawnOptions, ...monitorOptions });

/** Checks the options at the door. @returns those of the process, and those of the monitor */
export function splitSpawnMonitor(
  call: string,
  options: SpawnMonitorOptions | undefined,
): [SpawnOptions?, MonitorOptions?] {
  if (options === undefined) return [];
  checkOptions<unknown>(call, spawnMonitorSchema, options);
  const { alias, tag, ...traits } = options;
  return [traits, { ...(alias && { alias }), ...(tag !== undefined && { tag }) }];
}
