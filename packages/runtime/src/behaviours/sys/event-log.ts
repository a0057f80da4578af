import type { SystemEvent } from '../../terms/system-event';

/** How many events are kept unless told otherwise. OTP has the same. */
export const defaultKeptEvents = 10;

/** The last events of a server, the oldest first. */
export class EventLog {
  private kept: SystemEvent[] = [];

  constructor(private size: number) {}

  add(event: SystemEvent): void {
    this.kept.push(event);
    // Cut in one go: an array that loses its first element for each event would be moved for each.
    if (this.kept.length >= 2 * this.size) this.kept = this.events;
  }

  get events(): SystemEvent[] {
    return this.kept.slice(-this.size);
  }

  /** From now on keeps as many. */
  resize(size: number): void {
    this.kept = this.kept.slice(-size);
    this.size = size;
  }
}
