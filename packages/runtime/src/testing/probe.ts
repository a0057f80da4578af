import { z } from '#zod';
import type { Address } from '../terms/address';
import { show } from '../terms/show';
import { describeReason, type ExitReason } from '../terms/exit-reason';
import type { Down, SystemMessage } from '../terms/message';
import { durationSchema, flagSchema, functionSchema } from '../terms/option-schemas';
import { checkOptions } from '../terms/options';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { Clock } from '../terms/clock';
import type { Node, Self } from '../node/node';
import type { OfType, Received, ReceiveOptions, TypeOf } from '../node/verbs/received';
import { RunningNode } from '../node/running-node';
import type { LocalProcess } from '../process/local-process';
import { ExpectationError } from './expectation-error';
import { settle } from './settle';
import { virtualClockOf } from './virtual-clock-of';

/** How long a probe waits for a message unless told otherwise. ExUnit: the same. */
const defaultWithinMs = 100;

/** How a probe is started. */
export interface ProbeOptions {
  /** Whether exits of those it is linked to reach it as `EXIT` messages. Default true: else they end it. */
  readonly trapExit?: boolean;
}

/** Which message a probe expects, and how long it waits. */
export interface ExpectOptions<Message> {
  /** Only a message that passes counts. */
  readonly where?: (message: Message) => boolean;
  /** Milliseconds, of the node's clock: virtual ones go by at once. Default 100; 0 only looks. */
  readonly withinMs?: number;
}

/**
 * A process whose code is the test's: it sends, links, monitors, and says what it has received. On a virtual clock
 * time goes by while it waits.
 */
export class Probe<M = unknown> {
  /** @internal */
  constructor(
    /** Everything a process can do. */
    readonly self: Self<M>,
    private readonly process: LocalProcess,
    private readonly clock: Clock,
    private readonly leave: () => void,
  ) {}

  get pid(): Pid<M> {
    return this.self.pid;
  }

  /** Sends a message in the probe's name. */
  send(to: Address, message: unknown): void {
    this.self.send(to, message);
  }

  /** Monitors a process; its `DOWN` reaches the probe. @returns the reference of that `DOWN` */
  monitor(target: Address): Ref {
    return this.self.monitor(target);
  }

  /** Links the probe with a process; its exit reaches the probe as `EXIT`, unless it was told not to trap. */
  link(pid: Pid): void {
    this.self.link(pid);
  }

  /** As `self.receive`: waits, without letting virtual time go by. */
  get receive(): Self<M>['receive'] {
    return this.self.receive.bind(this.self);
  }

