import { backOffMs, type BackOff } from '../../terms/back-off';
import type { NodeName } from '../../terms/node-name';

/** How a lost node stands. */
interface Standing {
  readonly status: 'waiting' | 'dialling';
  /** Grows with every wait and every dial: what belongs to an earlier one comes too late to count. */
  readonly attempt: number;
  /** Dials that failed since it was lost. */
  readonly failures: number;
}

/** The nodes that are dialled again. */
export type RedialPlan = ReadonlyMap<NodeName, Standing>;

/** What happens to a node. */
export type RedialEvent =
  /** Its connection is lost, and nobody wanted that. */
  | { readonly type: 'lost'; readonly node: NodeName }
  /** It is connected, whoever dialled; or it was told to leave it alone. */
  | { readonly type: 'settled'; readonly node: NodeName }
  /** The wait is over. */
  | { readonly type: 'due'; readonly node: NodeName; readonly attempt: number }
  /** A dial came to nothing. */
  | { readonly type: 'failed'; readonly node: NodeName; readonly attempt: number };

/** What is to be done about it. */
export type RedialEffect =
  | { readonly type: 'wait'; readonly node: NodeName; readonly attempt: number; readonly delayMs: number }
  | { readonly type: 'dial'; readonly node: NodeName; readonly attempt: number }
  /** The wait of the node is to end. */
  | { readonly type: 'cancel'; readonly node: NodeName };

/** A plan, and what is to be done. */
export interface RedialStep {
  readonly plan: RedialPlan;
  readonly effect: RedialEffect | undefined;
}

/** What waits are made from. */
export interface Waiting {
  readonly backOff: BackOff;
  /** A number in [0, 1). */
  readonly chance: number;
}

export const nothingToRedial: RedialPlan = new Map();

/**
 * One step of the bookkeeping of lost nodes: each is dialled again and again, with longer and longer waits, until it is
 * connected or nobody wants it any more.
 */
export function stepRedial(plan: RedialPlan, event: RedialEvent, waiting: Waiting): RedialStep {
  const standing = plan.get(event.node);
  switch (event.type) {
    case 'lost':
      return wait(plan, event.node, (standing?.attempt ?? 0) + 1, 0, waiting);
    case 'settled':
      return standing === undefined ? { plan, effect: undefined } : settle(plan, event.node);
    case 'due':
      if (standing?.status !== 'waiting' || standing.attempt !== event.attempt) return stay(plan);
      return dial(plan, event.node, standing);
    case 'failed':
      if (standing?.status !== 'dialling' || standing.attempt !== event.attempt) return stay(plan);
      return wait(plan, event.node, standing.attempt + 1, standing.failures + 1, waiting);
  }
}

function stay(plan: RedialPlan): RedialStep {
  return { plan, effect: undefined };
}

function wait(
  plan: RedialPlan,
  node: NodeName,
  attempt: number,
  failures: number,
  { backOff, chance }: Waiting,
): RedialStep {
  const delayMs = backOffMs(backOff, failures, chance);
  const standing: Standing = { status: 'waiting', attempt, failures };
  return { plan: new Map(plan).set(node, standing), effect: { type: 'wait', node, attempt, delayMs } };
}

function dial(plan: RedialPlan, node: NodeName, { attempt, failures }: Standing): RedialStep {
  const standing: Standing = { status: 'dialling', attempt, failures };
  return { plan: new Map(plan).set(node, standing), effect: { type: 'dial', node, attempt } };
}

function settle(plan: RedialPlan, node: NodeName): RedialStep {
  const rest = new Map(plan);
  rest.delete(node);
  return { plan: rest, effect: { type: 'cancel', node } };
}
