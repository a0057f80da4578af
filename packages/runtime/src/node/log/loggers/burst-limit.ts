import type { Clock, ClockTimer } from '../../../terms/clock';
import type { LogRecord } from '../log-record';
import { headline } from '../reports/report-text';

/** How many records pass within how many milliseconds. */
export interface Burst {
  readonly records: number;
  readonly withinMs: number;
}

/**
 * Keeps a burst of records from drowning the rest: what is too much is dropped, and one record says how much that was
 * when the time is over. OTP: the burst limit of `logger_std_h`.
 */
export class BurstLimit {
  private startedAt = -Infinity;
  private passed = 0;
  private dropped = 0;
  private last: LogRecord | null = null;
  private timer: ClockTimer | null = null;

  constructor(
    private readonly burst: Burst,
    private readonly clock: Clock,
    private readonly write: (record: LogRecord) => void,
  ) {}

  take(record: LogRecord): void {
    const now = this.clock.now();
    const { records, withinMs } = this.burst;
    if (now - this.startedAt >= withinMs) {
      this.flush();
      this.startedAt = now;
      this.passed = 0;
    }
    if (this.passed < records) {
      this.passed += 1;
      this.write(record);
    } else this.drop(record, this.startedAt + withinMs - now);
  }

  /** Says what was dropped so far, if anything was. */
  flush(): void {
    this.timer?.cancel();
    this.timer = null;
    const { dropped: records, last } = this;
    if (last === null) return;
    this.dropped = 0;
    this.last = null;
    const report = { type: 'dropped', records } as const;
    const { time, node } = last;
    this.write({ level: 'warning', time, node, text: headline(report), report });
  }

  private drop(record: LogRecord, leftMs: number): void {
    this.dropped += 1;
    this.last = record;
    this.timer ??= this.clock.setTimer(() => {
      this.flush();
    }, leftMs);
  }
}
