import { z } from 'zod';
import type { AliasKind, MonitorAliasKind } from '../terms/alias';
import { BadArgumentError } from '../terms/errors';
import { flagSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';

/** Options of a monitor. OTP: those of `monitor/3`. */
export interface MonitorOptions {
  /** Makes its reference an alias of the process that monitors, until what this says. */
  readonly alias?: MonitorAliasKind;
}

/** Options of taking a monitor away. */
export interface DemonitorOptions {
  /** Whether to drop its `DOWN` too, if that waits in the mailbox already. */
  readonly flush?: boolean;
}

const monitorAliasKinds = ['explicitUnalias', 'demonitor', 'replyDemonitor'] as const;
const aliasKinds: readonly unknown[] = ['explicitUnalias', 'reply'] satisfies AliasKind[];

const monitorSchema = z.strictObject({
  alias: z.enum(monitorAliasKinds, `'${monitorAliasKinds.join("', '")}'`).optional(),
});
const demonitorSchema = z.strictObject({ flush: flagSchema.optional() });

/** Checks the options of a monitor at the door. @returns what is to become of its reference as an alias */
export function aliasOfMonitor(options: MonitorOptions): MonitorAliasKind | undefined {
  checkOptions('monitor', monitorSchema, options);
  return options.alias;
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
