import { backOffMs } from '../../terms/back-off';
import type { NodeName } from '../../terms/node-name';
import { defaultGiveUpMs, type RedialOptions } from './redial-options';

/** How a node that is wanted stands. */
interface Standing {
  readonly status: 'waiting' | 'dialling';
  /** Grows with every wait and every dial: what belongs to an earlier one comes too late to count. */
  readonly attempt: number;
  /** Dials that failed since it is wanted. */
  readonly failures: number;
  /** Since when it is. */
  readonly since: number;
  /** The life that was lost; of a node that was only told of none is known. */
  readonly creation?: number;
}

/** The nodes that are dialled until they are there. */
export type RedialPlan = ReadonlyMap<NodeName, Standing>;

/** What happens to a node. */
export type RedialEvent =
  /** Its connection is lost, and nobody wanted that. */
  | { readonly type: 'lost'; readonly node: NodeName; readonly creation: number }
  /** Another node tells that it is there. */
  | { readonly type: 'told'; readonly node: NodeName }
  /** One of its lives has taken its leave. */
  | { readonly type: 'departed'; readonly node: NodeName; readonly creation: number }
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
  | { readonly type: 'cancel'; readonly node: NodeName }
  /** It was dialled in vain for so long that it is dialled no more. */
  | { readonly type: 'giveUp'; readonly node: NodeName };

/** A plan, and what is to be done. */
export interface RedialStep {
  readonly plan: RedialPlan;
  readonly effect: RedialEffect | undefined;
}

/** What waits are made from. */
export interface Waiting {
  readonly redial: RedialOptions;
  /** A number in [0, 1). */
  readonly chance: number;
  /** The time of the node. */
  readonly now: number;
}

export const nothingToRedial: RedialPlan = new Map();

/**
 * One step of the bookkeeping of wanted nodes, which were lost or told of: each is dialled again and again, with longer
 * and longer waits, until it is connected, nobody wants it any more, or it was tried for long enough.
 */
export function stepRedial(plan: RedialPlan, event: RedialEvent, waiting: Waiting): RedialStep {
  const { node } = event;
  const standing = plan.get(node);
  const attempt = (standing?.attempt ?? 0) + 1;
  switch (event.type) {
    case 'lost':
      return wait(
        plan,
        node,
        { attempt, failures: 0, since: waiting.now, creation: event.creation },
        waiting,
      );
    case 'told':
      if (standing?.status === 'dialling') return stay(plan);
      return dial(plan, node, { failures: 0, since: waiting.now, ...standing, attempt });
    case 'departed':
      return standing === undefined || (standing.creation ?? event.creation) !== event.creation
        ? stay(plan)
        : end(plan, node, 'cancel');
    case 'settled':
      return standing === undefined ? stay(plan) : end(plan, node, 'cancel');
    case 'due':
      if (standing?.status !== 'waiting' || standing.attempt !== event.attempt) return stay(plan);
      return dial(plan, node, standing);
    case 'failed':
      if (standing?.status !== 'dialling' || standing.attempt !== event.attempt) return stay(plan);
      return failed(plan, node, standing, waiting);
  }
}

type Dialled = Omit<Standing, 'status'>;

function failed(plan: RedialPlan, node: NodeName, dialled: Dialled, waiting: Waiting): RedialStep {
  const { attempt, failures } = dialled;
  const { giveUpMs = defaultGiveUpMs } = waiting.redial;
  if (waiting.now - dialled.since >= giveUpMs) return end(plan, node, 'giveUp');
  return wait(plan, node, { ...dialled, attempt: attempt + 1, failures: failures + 1 }, waiting);
}

function stay(plan: RedialPlan): RedialStep {
  return { plan, effect: undefined };
}

function wait(plan: RedialPlan, node: NodeName, dialled: Dialled, { redial, chance }: Waiting): RedialStep {
  const { attempt, failures } = dialled;
  const delayMs = backOffMs(redial, failures, chance);
  const standing: Standing = { ...dialled, status: 'waiting' };
  return { plan: new Map(plan).set(node, standing), effect: { type: 'wait', node, attempt, delayMs } };
}

function dial(plan: RedialPlan, node: NodeName, dialled: Dialled): RedialStep {
  const standing: Standing = { ...dialled, status: 'dialling' };
  return {
    plan: new Map(plan).set(node, standing),
    effect: { type: 'dial', node, attempt: dialled.attempt },
  };
}

function end(plan: RedialPlan, node: NodeName, type: 'cancel' | 'giveUp'): RedialStep {
  const rest = new Map(plan);
  rest.delete(node);
  return { plan: rest, effect: { type, node } };
}
