import type { BackOff, NodeName } from '@trestle/runtime';
import { backOffMs } from '@trestle/runtime/internal';

/** How one listed node stands. */
interface Standing {
  /** `left`: it took its leave, and is awaited. */
  readonly status: 'up' | 'dialling' | 'waiting' | 'left';
  /** Grows with every dial and every wait: what belongs to an earlier one comes too late to count. */
  readonly attempt: number;
  /** Dials that failed since the node was last up. */
  readonly failures: number;
}

/** How every listed node stands. */
export type StaticPlan = ReadonlyMap<NodeName, Standing>;

/** What happens to a listed node. */
export type StaticEvent =
  | { readonly type: 'nodeup'; readonly node: NodeName }
  | { readonly type: 'nodedown'; readonly node: NodeName; readonly reason?: unknown }
  | {
      readonly type: 'dialled';
      readonly node: NodeName;
      readonly attempt: number;
      readonly connected: boolean;
    }
  | { readonly type: 'retry'; readonly node: NodeName; readonly attempt: number };

/** What is to be done about it. */
export type StaticEffect =
  | { readonly type: 'dial'; readonly node: NodeName; readonly attempt: number }
  | {
      readonly type: 'retryAfter';
      readonly node: NodeName;
      readonly attempt: number;
      readonly delayMs: number;
    }
  | { readonly type: 'connected'; readonly node: NodeName }
  /** `again` unless it is the first failure since the node was last up. */
  | { readonly type: 'unable'; readonly node: NodeName; readonly again: boolean };

/** A plan, and what is to be done. */
export interface StaticStep {
  readonly plan: StaticPlan;
  readonly effects: readonly StaticEffect[];
}

/** What waits are made from. */
export interface Waiting {
  readonly backOff: BackOff;
  /** A number in [0, 1). */
  readonly chance: number;
}

/** The plan at the start: every listed node that is not connected is dialled. */
export function beginStaticPlan(listed: readonly NodeName[], connected: readonly NodeName[]): StaticStep {
  const standings = new Map<NodeName, Standing>();
  const effects: StaticEffect[] = [];
  for (const node of listed) {
    const isUp = connected.includes(node);
    standings.set(node, { status: isUp ? 'up' : 'dialling', attempt: 0, failures: 0 });
    if (!isUp) effects.push({ type: 'dial', node, attempt: 0 });
  }
  return { plan: standings, effects };
}

/** Changes the plan by what has happened; events of nodes that are not listed, or that come too late, change nothing. */
export function stepStaticPlan(plan: StaticPlan, event: StaticEvent, waiting: Waiting): StaticStep {
  const standing = plan.get(event.node);
  const next = standing === undefined ? undefined : stepNode(standing, event, waiting);
  if (next === undefined) return { plan, effects: [] };
  return { plan: new Map(plan).set(event.node, next.standing), effects: next.effects };
}

interface NodeStep {
  readonly standing: Standing;
  readonly effects: readonly StaticEffect[];
}

function stepNode(standing: Standing, event: StaticEvent, waiting: Waiting): NodeStep | undefined {
  const { status, attempt } = standing;
  switch (event.type) {
    case 'nodeup':
      return status === 'up' ? undefined : comeUp(standing, event.node);
    case 'nodedown':
      if (status !== 'up') return undefined;
      return event.reason === 'left' ? leave(standing) : wait(standing, event.node, 0, waiting);
    case 'retry':
      return status === 'waiting' && event.attempt === attempt ? dial(standing, event.node) : undefined;
    case 'dialled':
      if (status !== 'dialling' || event.attempt !== attempt) return undefined;
      return event.connected ? comeUp(standing, event.node) : fail(standing, event.node, waiting);
  }
}

function comeUp({ attempt }: Standing, node: NodeName): NodeStep {
  return { standing: { status: 'up', attempt, failures: 0 }, effects: [{ type: 'connected', node }] };
}

/** A node that has drained stops: it is not dialled, and dials itself when it is back. */
function leave({ attempt }: Standing): NodeStep {
  return { standing: { status: 'left', attempt, failures: 0 }, effects: [] };
}

function dial({ attempt, failures }: Standing, node: NodeName): NodeStep {
  const next = attempt + 1;
  return {
    standing: { status: 'dialling', attempt: next, failures },
    effects: [{ type: 'dial', node, attempt: next }],
  };
}

function fail(standing: Standing, node: NodeName, waiting: Waiting): NodeStep {
  const { failures } = standing;
  const next = wait(standing, node, failures + 1, waiting);
  return { ...next, effects: [{ type: 'unable', node, again: failures > 0 }, ...next.effects] };
}

function wait({ attempt }: Standing, node: NodeName, failures: number, waiting: Waiting): NodeStep {
  const next = attempt + 1;
  const delayMs = backOffMs(waiting.backOff, Math.max(0, failures - 1), waiting.chance);
  return {
    standing: { status: 'waiting', attempt: next, failures },
    effects: [{ type: 'retryAfter', node, attempt: next, delayMs }],
  };
}
