import { isOrderly, type ExitReason } from '../../terms/exit-reason';

/** Which children a supervisor restarts when one of them ends: that one, all, or that one and those after it. */
export type SupervisorStrategy = 'oneForOne' | 'oneForAll' | 'restForOne';

/** When a child is restarted: always, after a failure, or never. */
export type Restart = 'permanent' | 'transient' | 'temporary';

/** Whether a supervisor ends when significant children have ended by themselves: never, after one, after the last. */
export type AutoShutdown = 'never' | 'anySignificant' | 'allSignificant';

/** What a plan must know of a child. */
export interface PlannedChild {
  readonly restart: Restart;
  readonly significant: boolean;
  /** Whether it has a process, or is about to have one: its restart is being tried again. */
  readonly active: boolean;
}

/** How a supervisor decides. */
export interface Policy {
  readonly strategy: SupervisorStrategy;
  readonly autoShutdown: AutoShutdown;
}

/** What a supervisor does about a child that ended. */
export type Plan<Child> =
  /** Nothing is restarted; a temporary child is forgotten; the supervisor may end as well. */
  | { readonly action: 'leave'; readonly forget: boolean; readonly shutDown: boolean }
  | { readonly action: 'restart'; readonly steps: RestartSteps<Child> }
  /** Too many restarts: the supervisor ends. */
  | { readonly action: 'giveUp' };

/** What to stop, forget and start, each in this order. */
export interface RestartSteps<Child> {
  readonly stop: readonly Child[];
  /** Temporary children that were stopped on behalf of another: they do not come back. */
  readonly forget: readonly Child[];
  readonly start: readonly Child[];
}

/**
 * Decides about a child that ended by itself.
 * @param children all children in start order, the one that ended included
 * @param admits notes a restart, and tells whether it is within bounds; asked only if one is due
 */
export function planAfterExit<Child extends PlannedChild>(
  policy: Policy,
  children: Iterable<Child>,
  ended: { readonly child: Child; readonly reason: ExitReason },
  admits: () => boolean,
): Plan<Child> {
  const { child, reason } = ended;
  if (isRestarted(child.restart, reason)) return planRestart(policy.strategy, children, child, admits);
  return {
    action: 'leave',
    forget: child.restart === 'temporary',
    shutDown: child.significant && endsSupervisor(policy.autoShutdown, children, child),
  };
}

/** Decides about a child that must start again: it ended, or its last restart failed. */
export function planRestart<Child extends PlannedChild>(
  strategy: SupervisorStrategy,
  children: Iterable<Child>,
  child: Child,
  admits: () => boolean,
): Plan<Child> {
  if (!admits()) return { action: 'giveUp' };
  if (strategy === 'oneForOne') return { action: 'restart', steps: { stop: [], forget: [], start: [child] } };
  const all = [...children];
  const affected = strategy === 'oneForAll' ? all : all.slice(all.indexOf(child));
  const others = affected.filter((other) => other !== child);
  return {
    action: 'restart',
    steps: {
      stop: others.filter(({ active }) => active).reverse(),
      forget: others.filter(({ restart }) => restart === 'temporary'),
      start: affected.filter((other) => other === child || other.restart !== 'temporary'),
    },
  };
}

function isRestarted(restart: Restart, reason: ExitReason): boolean {
  return restart === 'permanent' || (restart === 'transient' && !isOrderly(reason));
}

function endsSupervisor<Child extends PlannedChild>(
  autoShutdown: AutoShutdown,
  children: Iterable<Child>,
  ended: Child,
): boolean {
  if (autoShutdown !== 'allSignificant') return autoShutdown === 'anySignificant';
  for (const child of children) if (child !== ended && child.significant && child.active) return false;
  return true;
}
