import type { Clock, ClockTimer } from '../../terms/clock';
import type { NodeLog } from '../../node/log/node-log';

/** So many refusals are logged one by one within so many milliseconds; the others are counted. */
const burst = 20;
const burstMs = 10_000;

/**
 * Logs who was refused at the door. Anybody can knock as often as he likes, and must not fill the log with it: what is
 * too much is counted, and one line says how much that was.
 */
export class RefusalLog {
  private logged = 0;
  private unlogged = 0;
  private last = { address: '', problem: '' };
  private window: ClockTimer | null = null;

  constructor(
    private readonly log: NodeLog,
    private readonly clock: Clock,
  ) {}

  refused(address: string, problem: string): void {
    this.window ??= this.clock.setTimer(() => {
      this.flush();
    }, burstMs);
    if (this.logged < burst) {
      this.logged += 1;
      this.log.report('warning', { type: 'connection', event: 'refused', address, problem });
    } else {
      this.unlogged += 1;
      this.last = { address, problem };
    }
  }

  /** Says what was counted so far, and begins anew. */
  flush(): void {
    this.window?.cancel();
    this.window = null;
    this.logged = 0;
    if (this.unlogged === 0) return;
    const more = this.unlogged;
    this.unlogged = 0;
    this.log.report('warning', { type: 'connection', event: 'refused', ...this.last, more });
  }
}
