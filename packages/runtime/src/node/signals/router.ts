import {
  destinationOf,
  LocalName,
  nodeOfDestination,
  type Address,
  type Destination,
  type RegisteredName,
} from '../../terms/address';
import { reasonAsText } from '../../terms/exit-reason';
import { UnsendableError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import { isRef, nodeOfRef, type Ref } from '../../terms/ref';
import { type castLabel, type ControlSignal } from '../../terms/signal';
import { Via } from '../../terms/via';
import type { LocalProcess, ProcessHost } from '../../process/local-process';
import type { ProcessTable } from '../../process/process-table';
import type { Scheduler } from '../../process/scheduler';
import { Aliases } from '../monitors/aliases';
import { receiveControl } from './control-signals';
import type { Distribution } from '../distribution';
import { MonitorTags } from '../monitors/monitor-tags';
import type { NameServices } from '../names/name-services';
import type { NameRegistry } from '../names/name-registry';
import { SpawnRequests } from '../spawn/spawn-requests';

/**
 * Carries signals to their receivers: a process of this node, or the connection to its node. Control signals that
 * cause others (a process ends, which ends those linked to it) are carried one after another, not within each other,
 * so that a chain of a million links needs no stack.
 */
export class Router implements ProcessHost {
  readonly aliases = new Aliases(this);
  readonly tags = new MonitorTags();
  readonly spawns = new SpawnRequests(this);
  private readonly waiting: ControlSignal[] = [];
  private carrying = false;
  /** The node of the name that was sent to last: whoever sends to one again and again has it looked at once. */
  private knownNode: NodeName;

  constructor(
    readonly nodeName: NodeName,
    readonly scheduler: Scheduler,
    private readonly table: ProcessTable,
    private readonly registry: NameRegistry,
    private readonly services: NameServices,
    private readonly distribution: () => Distribution,
  ) {
    this.knownNode = nodeName;
  }

  /** The process of this node at an address; `undefined` if there is none or it is on another node. */
  find(to: Address): LocalProcess | undefined {
    return (typeof to === 'string' ? this.table.get(to) : undefined) ?? this.findNamed(to);
  }

  // Apart from `find`, which is short so that V8 makes it part of its callers.
  private findNamed(to: Address): LocalProcess | undefined {
    if (typeof to === 'string') return this.registry.get(to);
    if (to instanceof LocalName) return this.registry.get(to.name);
    // What is no address is found nowhere here, and refused where it would be sent away.
    if ((to as Partial<RegisteredName> | null | undefined)?.node === this.nodeName)
      return this.registry.get((to as RegisteredName).name);
    return to instanceof Via ? this.findByKey(to) : undefined;
  }

  /**
   * An address in its plain form. That of a name which a name service keeps, and nobody has, is one that nobody can
   * ever have.
   * @throws BadArgumentError if it is no address
   */
  destinationOf(call: string, to: Address): Destination {
    if (to instanceof Via)
      return this.services.whereis(to) ?? { name: `<${to.toString()}>`, node: this.nodeName };
    const destination = destinationOf(call, to, this.nodeName, this.knownNode);
    if (typeof destination !== 'string') this.knownNode = destination.node;
    return destination;
  }

  /**
   * Sends a plain message or a cast; it is dropped if there is nobody.
   * @param sender the process that sends, unless none does
   * @throws BadArgumentError if `to` is no address
   */
  send(to: Address, message: unknown, label: null | typeof castLabel, sender: LocalProcess | null): void {
    const process = this.find(to);
    if (process !== undefined) {
      process.deliver(message, label);
      return;
    }
    if (label === null && isRef(to)) {
      this.sendToAlias(to, message, sender);
      return;
    }
    const destination = this.destinationOf(label === null ? 'send' : 'cast', to);
    const node = nodeOfDestination(destination);
    if (node === this.nodeName) return;
    this.distribution().send(
      node,
      label === null
        ? { kind: 'message', to: destination, message }
        : { kind: 'cast', to: destination, request: message },
      pidOf(sender),
    );
  }

  /**
   * Carries a signal that somebody sends, at once: code that hears of an end may send some in the midst of what that end
   * causes, and its messages, which go straight to their mailbox, must not overtake them.
   */
  route(signal: ControlSignal): void {
    this.take(signal, false);
  }

  follow(signal: ControlSignal): void {
    this.take(signal, true);
  }

  /** A monitor has sent its DOWN, or was taken away. @returns the type of its DOWN */
  monitorEnded(ref: Ref): string {
    if (this.aliases.size !== 0) this.aliases.monitorEnded(ref);
    return this.tags.size === 0 ? 'DOWN' : (this.tags.take(ref) ?? 'DOWN');
  }

  forget(process: LocalProcess): void {
    this.table.remove(process);
    if (process.name !== null) this.registry.unregister(process.name);
  }

  private take(signal: ControlSignal, mayWait: boolean): void {
    const receiver = this.find(signal.to);
    // A process that is found is of this node: that is quicker than to read the node out of its pid.
    const node = receiver === undefined ? nodeOfDestination(signal.to) : this.nodeName;
    if (node !== this.nodeName) this.sendAway(node, signal);
    else if (!this.carrying) this.carry(signal, receiver);
    else if (mayWait) this.waiting.push(signal);
    else receiveControl(signal, receiver, this);
  }

  private sendToAlias(alias: Ref, message: unknown, sender: LocalProcess | null): void {
    const node = nodeOfRef(alias);
    if (node === this.nodeName) this.aliases.deliver(alias, message);
    else this.distribution().send(node, { kind: 'aliasMessage', alias, message }, pidOf(sender));
  }

  private findByKey(name: Via<unknown>): LocalProcess | undefined {
    const pid = this.services.whereis(name);
    return pid === undefined ? undefined : this.table.get(pid);
  }

  private carry(first: ControlSignal, receiver: LocalProcess | undefined): void {
    this.carrying = true;
    try {
      receiveControl(first, receiver, this);
      for (let i = 0; i < this.waiting.length; i++) {
        const signal = this.waiting[i] as ControlSignal;
        receiveControl(signal, this.find(signal.to), this);
      }
    } finally {
      if (this.waiting.length !== 0) this.waiting.length = 0;
      this.carrying = false;
    }
  }

  /** A reason that cannot travel must not keep the others from hearing of an end: it travels as text. */
  private sendAway(node: NodeName, signal: ControlSignal): void {
    try {
      this.distribution().send(node, signal, null);
    } catch (error) {
      if (!(error instanceof UnsendableError) || !('reason' in signal)) throw error;
      this.distribution().send(node, { ...signal, reason: reasonAsText(signal.reason) }, null);
    }
  }
}

function pidOf(sender: LocalProcess | null): Pid | null {
  return sender === null ? null : sender.pid;
}
