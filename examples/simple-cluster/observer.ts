// Tells of every node that joins or leaves. The article's `SimpleCluster.Observer`.
import { GenServer, type NodeDown, type NodeUp } from '@trestle/runtime';

export class Observer extends GenServer {
  override init(): void {
    this.self.monitorNodes(true);
  }

  override handleInfo(message: NodeUp | NodeDown): void {
    const { log } = this.self.node;
    switch (message.type) {
      case 'nodeup':
        log.info(`--- Node up: ${message.node}`);
        return;
      case 'nodedown':
        log.info(`--- Node down: ${message.node}`);
    }
  }
}
