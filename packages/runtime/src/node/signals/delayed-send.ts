import type { Address } from '../../terms/address';
import { errorToData } from '../../terms/exit-reason';
import { isPid, nodeOfPid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import type { LocalProcess } from '../../process/local-process';
import type { LocalNode } from '../local-node';

/**
 * Sends a message after a delay. A name is looked up then; the timer of a message to a process of this node is gone
 * when that ends.
 * @param message as its receiver is to get it: it is not passed on once more
 * @throws BadArgumentError if `to` is no address
 */
export function sendLater(
  call: string,
  local: LocalNode,
  to: Address,
  message: unknown,
  delayMs: number,
): Ref {
  const receiver = typeof to === 'string' ? local.table.get(to) : undefined;
  if (receiver !== undefined) return local.timers.start(delayMs, deliver, receiver, message);
  local.router.destinationOf(call, to);
  // A process of this node that has ended needs no timer.
  if (isPid(to) && nodeOfPid(to) === local.name) return local.refs.next();
  return local.timers.start(
    delayMs,
    () => {
      sendNow(local, to, message);
    },
    null,
  );
}

function deliver(message: unknown, receiver: LocalProcess): void {
  receiver.deliver(message, null);
}

/** Sends a message whose time has come: nobody is there to catch an error any more. */
export function sendNow(local: LocalNode, to: Address, message: unknown): void {
  try {
    local.router.send(to, message, null, null);
  } catch (error) {
    const problem = 'a timer: the message could not be sent';
    local.log.report('error', { type: 'nodeError', problem, error: errorToData(error) });
  }
}
