import {
  childSpec,
  startSupervisor,
  supervisorSpec,
  type ChildSpec,
  type LocalName,
  type Node,
  type ServerClass,
  type ServerPid,
  type Supervisor,
  type AnySelf,
} from '@trestle/runtime';
import { checkOptions, functionSchema, z } from '@trestle/runtime/internal';
import type { ZodType } from 'zod';
import { StaticStrategy, type StaticConfig } from './static-strategy';
import { Strategy } from './strategy';
import type { TopologyActions, TopologyArgs } from './topology';

// What `config` is, each class says by its schema.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyStrategy = Strategy<any>;

/** A class of strategies. */
export type StrategyClass = ServerClass<AnyStrategy> & { readonly configSchema: ZodType };

/** One way to find nodes: a strategy and what it needs to know. A strategy of your own checks its `config` itself. */
export type TopologyOptions = Partial<TopologyActions> &
  (
    | { readonly strategy: 'static' | typeof StaticStrategy; readonly config: StaticConfig }
    | { readonly strategy: StrategyClass; readonly config?: unknown }
  );

/** How a node finds others. */
export interface DiscoveryOptions {
  /** The topologies by their names, which begin every log line: `[discovery:name] connected to …`. */
  readonly topologies: Readonly<Record<string, TopologyOptions>>;
  /** The name to register the supervisor under. */
  readonly name?: string | LocalName<unknown>;
}

const topologySchema = z.strictObject({
  strategy: z.custom<'static' | StrategyClass>(isStrategy, "'static' or a class that extends Strategy"),
  config: z.unknown().optional(),
  connect: functionSchema<TopologyActions['connect']>().optional(),
  disconnect: functionSchema<TopologyActions['disconnect']>().optional(),
  list: functionSchema<TopologyActions['list']>().optional(),
});

const optionsSchema = z.strictObject({
  topologies: z.record(z.string(), topologySchema, 'topologies by their names'),
  name: z.unknown().optional(),
});

/**
 * Starts to find the nodes of a cluster: a supervisor with one strategy process for each topology. It does not wait
 * until nodes are found; `syncNodes` does. OTP: libcluster's `Cluster.Supervisor`.
 * @param on the node, or the process to link the supervisor to
 * @returns the pid of the supervisor
 * @throws BadArgumentError if an option, or the `config` of a topology, is wrong
 */
export async function startDiscovery(
  on: Node | AnySelf,
  options: DiscoveryOptions,
): Promise<ServerPid<Supervisor>> {
  return startSupervisor(on, supervisionOf('startDiscovery', options));
}

/**
 * Discovery as a child of a supervisor.
 * @throws BadArgumentError if an option, or the `config` of a topology, is wrong
 */
export function discoverySpec(options: DiscoveryOptions): ChildSpec {
  return supervisorSpec({ id: 'discovery', ...supervisionOf('discoverySpec', options) });
}

function supervisionOf(call: string, options: DiscoveryOptions) {
  const { topologies } = checkOptions(call, optionsSchema, options);
  const children = Object.entries(topologies).map(([name, topology]) => strategySpec(call, name, topology));
  const { name } = options;
  return { strategy: 'oneForOne' as const, children, ...(name === undefined ? {} : { name }) };
}

function strategySpec(call: string, name: string, topology: z.infer<typeof topologySchema>): ChildSpec {
  const { strategy, config, ...actions } = topology;
  const Class: StrategyClass = strategy === 'static' ? StaticStrategy : strategy;
  const checked = checkOptions(`${call}: topology '${name}'`, Class.configSchema, config);
  const args: TopologyArgs = { ...actions, name, config: checked };
  return childSpec(Class, { id: name, args });
}

function isStrategy(value: unknown): boolean {
  return value === 'static' || (typeof value === 'function' && value.prototype instanceof Strategy);
}
