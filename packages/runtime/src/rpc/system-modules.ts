import { program } from '#platform/program';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import { Application } from '../behaviours/application/application';
import type { NodeListKind } from '../node/distribution';
import type { Node } from '../node/node';
import type { ProcessItem } from '../node/process-info';
import type { Exposed } from '../node/rpc';

/**
 * What every node exposes: `Node`, to ask about its connections; `Application`, to ask what runs on it; and `System`, to
 * look at it and stop it.
 */
export function systemModules(node: Node): Readonly<Record<'Node' | 'Application' | 'System', Exposed>> {
  return {
    Node: {
      self: () => node.name,
      list: (kind?: NodeListKind) => node.list(kind),
      ping: (name: NodeName) => node.ping(name),
      connect: (name: NodeName) => node.connect(name),
      disconnect: (name: NodeName) => node.disconnect(name),
      alive: () => true,
      registered: () => node.registered(),
      processes: () => node.processes(),
      processInfo: (pid: Pid, items?: readonly ProcessItem[]) =>
        items === undefined ? node.processInfo(pid) : node.processInfo(pid, items),
    },
    Application: {
      whichApplications: () => Application.whichApplications(node),
      loadedApplications: () => Application.loadedApplications(node),
      getApplication: (pid: Pid) => Application.getApplication(node, pid),
    },
    System: {
      /** The answer leaves before the node does. */
      stop: () => {
        queueMicrotask(() => void node.stop());
        return 'ok';
      },
      /** As `stop`, after a `drain`. */
      drain: () => {
        queueMicrotask(() => void node.drain().finally(() => node.stop()));
        return 'ok';
      },
      ...program,
    },
  };
}
