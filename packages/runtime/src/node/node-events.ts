import { EventEmitter } from 'eventemitter3';
import type { LocalProcess } from '../process/local-process';
import type { BusyDistPort, FreeDistPort } from '../terms/busy-dist-port';
import type { MappedNames } from '../terms/mapped-names';
import type { NodeDown, NodeLeaving, NodeType, NodeUp } from '../terms/message';
import type { NodeBusy, NodeReady } from '../terms/node-busy';
import type { NodeEvent } from './distribution';
import { errorToData } from '../terms/exit-reason';
import type { MonitorNodesOptions } from './monitors/monitor-nodes-options';
import type { NodeLog } from './log/node-log';
import type { BlockedReport } from './log/reports/report';

/** The events of a node for code that is no process. */
export interface NodeEventMap {
  nodeup: [NodeUp];
  nodeleaving: [NodeLeaving];
  nodedown: [NodeDown];
  blocked: [BlockedReport];
  busyDistPort: [BusyDistPort];
  freeDistPort: [FreeDistPort];
  nodeBusy: [NodeBusy];
  nodeReady: [NodeReady];
  mappedNames: [MappedNames];
}

/** One of them. */
type AnyNodeEvent = NodeEventMap[keyof NodeEventMap][0];

interface Subscription {
  /** What it asked for, each time it did. */
  wanted: readonly MonitorNodesOptions[];
  readonly ended: () => void;
}

/** Tells who asked that a node came or went: processes by message, other code by event, of visible ones. */
export class NodeEvents {
  readonly emitter = new EventEmitter<NodeEventMap>();
  private readonly subscriptions = new Map<LocalProcess, Subscription>();

  constructor(private readonly log: NodeLog) {}

  /** As in OTP, a process gets a message for each time it subscribed. */
  subscribe(process: LocalProcess, options: MonitorNodesOptions): void {
    const subscription = this.subscriptions.get(process);
    if (subscription !== undefined) {
      subscription.wanted = [...subscription.wanted, options];
      return;
    }
    const ended = (): void => void this.subscriptions.delete(process);
    process.onEnd(ended);
    this.subscriptions.set(process, { wanted: [options], ended });
  }

  /** As in OTP this takes back all that was asked for with the same options, and nothing else. */
  unsubscribe(process: LocalProcess, options: MonitorNodesOptions): void {
    const subscription = this.subscriptions.get(process);
    if (subscription === undefined) return;
    subscription.wanted = subscription.wanted.filter((wanted) => !isSame(wanted, options));
    if (subscription.wanted.length !== 0) return;
    process.offEnd(subscription.ended);
    this.subscriptions.delete(process);
  }

  publish(event: NodeEvent): void {
    const message = messageOf(event);
    const typed = Object.freeze({ ...message, nodeType: typeOf(event) });
    for (const [process, { wanted }] of this.subscriptions) {
      for (const options of wanted) {
        if (isWanted(event, options)) process.owe(options.nodeType === undefined ? message : typed);
      }
    }
    if (!event.hidden) this.emit(message);
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
  outflow(event: BusyDistPort | FreeDistPort): void {
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

function typeOf({ hidden }: NodeEvent): NodeType {
  return hidden ? 'hidden' : 'visible';
}

function isSame(a: MonitorNodesOptions, b: MonitorNodesOptions): boolean {
  return (a.leaving === true) === (b.leaving === true) && a.nodeType === b.nodeType;
}

function isWanted(event: NodeEvent, { leaving, nodeType = 'visible' }: MonitorNodesOptions): boolean {
  if (event.type === 'nodeleaving' && leaving !== true) return false;
  return nodeType === 'all' || nodeType === typeOf(event);
}

/** All who asked get the same message: none may change it. */
function messageOf(event: NodeEvent): NodeUp | NodeLeaving | NodeDown {
  const { node, reason } = event;
  if (event.type !== 'nodedown') return Object.freeze({ type: event.type, node });
  return Object.freeze(
    reason === undefined ? { type: 'nodedown', node } : { type: 'nodedown', node, reason },
  );
}
