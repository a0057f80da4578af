import type { NodeName } from '../../terms/node-name';
import type { Self } from '../../node/node';

/** A node that is not up yet is tried again this often: at boot, nodes that are started together miss each other. */
const retryMs = 200;

type GatherMessage =
  | { readonly type: 'dial'; readonly node: NodeName }
  | { readonly type: 'dialled'; readonly node: NodeName; readonly connected: boolean };

/**
 * Connects a process's node to others until all are connected or the time is over.
 * @returns those that are not connected
 */
export async function gatherNodes(
  self: Self,
  wanted: ReadonlySet<NodeName>,
  timeoutMs: number,
): Promise<Set<NodeName>> {
  const missing = new Set(wanted);
  const { clock } = self.node;
  const due = clock.now() + timeoutMs;
  self.monitorNodes(true);
  for (const node of missing) dial(self, node);
  while (missing.size > 0) {
    const message = await nextMessage(self, Math.max(0, due - clock.now()));
    if (message === undefined) break;
    if (message.type === 'nodeup') missing.delete(message.node);
    else if (message.type === 'nodedown') dialAgain(self, wanted, missing, message.node);
    else if (message.type === 'dial') dial(self, message.node);
    else if (message.connected) missing.delete(message.node);
    else if (missing.has(message.node))
      self.sendAfter(self.pid, { type: 'dial', node: message.node }, retryMs);
  }
  return missing;
}

function nextMessage(self: Self, afterMs: number) {
  return (self as Self<GatherMessage>).receive(['dial', 'dialled', 'nodeup', 'nodedown'], { afterMs });
}

/** A node that came and went while others were still awaited is missing again. */
function dialAgain(self: Self, wanted: ReadonlySet<NodeName>, missing: Set<NodeName>, node: NodeName): void {
  if (!wanted.has(node) || missing.has(node)) return;
  missing.add(node);
  dial(self, node);
}

function dial(self: Self, node: NodeName): void {
  const tell = (connected: boolean): void => {
    // Dialling may take longer than the process waits; then nobody wants to know.
    if (!self.signal.aborted) self.send(self.pid, { type: 'dialled', node, connected });
  };
  self.node.connect(node).then(tell, () => {
    tell(false);
  });
}
