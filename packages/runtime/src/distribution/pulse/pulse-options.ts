import { z } from '#zod';
import { checkOptions } from '../../terms/options';

/** The pulse of a node: a thread by which other nodes can tell that it lives while its event loop is blocked. */
export interface PulseOptions {
  /** The port it listens on. Default 0: a free one, which connected nodes are told. */
  readonly port?: number;
}

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;

const schema = z.strictObject(
  { port: z.custom<number>(isPort, 'a port from 0 to 65535').optional() },
  { error: 'false or { port }' },
);

/** Checks the option of a node at the door. */
export function checkPulse(call: string, pulse: unknown): void {
  if (pulse !== false) checkOptions(call, z.object({ pulse: schema.optional() }), { pulse });
}
