import { TrestleError, type Clock, type NodeName } from '@trestle/runtime';

/** Whose keys are, and by whose clock the time limit is. */
export interface Routes {
  readonly node: { readonly clock: Pick<Clock, 'now'> };
  /** Whether members can become others. */
  readonly comeAndGo: boolean;
  ownersNow(key: unknown): readonly NodeName[];
  /** Waits until the routing knows that a node, or its server, is gone. */
  lossHeard(node: NodeName, timeoutMs: number): Promise<void>;
}

/** So often one node is asked at most: it may have come back. */
const maxTriesOfOne = 2;

/**
 * Whom one request has asked in vain, and who can be asked instead: another of the owners that are known; when all of them
 * are gone, an owner by the routing that has heard of it. All tries share the time limit of the caller.
 */
export class Tries {
  private readonly tried: NodeName[] = [];
  private mayBeDone = false;

  /** @param startedAt when the first was asked, by the clock of the node */
  constructor(
    private readonly routes: Routes,
    readonly timeoutMs: number,
    private readonly startedAt: number,
  ) {}

  /** What is left of the time limit, in ms. */
  get leftMs(): number {
    return Math.max(0, this.timeoutMs - (this.routes.node.clock.now() - this.startedAt));
  }

  /** A node is not there, or is about to go; it may have done what it was asked all the same, if its error says so. */
  gone(node: NodeName, error: unknown): void {
    this.tried.push(node);
    this.failed(error);
  }

  /** A node has failed to do it, for whatever reason. */
  failed(error: unknown): void {
    if (!isNotDone(error)) this.mayBeDone = true;
  }

  /** A part of it was done. */
  done(): void {
    this.mayBeDone = true;
  }

  /** Whether some of it may have been done, wherever. */
  get isPerhapsDone(): boolean {
    return this.mayBeDone;
  }

  /** The error to end with: it says of all that was tried whether it may have been done. */
  told(error: unknown): unknown {
    return this.mayBeDone && isNotDone(error) ? Object.assign(error, { mayHaveBeenHandled: true }) : error;
  }

  /** Those of the owners of a key, by the routing of now, that have not been asked yet. */
  untried(key: unknown): readonly NodeName[] {
    return this.routes.ownersNow(key).filter((owner) => !this.tried.includes(owner));
  }

  /** As `untried`, when the routing knows who is gone: a node that is an owner then may have come back. */
  async owners(key: unknown): Promise<readonly NodeName[]> {
    const untried = this.untried(key);
    if (untried.length > 0) return untried;
    await this.heard();
    return this.ownersAfterLoss(key);
  }

  /** Those that can be asked once more, now that the routing knows who is gone. */
  ownersAfterLoss(key: unknown): readonly NodeName[] {
    const untried = this.untried(key);
    if (untried.length > 0 || !this.routes.comeAndGo || this.leftMs === 0) return untried;
    return this.routes.ownersNow(key).filter((owner) => this.timesOf(owner) < maxTriesOfOne);
  }

  /** Waits until the routing knows that the last one is gone, if it can. */
  async heard(): Promise<void> {
    const last = this.tried.at(-1);
    if (last !== undefined) await this.routes.lossHeard(last, this.leftMs);
  }

  private timesOf(owner: NodeName): number {
    return this.tried.filter((one) => one === owner).length;
  }
}

function isNotDone(error: unknown): error is TrestleError {
  return error instanceof TrestleError && !error.mayHaveBeenHandled;
}
