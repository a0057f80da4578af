import type { Clock, ClockTimer } from '../../terms/clock';
import type { VirtualClock } from '../virtual-clock';

/** The virtual clock as one life of a simulated node sees it: it can be stopped for that node alone, and for good. */
export class HostClock implements Clock {
  private readonly timers = new Set<HostTimer>();
  private held: (() => void)[] | null = null;
  private isOver = false;

  constructor(readonly virtual: VirtualClock) {}

  now(): number {
    return this.virtual.now();
  }

  wallTime(): number {
    return this.virtual.wallTime();
  }

  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer = new HostTimer(this, callback);
    if (this.isOver) return timer;
    this.timers.add(timer);
    timer.start(this.virtual, delayMs);
    return timer;
  }

  nextTurn(callback: () => void): void {
    this.virtual.nextTurn(() => {
      this.orLater(callback);
    });
  }

  get isPaused(): boolean {
    return this.held !== null;
  }

  /** From now on nothing of the node happens. */
  pause(): void {
    this.held ??= [];
  }

  /** What should have happened meanwhile happens now, in order. */
  resume(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const callback of held) callback();
  }

  /** The life is over: nothing of it happens any more. */
  end(): void {
    this.isOver = true;
    this.held = null;
    for (const timer of [...this.timers]) timer.cancel();
  }

  fire(timer: HostTimer): void {
    this.orLater(() => {
      if (this.timers.delete(timer)) timer.callback();
    });
  }

  forget(timer: HostTimer): void {
    this.timers.delete(timer);
  }

  private orLater(callback: () => void): void {
    if (this.isOver) return;
    if (this.held === null) callback();
    else this.held.push(callback);
  }
}

class HostTimer implements ClockTimer {
  private timer: ClockTimer | null = null;

  constructor(
    private readonly clock: HostClock,
    readonly callback: () => void,
  ) {}

  start(virtual: VirtualClock, delayMs: number): void {
    this.timer = virtual.setTimer(() => {
      this.clock.fire(this);
    }, delayMs);
  }

  cancel(): void {
    this.timer?.cancel();
    this.clock.forget(this);
  }
}