  /**
   * Waits for a message, of the given `type` or types if any, and takes it out of the mailbox; others stay.
   * @throws ExpectationError if none comes in time; its text says what did come
   */
  expectMessage<const T extends TypeOf<Received<M>>>(
    type: T | readonly T[],
    options?: ExpectOptions<OfType<Received<M>, T>>,
  ): Promise<OfType<Received<M>, T>>;
  expectMessage(type?: undefined, options?: ExpectOptions<M | SystemMessage>): Promise<M | SystemMessage>;
  // The overloads say what comes out for which type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async expectMessage(type?: any, options: ExpectOptions<any> = {}): Promise<any> {
    checkOptions('expectMessage', expectSchema, options);
    const { where, withinMs = defaultWithinMs } = options;
    const message = await this.wait(type, where, withinMs);
    if (message !== undefined) return message.found;
    throw new ExpectationError(
      `expectMessage${named(type)}: none came within ${String(withinMs)} ms; ${this.describeMailbox()}`,
    );
  }

  /**
   * Waits, and is content if no message comes, of the given `type` or types if any.
   * @throws ExpectationError if one does; it is not in the mailbox any more
   */
  async expectNoMessage<const T extends TypeOf<Received<M>>>(
    type?: T | readonly T[],
    options: ExpectOptions<OfType<Received<M>, T>> = {},
  ): Promise<void> {
    checkOptions('expectNoMessage', expectSchema, options);
    const { where, withinMs = defaultWithinMs } = options;
    const message = await this.wait(type, where as Guard | undefined, withinMs);
    if (message === undefined) return;
    throw new ExpectationError(`expectNoMessage${named(type)}: got ${show(message.found)}`);
  }

  /**
   * Waits for the `DOWN` of a monitor that stands.
   * @throws ExpectationError if it does not come in time
   */
  expectDown(ref: Ref, { withinMs = defaultWithinMs }: { readonly withinMs?: number } = {}): Promise<Down> {
    const ofRef = (down: Down): boolean => down.ref === ref;
    // Any process may receive a DOWN, which the compiler cannot see while `M` is open.
    return (this as unknown as Probe<Down>).expectMessage('DOWN', { where: ofRef, withinMs });
  }

  /**
   * Monitors a process and waits for its end.
   * @returns why it ended; `'noproc'` if it had ended before
   * @throws ExpectationError if it does not end in time
   */
  async expectEnd(target: Address, options: { readonly withinMs?: number } = {}): Promise<ExitReason> {
    const ref = this.monitor(target);
    try {
      return (await this.expectDown(ref, options)).reason;
    } finally {
      if (!this.process.hasEnded) this.self.demonitor(ref, { flush: true });
    }
  }

  /** The messages that wait in its mailbox, the oldest first; they stay there. */
  messages(): unknown[] {
    const { mailbox, queueLength } = this.process;
    return Array.from({ length: queueLength }, (_, index) => mailbox.messageAt(index));
  }

  /** Ends the probe, with `'normal'`. */
  end(): void {
    this.leave();
  }

  /** What comes, wrapped, because a message may be `undefined` too. */
  private async wait(
    type: unknown,
    where: Guard | undefined,
    withinMs: number,
  ): Promise<{ readonly found: unknown } | undefined> {
    let ended = (): void => undefined;
    const end = new Promise<never>((_, reject) => {
      ended = (): void => {
        reject(new ExpectationError(`the probe has ended: ${describeReason(this.process.exitReason)}`));
      };
    });
    // It may end while the node settles, before anyone waits for this promise.
    end.catch(() => undefined);
    if (this.process.hasEnded) ended();
    this.process.onEnd(ended);
    try {
      await settle(this.self.node);
      return await this.orEnd(Promise.race([this.takeWithin(withinMs, type, where), end]));
    } finally {
      this.process.offEnd(ended);
    }
  }

  /** What becomes ready at the last moment counts. */
  private async takeWithin(
    withinMs: number,
    type: unknown,
    where: Guard | undefined,
  ): Promise<{ readonly found: unknown } | undefined> {
    const found = await this.take(type, where, withinMs);
    if (found !== undefined || withinMs === 0) return found;
    await settle(this.self.node);
    return this.take(type, where, 0);
  }

  private async take(
    type: unknown,
    where: Guard | undefined,
    afterMs: number,
  ): Promise<{ readonly found: unknown } | undefined> {
    let found = false;
    const fits = (message: unknown): boolean => (found = where === undefined || where(message));
    const options = { where: fits, afterMs } as ReceiveOptions<unknown> as never;
    const message: unknown = await this.self.receive(type as never, options);
    return isTrue(found) ? { found: message } : undefined;
  }

  private orEnd<T>(waiting: Promise<T>): Promise<T> {
    return virtualClockOf(this.clock)?.until(waiting) ?? waiting;
  }

  private describeMailbox(): string {
    const messages = this.messages();
    if (messages.length === 0) return 'the mailbox is empty';
    return `the mailbox holds ${messages.map(show).join(', ')}`;
  }
}

/** Starts a probe on a node. @throws BadArgumentError if `node` is none, or has stopped */
export function createProbe<M = unknown>(node: Node, options: ProbeOptions = {}): Promise<Probe<M>> {
  const { table, clock } = RunningNode.partsOf('createProbe', node);
  checkOptions('createProbe', probeSchema, options);
  return new Promise((resolve) => {
    node.spawn<M>((self) => {
      self.label = 'probe';
      self.trapExit(options.trapExit ?? true);
      const process = table.get(self.pid) as LocalProcess;
      return new Promise<void>((leave) => {
        resolve(new Probe(self, process, clock, leave));
      });
    });
  });
}

type Guard = (message: unknown) => boolean;

const probeSchema = z.strictObject({ trapExit: flagSchema.optional() });
const expectSchema = z.strictObject({
  where: functionSchema().optional(),
  withinMs: durationSchema.optional(),
});

function named(type: unknown): string {
  if (type === undefined) return '';
  return ` ${(Array.isArray(type) ? type : [type]).map((one) => `'${String(one)}'`).join(' or ')}`;
}

/** A flag that others set meanwhile, which the compiler cannot see. */
function isTrue(flag: boolean): boolean {
  return flag;
}
