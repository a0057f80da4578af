import type { Pid } from '../../terms/pid';
import type { WireSignal } from '../wire/wire-signal';

/**
 * Who sends a signal: what one process sends stays in order.
 * @param sender who sends it, if the signal itself does not say; `null`: no process does, or nobody knows
 */
export function senderOf(signal: WireSignal, sender: Pid | null): Pid | null {
  switch (signal.kind) {
    case 'call':
    case 'link':
    case 'unlink':
    case 'exit':
    case 'linkExit':
    case 'monitor':
    case 'demonitor':
      return signal.from;
    case 'down':
      return signal.from ?? sender;
    default:
      return sender;
  }
}
