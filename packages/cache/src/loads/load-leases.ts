import type { NodeName } from '@trestle/runtime';

/** What somebody who wants a value is told. */
export type LoadTurn =
  /** It is for you to load it; say how it ended. */
  | { readonly turn: 'load'; readonly lease: number }
  /** It has been loaded, and stored. */
  | { readonly turn: 'stored' }
  /** Whoever was to load it could not. */
  | { readonly turn: 'failed'; readonly error: unknown };

/** How a load ended. */
export type LoadOutcome =
  | { readonly type: 'stored' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** It took too long: somebody else may try. */
  | { readonly type: 'gaveUp' };

/** Somebody who wants a value. */
export interface LoadSeeker {
  readonly node: NodeName;
  /** How long a load of its own may take, in ms. */
  readonly leaseMs: number;
  readonly answer: (turn: LoadTurn) => void;
}

interface Lease {
  readonly number: number;
  readonly holder: LoadSeeker;
  readonly waiting: LoadSeeker[];
  readonly stopTimer: () => void;
}

/** Who loads which value, and who waits for it: one load for each key at a time. */
export class LoadLeases {
  private readonly byKey = new Map<string, Lease>();
  private lastNumber = 0;

  /** @param startTimer has `expire` called when a lease has lasted as long as it may; returns what stops that */
  constructor(private readonly startTimer: (key: string, lease: number, leaseMs: number) => () => void) {}

  get size(): number {
    return this.byKey.size;
  }

  /** Somebody wants a value: it is for the first to load it; the others wait. */
  seek(key: string, seeker: LoadSeeker): void {
    const lease = this.byKey.get(key);
    if (lease === undefined) this.grant(key, seeker, []);
    else lease.waiting.push(seeker);
  }

  /** A load has ended. What comes after its lease has passed on says nothing any more. */
  end(key: string, number: number, outcome: LoadOutcome): void {
    const lease = this.byKey.get(key);
    if (lease === undefined || lease.number !== number) return;
    lease.stopTimer();
    if (outcome.type === 'gaveUp') {
      this.passOn(key, lease);
      return;
    }
    this.byKey.delete(key);
    const turn: LoadTurn =
      outcome.type === 'stored' ? { turn: 'stored' } : { turn: 'failed', error: outcome.error };
    for (const { answer } of lease.waiting) answer(turn);
  }

  /** A load takes longer than it may. */
  expire(key: string, number: number): void {
    this.end(key, number, { type: 'gaveUp' });
  }

  /** Nobody of a node waits or loads any more. */
  nodeLost(node: NodeName): void {
    for (const [key, lease] of [...this.byKey]) {
      const waiting = lease.waiting.filter((seeker) => seeker.node !== node);
      const left = { ...lease, waiting };
      if (lease.holder.node !== node) this.byKey.set(key, left);
      else {
        lease.stopTimer();
        this.passOn(key, left);
      }
    }
  }

  private passOn(key: string, { waiting }: Lease): void {
    const [next, ...rest] = waiting;
    if (next === undefined) this.byKey.delete(key);
    else this.grant(key, next, rest);
  }

  private grant(key: string, holder: LoadSeeker, waiting: LoadSeeker[]): void {
    this.lastNumber += 1;
    const number = this.lastNumber;
    const stopTimer = this.startTimer(key, number, holder.leaseMs);
    this.byKey.set(key, { number, holder, waiting, stopTimer });
    holder.answer({ turn: 'load', lease: number });
  }
}
