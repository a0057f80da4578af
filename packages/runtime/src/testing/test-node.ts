import { z } from '#zod';
import { isolationSchema, type MessageIsolation } from '../terms/isolation';
import { checkOptions } from '../terms/options';
import { levelsSchema, loggerSchema } from '../node/log/log-schemas';
import type { LogLevels } from '../node/log/log-levels';
import type { LogRecord } from '../node/log/log-record';
import type { Logger } from '../node/log/loggers/logger';
import type { Node } from '../node/node';
import { bootNode } from '../start-node';
import { expectNothingLeft, leakCheck, type LeakCheck } from './leak-check';
import { createProbe, type Probe, type ProbeOptions } from './probe';
import { SeededRandom } from './seeded-random';
import { ShuffledScheduler } from './shuffled-scheduler';
import { VirtualClock } from './virtual-clock';

/** How a test node is started. */
export interface TestNodeOptions {
  /**
   * Shuffles the order in which processes run, and makes the node's chance the same each time: a test that fails with
   * one seed fails with it again. Default: processes run in the order they became ready.
   */
  readonly seed?: number;
  /** The time it lives by; several nodes may share one. Default: a clock of its own. */
  readonly clock?: VirtualClock;
  /**
   * How messages pass between its processes. Default `'freeze'`: whoever changes what was sent gets an error at that
   * place, where a program that runs on two nodes would go wrong.
   */
  readonly messageIsolation?: MessageIsolation;
  /** Where log lines go besides `log`. Default: nowhere. */
  readonly logger?: Logger;
  /** Which records are kept and handed on. Default: all. */
  readonly levels?: LogLevels;
}

/** A node under test: it lives by virtual time, keeps its log, and is stopped with a check that nothing is left. */
export class TestNode {
  /** @internal */
  constructor(
    readonly node: Node,
    readonly clock: VirtualClock,
    /** What it has logged so far. */
    readonly log: readonly LogRecord[],
    /** The seed it was started with. */
    readonly seed: number | undefined,
  ) {}

  /** Starts a process whose code is the test's. */
  probe<M = unknown>(options?: ProbeOptions): Promise<Probe<M>> {
    return createProbe<M>(this.node, options);
  }

  /** Waits until its processes have done all they can do now. */
  settle(): Promise<void> {
    return this.clock.settle();
  }

  /** Lets time go by. @param ms milliseconds */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time go by until a promise settles, and gives what it gives. */
  until<T>(promise: PromiseLike<T>, options?: { readonly withinMs?: number }): Promise<T> {
    return this.clock.until(promise, options);
  }

  /** Begins a leak check: what is on the node now is no leak. */
  leakCheck(): LeakCheck {
    return leakCheck(this.node);
  }

  /**
   * Stops the node, letting time go by if that takes some.
   * @throws ExpectationError if it does not stop, or leaves something behind
   */
  async stop(): Promise<void> {
    await this.clock.until(this.node.stop());
    expectNothingLeft(this.node);
  }
}

const schema = z.strictObject({
  seed: z.number('a number').optional(),
  clock: z.instanceof(VirtualClock, { error: 'a virtual clock' }).optional(),
  messageIsolation: isolationSchema.optional(),
  logger: loggerSchema.optional(),
  levels: levelsSchema.optional(),
});

/**
 * Starts a node for a test, without a network: see `Simulation` for nodes that are connected.
 * @throws BadArgumentError if an option is wrong
 */
export async function createTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  checkOptions('createTestNode', schema, options);
  const { seed, clock = new VirtualClock(), messageIsolation = 'freeze' } = options;
  const { logger, levels = { default: 'all' } } = options;
  const log: LogRecord[] = [];
  const keep = (record: LogRecord): void => {
    log.push(record);
    logger?.log(record);
  };
  const nodeOptions = { clock, messageIsolation, logger: { log: keep }, levels };
  const random = seed === undefined ? undefined : new SeededRandom(seed);
  const chance = random === undefined ? {} : { random: random.fork('chance') };
  const scheduler = random === undefined ? undefined : new ShuffledScheduler(clock, random.fork('order'));
  const node = await bootNode({ ...nodeOptions, ...chance }, scheduler);
  return new TestNode(node, clock, log, seed);
}
