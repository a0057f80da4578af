import type { NodeName } from '@trestle/runtime';
import type { Topology } from './topology';

/** The line that says a node was found. */
export function connectedTo(node: NodeName): string {
  return `connected to ${node}`;
}

/** The line that says a node was not found. */
export function unableToConnectTo(node: NodeName): string {
  return `unable to connect to ${node}`;
}

/**
 * Connects to the nodes a strategy has found, except this one and those that are connected already, and logs how each
 * ended. OTP: libcluster's `Cluster.Strategy.connect_nodes`.
 * @returns the nodes that could not be connected
 */
export async function connectNodes(topology: Topology, nodes: readonly NodeName[]): Promise<NodeName[]> {
  const known = new Set([topology.thisNode, ...topology.list()]);
  return failuresOf(
    nodes.filter((node) => !known.has(node)),
    async (node) => {
      const connected = await topology.connect(node);
      if (connected) topology.log.info(connectedTo(node));
      else topology.log.warning(unableToConnectTo(node));
      return connected;
    },
  );
}

/**
 * Disconnects from nodes that have left, and logs how each ended. OTP: libcluster's
 * `Cluster.Strategy.disconnect_nodes`.
 * @returns the nodes that could not be disconnected
 */
export async function disconnectNodes(topology: Topology, nodes: readonly NodeName[]): Promise<NodeName[]> {
  const known = new Set(topology.list());
  return failuresOf(
    nodes.filter((node) => known.has(node)),
    async (node) => {
      const disconnected = await topology.disconnect(node);
      if (disconnected) topology.log.info(`disconnected from ${node}`);
      else topology.log.warning(`unable to disconnect from ${node}`);
      return disconnected;
    },
  );
}

async function failuresOf(
  nodes: readonly NodeName[],
  act: (node: NodeName) => Promise<boolean>,
): Promise<NodeName[]> {
  const outcomes = await Promise.all(nodes.map(act));
  return nodes.filter((_node, index) => outcomes[index] === false);
}
