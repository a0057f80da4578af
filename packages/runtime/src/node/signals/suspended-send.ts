import { nodeOfDestination, type Address } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { isRef, nodeOfRef } from '../../terms/ref';
import type { castLabel } from '../../terms/signal';
import type { LocalProcess } from '../../process/local-process';
import type { Outflow } from '../distribution';
import type { LocalNode } from '../local-node';
import { sendOptionsSchema, type SendOptions, type SendOutcome, type SuspendOptions } from './send-options';

/** What is to be sent. */
export interface Outgoing {
  readonly call: 'send' | 'cast';
  readonly to: Address;
  readonly message: unknown;
  readonly label: null | typeof castLabel;
}

/**
 * Sends with regard to how much waits for the receiver's node already.
 * @throws BadArgumentError, UnsendableError: nothing was sent. With `suspend` the promise rejects with them.
 */
export function sendWith(
  local: LocalNode,
  caller: LocalProcess | null,
  outgoing: Outgoing,
  options: SendOptions,
): SendOutcome | Promise<void> {
  const suspends = (options as Partial<SuspendOptions> | null)?.suspend === true;
  try {
    checkOptions(outgoing.call, sendOptionsSchema, options);
    const outflow = outflowTo(local, outgoing);
    if (suspends) return sendSuspended(local, caller, outgoing, outflow);
    if (outflow?.isBusy === true) return 'nosuspend';
    send(local, caller, outgoing);
    return 'ok';
  } catch (error) {
    if (!suspends || !(error instanceof BadArgumentError)) throw error;
    return Promise.reject(error);
  }
}

function sendSuspended(
  local: LocalNode,
  caller: LocalProcess | null,
  outgoing: Outgoing,
  outflow: Outflow | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const hasEnded = (): boolean => caller?.hasEnded === true;
    const go = (): void => {
      // A process that has ended sends nothing, and executes nothing any more.
      if (hasEnded()) return;
      try {
        send(local, caller, outgoing);
        resolve();
      } catch (error) {
        reject(error);
      }
    };
    const drop = (): void => {
      if (!hasEnded()) resolve();
    };
    const sender = caller?.pid ?? local.pid;
    if (outflow?.mustWait === true) outflow.suspend({ sender, go, drop });
    else go();
  });
}

function send(local: LocalNode, caller: LocalProcess | null, { to, message, label }: Outgoing): void {
  local.router.send(to, message, label, caller);
}

/** What leads to the receiver's node, if that is another one and there is a connection. */
function outflowTo(
  { router, name, distribution }: LocalNode,
  { call, to, label }: Outgoing,
): Outflow | undefined {
  if (router.find(to) !== undefined) return undefined;
  const isAlias = label === null && isRef(to);
  const node = isAlias ? nodeOfRef(to) : nodeOfDestination(router.destinationOf(call, to));
  return node === name ? undefined : distribution.outflow(node);
}
