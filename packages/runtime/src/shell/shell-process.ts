import type { Node, Self } from '../node/node';
import type { ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import { ShellMailbox } from './shell-mailbox';

/** A message to itself, by which the shell knows that all earlier ones have arrived. */
class Mark {
  constructor(readonly reached: () => void) {}
}

/**
 * The process in whose name the shell acts. When it ends, because a process it is linked to crashed for example, a
 * fresh one takes its place, as in iex: what was typed is gone, the shell is not.
 */
export class ShellProcess {
  private current!: Self;
  private mailbox = new ShellMailbox();
  private closed = false;

  private constructor(
    readonly node: Node,
    private readonly onEnd: (pid: Pid, reason: ExitReason) => void,
  ) {}

  /**
   * Starts the shell's process.
   * @param onEnd hears of each process that ended before the shell was closed
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

  /** The messages that nobody has taken yet, once those that are on their way on this node have arrived. */
  async arrived(): Promise<ShellMailbox> {
    const { mailbox } = this;
    await new Promise<void>((resolve) => {
      this.current.send(this.current.pid, new Mark(resolve));
    });
    return mailbox;
  }

  /** Whatever the last command waits for in the mailbox, it waits no longer. */
  giveUp(): void {
    this.mailbox.giveUp();
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
    // The node may be the reason; then there is no next one.
    this.spawn().catch(() => {
      this.closed = true;
    });
    this.onEnd(self.pid, self.signal.reason);
  }
}

function take(mailbox: ShellMailbox, message: unknown): void {
  if (message instanceof Mark) message.reached();
  else mailbox.put(message);
}
