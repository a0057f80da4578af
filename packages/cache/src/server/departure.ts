import type { CachePart } from './cache-part';

/**
 * Has a node's part of a cache over `members` be nobody's owner any more, though its node stays: what it holds goes the way
 * of all that is not where it belongs, and what it is asked it hands on, so no request fails.
 */
export class Departure {
  private waiting: ((given: number) => void)[] = [];
  private givenBefore = 0;
  private othersKnow = false;

  /** @param leave has the node be a member no more: when the others know, or have not answered */
  constructor(
    private readonly part: CachePart,
    private readonly leave: () => Promise<void>,
  ) {}

  /** @param done hears how many entries were given away since it began */
  begin(done: (given: number) => void): void {
    const { replicas, node } = this.part;
    if (replicas === null || !replicas.members.some((member) => member !== node)) {
      this.part.drain(done);
      return;
    }
    if (!this.part.isLeaving) this.givenBefore = replicas.handoff.entriesGiven;
    this.waiting.push(done);
    this.part.leaves();
    void this.tellOthers();
  }

  /** Something has happened: it may have been the last. */
  look(): void {
    const { replicas } = this.part;
    if (this.waiting.length === 0 || !this.othersKnow || replicas === null || replicas.isLeaving) return;
    const given = replicas.handoff.entriesGiven - this.givenBefore;
    this.givenBefore += given;
    for (const done of this.waiting.splice(0)) done(given);
  }

  private async tellOthers(): Promise<void> {
    // A watch over members that is gone takes this server with it.
    await this.leave().catch(() => undefined);
    this.othersKnow = true;
    this.look();
  }
}
