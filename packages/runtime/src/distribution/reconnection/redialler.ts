import type { ClockTimer } from '../../terms/clock';
import type { Departed } from '../../terms/departed';
import type { NodeName } from '../../terms/node-name';
import type { LocalNode } from '../../node/local-node';
import type { RedialOptions } from './redial-options';
import { nothingToRedial, stepRedial, type RedialEffect, type RedialEvent } from './redial-plan';

/** How many nodes are dialled by themselves at most because others told of them: they may invent names. */
const maxToldOf = 1_024;

/** Dials the nodes that were lost or told of, until they are there: does what the plan says. */
export class Redialler {
  private plan = nothingToRedial;
  private readonly timers = new Map<NodeName, ClockTimer>();

  constructor(
    private readonly local: LocalNode,
    private readonly redial: RedialOptions,
    private readonly connect: (node: NodeName) => Promise<boolean>,
  ) {}

  /** The connection to a node is lost: it is dialled until it is back. */
  lost({ name, creation }: Departed): void {
    this.step({ type: 'lost', node: name, creation });
  }

  /** A life of a node has taken its leave, and will not be back. */
  departed({ name, creation }: Departed): void {
    this.step({ type: 'departed', node: name, creation });
  }

  /** Another node tells of it: it is dialled, now, and until it is there. */
  told(node: NodeName): void {
    if (this.plan.size < maxToldOf || this.plan.has(node)) this.step({ type: 'told', node });
    else void this.connect(node);
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
    const { clock, random } = this.local;
    const waiting = { redial: this.redial, chance: random.float(), now: clock.now() };
    const { plan, effect } = stepRedial(this.plan, event, waiting);
    this.plan = plan;
    if (effect !== undefined) this.perform(effect);
  }

  private perform(effect: RedialEffect): void {
    this.timers.get(effect.node)?.cancel();
    this.timers.delete(effect.node);
    if (effect.type === 'wait') this.wait(effect.node, effect.attempt, effect.delayMs);
    else if (effect.type === 'dial') this.dial(effect.node, effect.attempt);
    else if (effect.type === 'giveUp') this.report(effect.node);
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

  private report(peer: NodeName): void {
    const problem = 'it was dialled for long enough, and is dialled no more';
    this.local.log.report('warning', { type: 'connection', event: 'failed', peer, problem });
  }
}
