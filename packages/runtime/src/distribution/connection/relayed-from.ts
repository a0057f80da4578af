import type { LocalNode } from '../../node/local-node';
import { ListedFrom, type FromIdentity } from '../../terms/from';

/** A caller that came in a message: its call went to another process, which handed the answering on. */
export class RelayedFrom extends ListedFrom {
  private done = false;

  constructor(
    private readonly identity: FromIdentity,
    private readonly local: LocalNode,
  ) {
    super(identity.pid);
  }

  get isOpen(): boolean {
    return !this.done;
  }

  reply(value: unknown): void {
    if (this.done) return;
    this.done = true;
    if (!isOf(this.local, this.identity)) this.local.distribution.reply(this.identity, value);
    else replyHere(this.local, this.identity, value);
  }

  fail(): void {
    // The call is listed with the process it was sent to: that one's end fails it, not the end of a process it was
    // relayed to.
  }

  identify(): FromIdentity {
    return this.identity;
  }
}

/** Answers a call that waits on this node, if it still does. */
export function replyHere(local: LocalNode, { call, pid, ...rest }: FromIdentity, value: unknown): void {
  if (!isOf(local, rest)) return;
  const waiting = local.gen.numbers.find(call);
  if (waiting?.pid === pid) waiting.replyFromElsewhere(value);
}

function isOf(local: LocalNode, { node, creation }: Pick<FromIdentity, 'node' | 'creation'>): boolean {
  return node === local.name && creation === local.creation;
}
