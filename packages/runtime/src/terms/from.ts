import type { ExitReason } from './exit-reason';
import type { NodeName } from './node-name';
import type { Pid } from './pid';

/** Why a call got no reply. */
export type CallFailure =
  | { readonly kind: 'noproc' }
  /** What was asked is for servers, and the process is none. */
  | { readonly kind: 'notServer' }
  /** The server's mailbox was full: the request was not handled. */
  | { readonly kind: 'mailboxFull' }
  | { readonly kind: 'exit'; readonly reason: ExitReason }
  /** `mayHaveLeft`: false if the request cannot have, because there was no connection. */
  | { readonly kind: 'nodedown'; readonly node: NodeName; readonly mayHaveLeft: boolean }
  /** The server replied, with a value that cannot travel: the error as data. */
  | { readonly kind: 'badReply'; readonly error: unknown };

/** The mark of a caller. */
export const callerMark = Symbol('caller');

/**
 * The caller of a request: where its reply goes. A handler may keep it and answer later, or hand it on.
 * It stands in the mailbox, and after that in the list of open calls, of whoever must answer, so that the end of the
 * server fails it at once.
 * OTP: `From`, that is `{Pid, Tag}`.
 */
export interface From {
  readonly [callerMark]: true;
  /** The process that called. */
  readonly pid: Pid;
  /** @internal The open calls this one is listed in. */
  openCalls: OpenCalls | null;
  /** @internal Its neighbours there. */
  previousOpen: From | null;
  /** @internal */
  nextOpen: From | null;

  /** Whether it still waits for an answer. */
  readonly isOpen: boolean;

  /** Answers the call; a second answer, or one that is too late, is dropped. OTP: `gen_server:reply/2`. */
  reply(value: unknown): void;
  /** @internal Ends the call without a reply. */
  fail(failure: CallFailure): void;
  /** @internal What the wire carries of it, so that another node can answer. */
  identify(): FromIdentity;
}

/** Tells whether a value is a caller. */
export function isFrom(value: unknown): value is From {
  return typeof value === 'object' && value !== null && callerMark in value;
}

/** What callers have in common that can afford to be a derived class. */
export abstract class ListedFrom implements From {
  openCalls: OpenCalls | null = null;
  previousOpen: From | null = null;
  nextOpen: From | null = null;

  constructor(readonly pid: Pid) {}

  get [callerMark](): true {
    return true;
  }

  abstract get isOpen(): boolean;
  abstract reply(value: unknown): void;
  abstract fail(failure: CallFailure): void;
  abstract identify(): FromIdentity;
}

/** A caller in a form that can travel: the node that waits, its creation, and the number of the call there. */
export interface FromIdentity {
  readonly pid: Pid;
  readonly node: NodeName;
  readonly creation: number;
  readonly call: number;
}

/**
 * The calls that one server has taken, or one connection has sent, and that are not answered yet: a doubly linked list through the calls
 * themselves, because a call must enter and leave it in a few nanoseconds.
 */
export class OpenCalls {
  private first: From | null = null;

  get isEmpty(): boolean {
    return this.first === null;
  }

  add(from: From): void {
    const next = this.first;
    from.openCalls = this;
    from.nextOpen = next;
    if (next !== null) next.previousOpen = from;
    this.first = from;
  }

  remove(from: From): void {
    const { previousOpen: previous, nextOpen: next } = from;
    if (previous === null) this.first = next;
    else previous.nextOpen = next;
    if (next !== null) next.previousOpen = previous;
    from.openCalls = from.previousOpen = from.nextOpen = null;
  }

  /** Fails every open call. */
  failAll(failure: CallFailure): void {
    for (let from = this.first; from !== null; from = this.first) {
      this.remove(from);
      from.fail(failure);
    }
  }

  /** How many calls are open. For inspection; takes time in proportion. */
  count(): number {
    let count = 0;
    for (let from = this.first; from !== null; from = from.nextOpen) count += 1;
    return count;
  }
}
