import { nodeOfDestination, type Address } from '../../terms/address';
import { UnsendableError } from '../../terms/errors';
import { reasonAsText, type ExitReason } from '../../terms/exit-reason';
import { isByReference, sharing, type Isolation } from '../../terms/isolation';
import { isRef, nodeOfRef } from '../../terms/ref';
import type { castLabel, ControlSignal } from '../../terms/signal';
import type { LocalProcess } from '../../process/local-process';
import { Router } from './router';

type RouterParts = ConstructorParameters<typeof Router>;

/** The router of a node whose processes do not share what they send. */
export class IsolatingRouter extends Router {
  constructor(
    private readonly isolation: Isolation,
    ...parts: RouterParts
  ) {
    super(...parts);
  }

  /** @throws UnsendableError if the message would have to be copied, and cannot be; also where nobody is there */
  override send(
    to: Address,
    message: unknown,
    label: null | typeof castLabel,
    sender: LocalProcess | null,
  ): void {
    const [verb, what] = label === null ? (['send', 'message'] as const) : (['cast', 'request'] as const);
    super.send(
      to,
      this.isAway(verb, to) ? message : passMessage(this.isolation, message, what),
      label,
      sender,
    );
  }

  override route(signal: ControlSignal): void {
    super.route(isolated(this.isolation, signal));
  }

  override follow(signal: ControlSignal): void {
    super.follow(isolated(this.isolation, signal));
  }

  /** Whether it is for another node, whose connection copies it. */
  private isAway(verb: 'send' | 'cast', to: Address): boolean {
    if (this.find(to) !== undefined) return false;
    const isAlias = verb === 'send' && isRef(to);
    return (isAlias ? nodeOfRef(to) : nodeOfDestination(this.destinationOf(verb, to))) !== this.nodeName;
  }
}

/** A message, cast or request as its receiver on this node gets it. */
export function passMessage(isolation: Isolation, message: unknown, path: string): unknown {
  return isolation === sharing || isByReference(message) ? message : isolation.pass(message, path);
}

/** An exit reason as others on this node hear of it; one that cannot be copied comes as text, as between nodes. */
export function passReason(isolation: Isolation, reason: ExitReason): ExitReason {
  try {
    return isolation.pass(reason, 'reason');
  } catch (error) {
    if (error instanceof UnsendableError) return reasonAsText(reason);
    throw error;
  }
}

function isolated(isolation: Isolation, signal: ControlSignal): ControlSignal {
  if (!('reason' in signal)) return signal;
  const reason = passReason(isolation, signal.reason);
  return reason === signal.reason ? signal : { ...signal, reason };
}
