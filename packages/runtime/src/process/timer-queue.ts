import type { Clock, ClockTimer } from '../terms/clock';
import { raiseUncaught } from './uncaught';

/** Something that happens at a time. While it waits it belongs to one queue. */
export interface Due {
  /** When, in milliseconds of the clock. Owned by the queue, as the next two. */
  dueAt: number;
  /** Which of those due at the same time comes first. */
  order: number;
  /** Where it stands in the queue; -1 while it waits in none. */
  place: number;
  /** What happens. */
  fire(): void;
}

/** The longest delay a clock takes at once. */
const longestStepMs = 2 ** 31 - 1;

/**
 * What is due, the earliest first: a binary heap in which each entry knows its place, so that one that is taken out
 * leaves nothing behind. One timer of the clock wakes it, whatever it holds: a timer of Node's for each would cost as
 * much as five messages. Nothing is ever early.
 */
export class TimerQueue {
  private readonly heap: Due[] = [];
  private count = 0;
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
    due.order = this.count += 1;
    this.heap.push(due);
    this.rise(due, this.heap.length - 1);
    if (due.dueAt < this.alarmAt) this.setAlarm(due.dueAt, delayMs);
  }

  /** As `add`, at a time of the clock; at once if that is over. */
  addAt(due: Due, dueAt: number): void {
    this.add(due, Math.max(0, dueAt - this.clock.now()));
  }

  /** Takes `due` out, if it waits. */
  remove(due: Due): void {
    if (due.place === -1) return;
    this.takeOut(due);
    if (this.heap.length === 0 && !this.looks) this.lookSoon();
  }

  /** Whole milliseconds until `due` fires. */
  leftMs(due: Due): number {
    return Math.max(0, Math.ceil(due.dueAt - this.clock.now()));
  }

  /** Drops everything, without firing. */
  stop(): void {
    for (const due of this.heap) due.place = -1;
    this.heap.length = 0;
    this.silence();
  }

  private readonly wake = (): void => {
    this.alarm = null;
    this.alarmAt = Infinity;
    const now = this.clock.now();
    for (let due = this.heap[0]; due !== undefined && due.dueAt <= now; due = this.heap[0]) {
      this.takeOut(due);
      fire(due);
    }
    const [next] = this.heap;
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
      if (this.heap.length === 0) this.silence();
    });
  }

  private takeOut(due: Due): void {
    const { heap } = this;
    const { place } = due;
    const last = heap.pop() as Due;
    due.place = -1;
    if (last === due) return;
    if (place > 0 && isBefore(last, heap[(place - 1) >> 1] as Due)) this.rise(last, place);
    else this.sink(last, place);
  }

  /** Puts `due` at `place` or nearer to the top. */
  private rise(due: Due, from: number): void {
    const { heap } = this;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Due;
      if (!isBefore(due, parent)) break;
      heap[place] = parent;
      parent.place = place;
      place = above;
    }
    heap[place] = due;
    due.place = place;
  }

  /** Puts `due` at `place` or further from the top. */
  private sink(due: Due, from: number): void {
    const { heap } = this;
    let place = from;
    for (let below = 2 * place + 1; below < heap.length; below = 2 * place + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Due, heap[below] as Due)) below += 1;
      const child = heap[below] as Due;
      if (!isBefore(child, due)) break;
      heap[place] = child;
      child.place = place;
      place = below;
    }
    heap[place] = due;
    due.place = place;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}

/** One that throws must not keep the others from firing. */
function fire(due: Due): void {
  try {
    due.fire();
  } catch (error) {
    raiseUncaught(error);
  }
}
