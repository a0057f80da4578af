import type { Pid } from '../../terms/pid';
import type { Self } from '../../node/node';
import { crashTitle } from '../../node/spawn/body-runner';
import type { TaskOutcome } from './task-outcome';
import type { Waiter } from '../waiting/waiter';

/** What a task executes: in a process of its own, whose `self` it gets. */
export type TaskFunction<Result> = (self: Self) => Result | Promise<Result>;

/** A function on its way in a process of its own, seen from outside: how it ends is known once, and for good. */
export class TaskRun<Result> {
  outcome: TaskOutcome<Result> | undefined = undefined;
  /** Its process; `undefined` before it has started. */
  pid: Pid | undefined = undefined;
  /** Hears once that the outcome is known, before anybody hears of the end of the process. */
  onOutcome: (() => void) | null = null;

  constructor(
    private readonly owner: Waiter,
    private readonly fn: TaskFunction<Result>,
  ) {}

  /** What its process executes. */
  readonly body = async (self: Self): Promise<void> => {
    try {
      const value = await this.fn(self);
      const passed = this.owner.local.isolation.pass(value, 'result') as Awaited<Result>;
      this.settle({ status: 'ok', value: passed });
    } catch (error) {
      self.label ??= `task of ${this.owner.pid}`;
      Object.assign(this.body, { [crashTitle]: { behaviour: 'Task', initialCall: this.fn.name } });
      throw error;
    }
  };

  /** The process has started. */
  began(pid: Pid): void {
    this.pid = pid;
    this.owner.local.table.get(pid)?.onEnd((reason) => {
      this.settle({ status: 'exit', reason });
    });
  }

  private settle(outcome: TaskOutcome<Result>): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.onOutcome?.();
  }
}
