import type { Destination } from '../../terms/address';
import type { Pid } from '../../terms/pid';
import { rpcServerName } from '../../terms/rpc-server-name';
import type { WireSignal } from '../wire/wire-signal';

/** Whose signals stay in order: a process; or the number of a call, or a symbol, that stands for one request alone. */
export type Sender = Pid | number | symbol;

/** What is known of the senders on one side of a connection. */
export interface Senders {
  /** In whose name that is sent which no process sends. */
  readonly nobody: Pid;
  /** Whether something of a sender waits. */
  has(sender: Sender): boolean;
}

/**
 * Who sends a signal: what one sender sends stays in order. An rpc that is made outside of processes is a sender by itself,
 * for its function is executed in a process of its own, in no order with others. OTP: each has a calling process.
 * @param sender the process that sends it, if the signal itself does not say; `null`: no process does, or nobody knows
 */
export function senderOf(signal: WireSignal, sender: Pid | null, senders: Senders): Sender {
  const { nobody } = senders;
  switch (signal.kind) {
    case 'call':
      return signal.from === nobody && isRpc(signal.to) ? signal.call : signal.from;
    case 'cancelCall':
      // Behind its call, if that still waits.
      return senders.has(signal.call) ? signal.call : (sender ?? nobody);
    case 'cast':
      return sender ?? (isRpc(signal.to) ? Symbol('rpc') : nobody);
    case 'link':
    case 'unlink':
    case 'exit':
    case 'linkExit':
    case 'monitor':
    case 'demonitor':
    case 'spawnRequest':
      return signal.from;
    case 'spawnReply':
      // Before whatever the new process sends.
      return signal.pid ?? nobody;
    case 'down':
      return signal.from ?? sender ?? nobody;
    default:
      return sender ?? nobody;
  }
}

function isRpc(to: Destination): boolean {
  return typeof to !== 'string' && to.name === rpcServerName;
}
