import type { Node, Self } from '../node/node';
import type { ExitReason } from '../terms/exit-reason';
import { byReference } from '../terms/isolation';
import type { Pid } from '../terms/pid';
import { InterruptedError } from './prompt/evaluator';
import { ShellMailbox } from './shell-mailbox';

/** A message to itself, by which the shell knows that all earlier ones have arrived. */
class Mark {
  readonly [byReference] = true;

  constructor(readonly reached: () => void) {}
}

/**
 * The process in whose name the shell acts. When it ends, because a process it is linked to crashed for example, a
 * fresh one takes its place, as in iex: what was typed is gone, the shell is not.
 */
export class ShellProcess {
  private current!: Self;
  private mailbox = new ShellMailbox();
  /** How often commands were given up. */
  private givenUp = 0;
  /** Fails what commands wait for outside of the mailbox. */
  private readonly waiting = new Set<(error: Error) => void>();
  private closed = false;

  private constructor(
    readonly node: Node,
    private readonly onEnd: (pid: Pid, reason: ExitReason) => void,
  ) {}

  /**
   * Starts the shell's process.
   * @param onEnd hears of each process that another has replaced
   */
  static async start(node: Node, onEnd: (pid: Pid, reason: ExitReason) => void): Promise<ShellProcess> {
    const shell = new ShellProcess(node, onEnd);
    await shell.spawn();
    return shell;
  }

  /** What the shell speaks through. */
  get self(): Self {
    return this.current;
  }

  /**
   * Looks into the mailbox, once the messages that are on their way on this node have arrived; never if the command
   * that asks is given up before.
   */
  whenArrived<T>(look: (mailbox: ShellMailbox) => T | Promise<T>): Promise<T> {
    const { mailbox, givenUp } = this;
    return new Promise((resolve) => {
      const reached = (): void => {
        if (givenUp === this.givenUp) resolve(look(mailbox));
      };
      this.current.send(this.current.pid, new Mark(reached));
    });
  }

  /** What a promise gives; fails if the command is given up before, so that a loop around it ends. */
  unlessGivenUp<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      void promise.then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }

  /** Whatever the last command waits for, it waits no longer. */
  giveUp(): void {
    this.givenUp += 1;
    this.mailbox.giveUp();
    for (const fail of this.waiting) fail(new InterruptedError('interrupted'));
  }

  /** Ends the process; there is no other. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (!this.current.signal.aborted) this.current.exitSignal(this.current.pid, 'kill');
  }

  private spawn(): Promise<void> {
    return new Promise((resolve) => {
      this.node.spawn(async (self) => {
        self.label = 'shell';
        this.current = self;
        this.mailbox = new ShellMailbox();
        const { mailbox } = this;
        self.signal.addEventListener('abort', () => {
          this.ended(self);
        });
        resolve();
        for (;;) take(mailbox, await self.receive());
      });
    });
  }

  private ended(self: Self): void {
    this.giveUp();
    if (this.closed) return;
    this.spawn().then(
      () => {
        this.onEnd(self.pid, self.signal.reason);
      },
      // The node is the reason; then there is no next one.
      () => (this.closed = true),
    );
  }
}

function take(mailbox: ShellMailbox, message: unknown): void {
  if (message instanceof Mark) message.reached();
  else mailbox.put(message);
}
