import type { From, TrestleError } from '@trestle/runtime';
import { CacheWriteError } from '../../terms/cache-errors';
import type { WriteEnd } from '../../replication/writes/pending-write';
import { failCall } from './fail-call';

/** The end of a write that cannot fail, and whose request is answered by whoever makes it. */
export const nobodyWaits: WriteEnd = {
  succeeded: () => undefined,
  failed: () => undefined,
};

/** Answers a request when its write has ended. */
export class ReplyEnd implements WriteEnd {
  constructor(
    private readonly from: From,
    private readonly value: unknown,
  ) {}

  succeeded(): void {
    this.from.reply(this.value);
  }

  failed(error: TrestleError): void {
    failCall(this.from, error);
  }
}

/** Answers a request when all of its writes have ended: with an error, if one of them had one. */
export class ManyEnd implements WriteEnd {
  private error: TrestleError | null = null;

  constructor(
    private readonly from: From,
    private left: number,
  ) {
    if (left === 0) from.reply('ok');
  }

  succeeded(): void {
    this.left -= 1;
    if (this.left === 0) this.finish();
  }

  failed(error: TrestleError): void {
    // That of the key that came off worst, so that "not handled" is true of all.
    if (this.error === null || error.mayHaveBeenHandled) this.error = error;
    this.succeeded();
  }

  private finish(): void {
    const { error } = this;
    if (error === null) this.from.reply('ok');
    // Others of the keys may have been written.
    else if (error instanceof CacheWriteError)
      failCall(this.from, new CacheWriteError(error.wanted, error.written, true));
    else failCall(this.from, error);
  }
}
