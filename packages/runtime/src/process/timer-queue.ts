import type { Clock, ClockTimer } from '../terms/clock';
import { DueHeap, type Dated } from './due-heap';
import { raiseUncaught } from './uncaught';

/** Something that happens at a time. While it waits it belongs to one queue. */
export interface Due extends Dated {
  /** What happens. */
  fire(): void;
}

/** The longest delay a clock takes at once. */
const longestStepMs = 2 ** 31 - 1;

/**
 * What is due on a node, the earliest first. One timer of the clock wakes it, whatever it holds: a timer of Node's for
 * each would cost as much as five messages. Nothing is ever early.
 */
export class TimerQueue {
  private readonly heap = new DueHeap<Due>();
  private alarm: ClockTimer | null = null;
  /** When the alarm goes off. */
  private alarmAt = Infinity;
  /** Whether somebody will look if the alarm is still wanted. */
  private looks = false;

  constructor(private readonly clock: Clock) {}

  /** Has `due` fire once, `delayMs` from now; if that is `Infinity`, never. */
  add(due: Due, delayMs: number): void {
    due.dueAt = this.clock.now() + delayMs;
    if (delayMs === Infinity) return;
    this.heap.add(due);
    if (due.dueAt < this.alarmAt) this.setAlarm(due.dueAt, delayMs);
  }

  /** As `add`, at a time of the clock; at once if that is over. */
  addAt(due: Due, dueAt: number): void {
    this.add(due, Math.max(0, dueAt - this.clock.now()));
  }

  /** Takes `due` out, if it waits. */
  remove(due: Due): void {
    if (due.place === -1) return;
    this.heap.remove(due);
    if (this.heap.size === 0 && !this.looks) this.lookSoon();
  }

  /** Whole milliseconds until `due` fires. */
  leftMs(due: Due): number {
    return Math.max(0, Math.ceil(due.dueAt - this.clock.now()));
  }

  /** Drops everything, without firing. */
  stop(): void {
    this.heap.clear();
    this.silence();
  }

  private readonly wake = (): void => {
    this.alarm = null;
    this.alarmAt = Infinity;
    const now = this.clock.now();
    for (let due = this.heap.first; due !== undefined && due.dueAt <= now; due = this.heap.first) {
      this.heap.remove(due);
      fire(due);
    }
    const next = this.heap.first;
    if (next !== undefined && next.dueAt < this.alarmAt) this.setAlarm(next.dueAt, next.dueAt - now);
  };

  private setAlarm(dueAt: number, delayMs: number): void {
    this.alarm?.cancel();
    this.alarmAt = dueAt;
    this.alarm = this.clock.setTimer(this.wake, Math.min(delayMs, longestStepMs));
  }

  private silence(): void {
    this.alarm?.cancel();
    this.alarm = null;
    this.alarmAt = Infinity;
  }

  /** An alarm that nobody wants must not keep the OS process alive; but a timer is often set again at once. */
  private lookSoon(): void {
    this.looks = true;
    queueMicrotask(() => {
      this.looks = false;
      if (this.heap.size === 0) this.silence();
    });
  }
}

/** One that throws must not keep the others from firing. */
function fire(due: Due): void {
  try {
    due.fire();
  } catch (error) {
    raiseUncaught(error);
  }
}
