import { EventEmitter } from 'eventemitter3';
import type { LocalProcess } from '../process/local-process';
import type { NodeDown, NodeUp } from '../terms/message';
import type { NodeEvent } from './distribution';

/** The events of a node for code that is no process. */
export interface NodeEventMap {
  nodeup: [NodeUp];
  nodedown: [NodeDown];
}

/** Tells who asked that a visible node came or went: processes by message, other code by event. */
export class NodeEvents {
  readonly emitter = new EventEmitter<NodeEventMap>();
  private readonly subscriptions = new Map<LocalProcess, number>();

  /** As in OTP, a process gets a message for each time it subscribed. */
  subscribe(process: LocalProcess): void {
    const count = this.subscriptions.get(process) ?? 0;
    if (count === 0) process.onEnd(() => this.subscriptions.delete(process));
    this.subscriptions.set(process, count + 1);
  }

  unsubscribe(process: LocalProcess): void {
    this.subscriptions.delete(process);
  }

  publish(event: NodeEvent): void {
    if (event.hidden) return;
    const message = messageOf(event);
    for (const [process, count] of this.subscriptions) {
      for (let i = 0; i < count; i++) process.deliver(message, null);
    }
    if (message.type === 'nodeup') this.emitter.emit('nodeup', message);
    else this.emitter.emit('nodedown', message);
  }
}

function messageOf(event: NodeEvent): NodeUp | NodeDown {
  const { node, reason } = event;
  if (event.type === 'nodeup') return { type: 'nodeup', node };
  return reason === undefined ? { type: 'nodedown', node } : { type: 'nodedown', node, reason };
}
