import type { Node, NodeName, NodeOptions } from '@trestle/runtime';

/** Where nodes listen, of their ports of the loopback address. */
export const resolveBy = (ports: Readonly<Record<NodeName, number>>): NodeOptions => ({
  resolve: (name) => {
    const port = ports[name];
    return port === undefined ? undefined : { host: '127.0.0.1', port };
  },
});

/** Waits until a node lists exactly these others, in whatever order. */
export function seesExactly(node: Node, others: readonly NodeName[]): Promise<void> {
  const wanted = JSON.stringify(others.toSorted());
  return new Promise((resolve) => {
    const look = (): void => {
      if (JSON.stringify(node.list().toSorted()) !== wanted) return;
      node.events.off('nodeup', look).off('nodedown', look);
      resolve();
    };
    node.events.on('nodeup', look).on('nodedown', look);
    look();
  });
}
