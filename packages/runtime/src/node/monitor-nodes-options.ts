import { z } from 'zod';
import { flagSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';

/** Options of `monitorNodes`. */
export interface MonitorNodesOptions {
  /** Whether nodes that are about to leave are told of. Default false. */
  readonly leaving?: boolean;
}

const schema = z.strictObject({ leaving: flagSchema.optional() });

/** @throws BadArgumentError if the options are wrong */
export function toldOfLeaving(options: MonitorNodesOptions = {}): boolean {
  return checkOptions('monitorNodes', schema, options).leaving ?? false;
}
