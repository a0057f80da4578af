import type { Pid } from '../../terms/pid';

/**
 * The unlinks that this node has sent over a connection and the other node has not answered. Every unlink that takes a
 * link away over there is answered by one in the other direction, and two that cross answer each other. Until then the
 * other process has not heard that the link is gone, so a link of its making is older than the unlink and void: both
 * would have it on one side only. OTP: the acknowledged unlinks of the distribution protocol.
 */
export class PendingUnlinks {
  private readonly counts = new Map<string, number>();

  sent(here: Pid, there: Pid): void {
    const pair = here + there;
    this.counts.set(pair, (this.counts.get(pair) ?? 0) + 1);
  }

  /** Whether what the process over there sends about the link was sent before it heard of an unlink from here. */
  has(here: Pid, there: Pid): boolean {
    return this.counts.size !== 0 && this.counts.has(here + there);
  }

  /**
   * An unlink has come.
   * @returns whether it was the answer to one from here
   */
  answered(here: Pid, there: Pid): boolean {
    const pair = here + there;
    const count = this.counts.get(pair);
    if (count === undefined) return false;
    if (count === 1) this.counts.delete(pair);
    else this.counts.set(pair, count - 1);
    return true;
  }

  clear(): void {
    this.counts.clear();
  }
}
