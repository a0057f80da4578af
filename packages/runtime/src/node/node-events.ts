import { EventEmitter } from 'eventemitter3';
import type { LocalProcess } from '../process/local-process';
import type { BusyPeer, FreePeer } from '../terms/busy-peer';
import type { MappedNames } from '../terms/mapped-names';
import type { NodeDown, NodeLeaving, NodeUp } from '../terms/message';
import type { NodeBusy, NodeReady } from '../terms/node-busy';
import type { NodeEvent } from './distribution';
import { errorToData } from '../terms/exit-reason';
import type { NodeLog } from './log/node-log';
import type { BlockedReport } from './log/report';

/** The events of a node for code that is no process. */
export interface NodeEventMap {
  nodeup: [NodeUp];
  nodeleaving: [NodeLeaving];
  nodedown: [NodeDown];
  blocked: [BlockedReport];
  busyPeer: [BusyPeer];
  freePeer: [FreePeer];
  nodeBusy: [NodeBusy];
  nodeReady: [NodeReady];
  mappedNames: [MappedNames];
}

/** One of them. */
type AnyNodeEvent = NodeEventMap[keyof NodeEventMap][0];

interface Subscription {
  count: number;
  /** Whether it is told of nodes that are about to leave, too. */
  leaving: boolean;
  readonly ended: () => void;
}

/** Tells who asked that a visible node came or went: processes by message, other code by event. */
export class NodeEvents {
  readonly emitter = new EventEmitter<NodeEventMap>();
  private readonly subscriptions = new Map<LocalProcess, Subscription>();

  constructor(private readonly log: NodeLog) {}

  /** As in OTP, a process gets a message for each time it subscribed. */
  subscribe(process: LocalProcess, leaving = false): void {
    const subscription = this.subscriptions.get(process);
    if (subscription !== undefined) {
      subscription.count += 1;
      subscription.leaving ||= leaving;
      return;
    }
    const ended = (): void => void this.subscriptions.delete(process);
    process.onEnd(ended);
    this.subscriptions.set(process, { count: 1, leaving, ended });
  }

  unsubscribe(process: LocalProcess): void {
    const subscription = this.subscriptions.get(process);
    if (subscription === undefined) return;
    process.offEnd(subscription.ended);
    this.subscriptions.delete(process);
  }

  publish(event: NodeEvent): void {
    if (event.hidden) return;
    const message = messageOf(event);
    for (const [process, { count, leaving }] of this.subscriptions) {
      if (event.type === 'nodeleaving' && !leaving) continue;
      for (let i = 0; i < count; i++) process.owe(message);
    }
    this.emit(message);
  }

  /** A connected node does not listen, or listens again. */
  busy(event: NodeBusy | NodeReady, hidden: boolean): void {
    const { type, node: peer, forMs } = event;
    const report = {
      type: 'connection',
      event: type,
      peer,
      problem: `${String(Math.round(forMs))} ms`,
    } as const;
    this.log.report(type === 'nodeBusy' ? 'warning' : 'info', report);
    if (!hidden) this.emit(Object.freeze(event));
  }

  /** The event loop was blocked. */
  blocked(report: BlockedReport): void {
    this.emit(report);
  }

  /** The port mapper, which this node serves, knows other names than before. */
  mapped(names: readonly string[]): void {
    this.emit(Object.freeze({ type: 'mappedNames', names: Object.freeze(names) }));
  }

  /** Much waits to leave for another node, or no more. */
  outflow(event: BusyPeer | FreePeer): void {
    this.emit(Object.freeze(event));
  }

  /** A listener that throws must not keep a connection from coming or going. */
  private emit(message: AnyNodeEvent): void {
    try {
      // That type and message go together the compiler cannot see.
      (this.emitter as { emit(type: string, event: unknown): boolean }).emit(message.type, message);
    } catch (error) {
      const problem = `a listener of '${message.type}' raised an error`;
      this.log.report('error', { type: 'nodeError', problem, error: errorToData(error) });
    }
  }
}

/** All who asked get the same message: none may change it. */
function messageOf(event: NodeEvent): NodeUp | NodeLeaving | NodeDown {
  const { node, reason } = event;
  if (event.type !== 'nodedown') return Object.freeze({ type: event.type, node });
  return Object.freeze(
    reason === undefined ? { type: 'nodedown', node } : { type: 'nodedown', node, reason },
  );
}
