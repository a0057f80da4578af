import { z } from '#zod';
import type { NodeType } from '../../terms/message';
import { flagSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';

/** Options of `monitorNodes`. */
export interface MonitorNodesOptions {
  /** Whether nodes that are about to leave are told of. Default false. */
  readonly leaving?: boolean;
  /**
   * Which nodes are told of; the messages say which a node is, then. Without it: the visible ones. To a hidden node all
   * others are hidden. OTP: `node_type`.
   */
  readonly nodeType?: NodeType | 'all';
}

const schema = z.strictObject({
  leaving: flagSchema.optional(),
  nodeType: z.enum(['visible', 'hidden', 'all'], "'visible', 'hidden' or 'all'").optional(),
}) as z.ZodType<MonitorNodesOptions>;

/** @throws BadArgumentError if the options are wrong */
export function monitorNodesOptions(options: MonitorNodesOptions = {}): MonitorNodesOptions {
  return checkOptions('monitorNodes', schema, options);
}
