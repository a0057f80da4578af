import { z } from 'zod';
import { backOffSchema, type BackOff } from '../../terms/back-off';
import type { ClockTimer } from '../../terms/clock';
import type { NodeName } from '../../terms/node-name';
import type { LocalNode } from '../../node/local-node';
import { nothingToRedial, stepRedial, type RedialEffect, type RedialEvent } from './redial-plan';

export const redialSchema = z.union([z.literal(false), backOffSchema], 'false or { minMs, maxMs }');

/** Dials the nodes again that were lost: does what the plan says. */
export class Redialler {
  private plan = nothingToRedial;
  private readonly timers = new Map<NodeName, ClockTimer>();

  constructor(
    private readonly local: LocalNode,
    private readonly backOff: BackOff,
    private readonly connect: (node: NodeName) => Promise<boolean>,
  ) {}

  /** The connection to a node is lost: it is dialled until it is back. */
  lost(node: NodeName): void {
    this.step({ type: 'lost', node });
  }

  /** A node is connected, or is to be left alone. */
  settled(node: NodeName): void {
    this.step({ type: 'settled', node });
  }

  /** Dials nobody any more. */
  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
    this.plan = nothingToRedial;
  }

  private step(event: RedialEvent): void {
    const { plan, effect } = stepRedial(this.plan, event, {
      backOff: this.backOff,
      chance: this.local.random.float(),
    });
    this.plan = plan;
    if (effect !== undefined) this.perform(effect);
  }

  private perform(effect: RedialEffect): void {
    this.timers.get(effect.node)?.cancel();
    this.timers.delete(effect.node);
    if (effect.type === 'wait') this.wait(effect.node, effect.attempt, effect.delayMs);
    else if (effect.type === 'dial') this.dial(effect.node, effect.attempt);
  }

  private wait(node: NodeName, attempt: number, delayMs: number): void {
    const due = (): void => {
      this.step({ type: 'due', node, attempt });
    };
    this.timers.set(node, this.local.clock.setTimer(due, delayMs));
  }

  /** One that succeeds is heard of as every connection is: it has come up. */
  private dial(node: NodeName, attempt: number): void {
    void this.connect(node).then((connected) => {
      if (!connected) this.step({ type: 'failed', node, attempt });
    });
  }
}
