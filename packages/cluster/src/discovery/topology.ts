import type { NodeName, Self } from '@trestle/runtime';

/** What a strategy can do to the cluster; each is the node's own unless the topology names another. */
export interface TopologyActions {
  /** Connects to a node; resolves to whether they are connected. */
  connect(node: NodeName): Promise<boolean>;
  /** Closes the connection to a node; resolves to whether there was one. */
  disconnect(node: NodeName): Promise<boolean>;
  /** The connected nodes, hidden ones too, without this one. */
  list(): readonly NodeName[];
}

/** A topology as its strategy is started with it: checked, and able to be part of a child spec. */
export interface TopologyArgs<Config = unknown> {
  /** The name that discovery was given for it. */
  readonly name: string;
  /** What its strategy needs to know. */
  readonly config: Config;
  readonly connect?: TopologyActions['connect'] | undefined;
  readonly disconnect?: TopologyActions['disconnect'] | undefined;
  readonly list?: TopologyActions['list'] | undefined;
}

/** What a strategy is handed. OTP: libcluster's `Cluster.Strategy.State`. */
export interface Topology<Config = unknown> extends TopologyActions {
  readonly name: string;
  readonly config: Config;
  /** The node that looks for others. */
  readonly thisNode: NodeName;
  /** The node's log; every line begins with the topology: `[discovery:name]`. */
  readonly log: TopologyLog;
}

/** The log of a topology. */
export interface TopologyLog {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

/** The topology of a strategy: what it does not bring along is the node's. */
export function topologyOn<Config>({ node, log }: Self, args: TopologyArgs<Config>): Topology<Config> {
  return {
    name: args.name,
    config: args.config,
    thisNode: node.name,
    connect: args.connect ?? ((other) => node.connect(other)),
    disconnect: args.disconnect ?? ((other) => node.disconnect(other)),
    list: args.list ?? (() => node.list('connected')),
    log: logOf(log, args.name),
  };
}

function logOf(log: Self['log'], topology: string): TopologyLog {
  const write = (level: keyof TopologyLog) => (event: string) => {
    log.report(level, { type: 'discovery', topology, event });
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warning: write('warning'),
    error: write('error'),
  };
}
