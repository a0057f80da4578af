import { z } from '#zod';
import type { Clock } from '../terms/clock';
import { checkOptions } from '../terms/options';
import type { Activity } from '../process/activity';
import type { LocalProcess } from '../process/local-process';
import { WatchedScheduler, type Blockage } from '../process/watched-scheduler';
import { Scheduler } from '../process/scheduler';
import type { BlockedBy, BlockedReport } from './log/reports/report';
import { classOf } from './log/process-log';
import type { NodeLog } from './log/node-log';
import type { NodeEvents } from './node-events';

/** How a node finds out who blocks its event loop. */
export interface WatchdogOptions {
  /** Milliseconds from which on the event loop counts as blocked. Default 200. */
  readonly blockedMs?: number;
}

const defaultBlockedMs = 200;

const optionsSchema = z.strictObject(
  { blockedMs: z.custom<number>(isBlockedMs, 'milliseconds (1 or more, or Infinity)').optional() },
  { error: 'false or { blockedMs }' },
);

/** Checks the option of a node at the door. */
export function checkWatchdog(call: string, watchdog: unknown): void {
  if (watchdog !== false) checkOptions(call, z.object({ watchdog: optionsSchema.optional() }), { watchdog });
}

function isBlockedMs(value: unknown): boolean {
  return typeof value === 'number' && value >= 1;
}

/** The run queue of a node: with a watchdog that logs, and tells as an event of the node, what blocks it. */
export function schedulerFor(
  clock: Clock,
  watchdog: WatchdogOptions | false = {},
  to: { readonly log: NodeLog; readonly events: NodeEvents },
): Scheduler {
  if (watchdog === false) return new Scheduler(clock);
  return new WatchedScheduler(clock, watchdog.blockedMs ?? defaultBlockedMs, (blockage) => {
    const report = reportOf(blockage);
    const [only] = blockage.activities;
    // What is active on a node is a process of it.
    const process = report.isCertain ? (only?.process as LocalProcess | undefined) : undefined;
    const log = process === undefined ? to.log : to.log.ofProcess(process);
    log.report('warning', report);
    to.events.blocked(report);
  });
}

/** As many as anybody reads. */
const mostShown = 10;

function reportOf({ forMs, isCertain, turn, activities }: Blockage): BlockedReport {
  const by = activities.slice(-mostShown).map(blockedBy);
  const [only] = by;
  const processes =
    turn === null || only === undefined
      ? by
      : [
          {
            ...only,
            callback: turn.callback,
            ...(turn.message === undefined ? {} : { message: turn.message }),
          },
        ];
  return { type: 'blocked', forMs: Math.round(forMs), isCertain, processes };
}

function blockedBy(activity: Activity): BlockedBy {
  const { pid, name, label } = activity.process;
  const module = classOf(activity);
  return {
    pid,
    ...(name === null ? {} : { registeredName: name }),
    ...(label === null ? {} : { label }),
    ...(module === undefined ? {} : { module }),
  };
}
