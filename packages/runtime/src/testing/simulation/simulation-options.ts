import { z } from '#zod';
import type { NodeName } from '../../terms/node-name';
import { flagSchema, functionSchema, objectWith } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Logger } from '../../node/log/loggers/logger';
import type { Node } from '../../node/node';
import { checkNodeOptions } from '../../start-node';
import { latencySchema, type Latency } from './latency';
import { asAnyNode, type SimulatedNodeOptions } from './simulated-node';

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

const startSchema = z.strictObject({
  pulse: flagSchema.optional(),
  setUp: functionSchema().optional(),
  // Checked as those of any node.
  ...Object.fromEntries(asAnyNode.map((option) => [option, z.unknown().optional()])),
});

export const crashSchema = z.strictObject({ silently: flagSchema.optional() });

const simulationSchema = z.strictObject({
  seed: z.number('a number').optional(),
  latencyMs: latencySchema.optional(),
  nodes: z.unknown().optional(),
  logger: objectWith<Logger>('log', 'a logger: an object with log(record)').optional(),
});

/** @throws BadArgumentError if a node could not be started so */
export function checkStartOptions(call: string, name: NodeName, options: StartOptions): void {
  checkOptions<unknown>(call, startSchema, options);
  const { setUp: _setUp, pulse: _pulse, ...ofAnyNode } = options;
  checkNodeOptions({ name, ...ofAnyNode }, call);
}

/** @throws BadArgumentError if a simulation cannot be made so */
export function checkSimulationOptions(options: SimulationOptions): void {
  checkOptions<unknown>('Simulation', simulationSchema, options);
  if (options.nodes !== undefined) checkStartOptions('Simulation nodes', 'any@sim', options.nodes);
}
