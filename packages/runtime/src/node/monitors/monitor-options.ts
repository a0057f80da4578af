import { z } from '#zod';
import type { AliasKind, MonitorAliasKind } from '../../terms/alias';
import { BadArgumentError } from '../../terms/errors';
import { flagSchema, textSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Ref } from '../../terms/ref';
import type { LocalProcess } from '../../process/local-process';
import type { Aliases } from './aliases';
import type { MonitorTags } from './monitor-tags';

/** Options of a monitor. OTP: those of `monitor/3`. */
export interface MonitorOptions {
  /** Makes its reference an alias of the process that monitors, until what this says. */
  readonly alias?: MonitorAliasKind;
  /** The type of its DOWN. Default `'DOWN'`. */
  readonly tag?: string;
}

/** Options of taking a monitor away. */
export interface DemonitorOptions {
  /** Whether to drop its `DOWN` too, if that waits in the mailbox already. */
  readonly flush?: boolean;
}

const monitorAliasKinds = ['explicitUnalias', 'demonitor', 'replyDemonitor'] as const;
const aliasKinds: readonly unknown[] = ['explicitUnalias', 'reply'] satisfies AliasKind[];

export const monitorOptions = {
  alias: z.enum(monitorAliasKinds, `'${monitorAliasKinds.join("', '")}'`).optional(),
  tag: textSchema.optional(),
};
const monitorSchema = z.strictObject(monitorOptions);
const demonitorSchema = z.strictObject({ flush: flagSchema.optional() });

/** Checks the options of a monitor at the door. */
export function checkMonitorOptions(options: MonitorOptions): void {
  checkOptions<unknown>('monitor', monitorSchema, options);
}

/** Where a node keeps what the options of monitors say. */
export interface MonitorMarks {
  readonly aliases: Aliases;
  readonly tags: MonitorTags;
}

/** Does with the reference of a monitor what its options say. */
export function markMonitor(
  { aliases, tags }: MonitorMarks,
  ref: Ref,
  process: LocalProcess,
  { alias, tag }: MonitorOptions,
): void {
  if (alias !== undefined) aliases.add(ref, process, alias);
  if (tag !== undefined && tag !== 'DOWN') tags.add(ref, process, tag);
}

/** Checks the options of taking a monitor away at the door. @returns whether to flush */
export function flushesDown(options: DemonitorOptions): boolean {
  checkOptions('demonitor', demonitorSchema, options);
  return options.flush === true;
}

export function checkAliasKind(kind: unknown): void {
  if (aliasKinds.includes(kind)) return;
  throw new BadArgumentError({ call: 'alias', expected: "'explicitUnalias' or 'reply'", got: kind });
}
