import { z } from '#zod';
import { periodSchema, flagSchema, functionSchema, objectWith, textSchema } from '../../terms/option-schemas';
import { allowSchema } from '../../node/allowed-nodes';
import { distSchema } from '../../distribution/kernel/dist-mode';
import { redialSchema } from '../../distribution/kernel/redial-options';
import { sendBufferSchema } from '../../distribution/connection/send-buffer';
import type { Logger } from '../../node/log/logger';
import type { Node } from '../../node/node';
import { latencySchema, type Latency } from './latency';
import type { SimulatedNodeOptions } from './simulated-node';

/** Makes a node what it is to be, in each of its lives: starts its servers, for example. */
export type SetUp = (node: Node) => unknown;

/** How a simulated node is started. */
export interface StartOptions extends SimulatedNodeOptions {
  /** Called when the node has started, and again after each restart. */
  readonly setUp?: SetUp;
}

/** How a simulation is made. */
export interface SimulationOptions {
  /** Everything that is left to chance is drawn from it. Default 0. */
  readonly seed?: number;
  /** How long what is sent takes to arrive. Default: 0.2 to 2 ms. */
  readonly latencyMs?: Latency;
  /** What every node is started with, unless told otherwise. */
  readonly nodes?: StartOptions;
  /** Where log lines go besides `log`. Default: nowhere. */
  readonly logger?: Logger;
}

/** How a node goes. */
export interface CrashOptions {
  /** Whether nobody is told, as when the machine loses its power. Default false: its operating system closes its sockets. */
  readonly silently?: boolean;
}

export const startSchema = z.strictObject({
  hidden: flagSchema.optional(),
  cookie: textSchema.optional(),
  netTickMs: periodSchema.optional(),
  dist: distSchema.optional(),
  redial: redialSchema.optional(),
  allow: allowSchema.optional(),
  sendBuffer: sendBufferSchema,
  pulse: flagSchema.optional(),
  setUp: functionSchema().optional(),
});

export const crashSchema = z.strictObject({ silently: flagSchema.optional() });

export const simulationSchema = z.strictObject({
  seed: z.number('a number').optional(),
  latencyMs: latencySchema.optional(),
  nodes: startSchema.optional(),
  logger: objectWith<Logger>('log', 'a logger: an object with log(record)').optional(),
});
