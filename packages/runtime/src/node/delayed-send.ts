import type { Address } from '../terms/address';
import { isPid, nodeOfPid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { LocalNode } from './local-node';

/**
 * Sends a message after a delay. A name is looked up then; the timer of a message to a process of this node is gone
 * when that ends.
 */
export function sendLater(local: LocalNode, to: Address, message: unknown, delayMs: number): Ref {
  const timer = local.refs.next();
  if (!isPid(to) || nodeOfPid(to) !== local.name) {
    local.timers.start(timer, delayMs, () => {
      sendNow(local, to, message);
    });
    return timer;
  }
  const receiver = local.table.get(to);
  if (receiver === undefined) return timer;
  const deliver = (): void => {
    receiver.deliver(message, null);
  };
  local.timers.start(timer, delayMs, deliver, receiver);
  return timer;
}

/** Nobody is there to catch an error any more. */
function sendNow(local: LocalNode, to: Address, message: unknown): void {
  try {
    local.router.send(to, message, null);
  } catch (error) {
    local.log.error('sendAfter: the message could not be sent', { error });
  }
}
