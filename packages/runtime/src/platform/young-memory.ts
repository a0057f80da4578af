import { release } from './memory';

/** A young generation holds so much memory outside of the heap, half of V8's 32 MiB and more, whatever else is young. */
const weightBytes = 24 * 1024 * 1024;
/** The weight has become old once as much as this was taken twice; what is left to the 32 MiB. */
const stepBytes = 8 * 1024 * 1024;
/** Who takes less than this has no need of a weight. */
const firstBytes = 16 * 1024 * 1024;
/** A longer piece is more than a scavenge waits for. */
const longestBytes = stepBytes;
/** The weight goes when nothing was taken for so long. */
const idleMs = 1_000;

/**
 * Has V8 free large memory that is soon dropped by scavenges, which cost next to nothing, and by nothing else.
 *
 * V8 scavenges when objects of its young generation hold 32 MiB outside of the heap. But at the end of that it also looks
 * how much such memory there is more than after the last marking; the 32 MiB, which another thread is about to free, still
 * count, and in a heap of ordinary size they are enough to have all objects marked: thirty times for each gigabyte that
 * is received, which takes more time than to receive it.
 *
 * So there is a weight among the young, which is never written to and takes nothing but addresses. With it a scavenge comes
 * four times as often, and each time a fourth as much has been dropped: too little to mark anything.
 */
class YoungMemory {
  private weight: Uint8Array | null = null;
  private left = firstBytes;
  private wasTaken = false;

  take(bytes: number): void {
    if (bytes > longestBytes) return;
    this.wasTaken = true;
    this.left -= bytes;
    if (this.left > 0) return;
    this.left = stepBytes;
    this.renew();
  }

  /** What has survived two scavenges is old. The new one comes first: it is the least that there was which V8 remembers. */
  private renew(): void {
    const { weight } = this;
    this.weight = Buffer.allocUnsafeSlow(weightBytes);
    if (weight === null) this.dropWhenIdle();
    else release(weight);
  }

  private dropWhenIdle(): void {
    this.wasTaken = false;
    setTimeout(() => {
      if (this.wasTaken) this.dropWhenIdle();
      else this.drop();
    }, idleMs).unref();
  }

  private drop(): void {
    if (this.weight !== null) release(this.weight);
    this.weight = null;
    this.left = firstBytes;
  }
}

/** One for all nodes of the program: so is the heap. */
const young = new YoungMemory();

/** New memory of so many bytes was handed to the program, which will most likely drop it soon. */
export function handedOut(bytes: number): void {
  young.take(bytes);
}
