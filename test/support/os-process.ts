import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How an OS process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface OsProcessOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A test that waits for output that never comes is told what came instead, before jest gives it up. */
const patienceMs = 15_000;

/** A child OS process, with a process group of its own, whose output can be waited for. */
export class OsProcess {
  /** What it has printed so far. */
  stdout = '';
  /** What it has logged so far. */
  stderr = '';
  /** How it ended, once it has, and all of its output has arrived. */
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly child: ChildProcess;

  constructor(
    private readonly command: readonly [string, ...string[]],
    { cwd, env }: OsProcessOptions,
  ) {
    const [file, ...args] = command;
    this.child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.wake();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.wake();
    });
    // A process may end before it has read what was written to it.
    this.child.stdin!.on('error', () => {});
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      this.exit = { code, signal };
      this.wake();
      return this.exit;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it has printed and logged so far, for the reader of a failure. */
  get transcript(): string {
    const end = this.exit === undefined ? 'still runs' : `ended with ${JSON.stringify(this.exit)}`;
    return `${this.command.join(' ')} (${this.pid}) ${end}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  write(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Closes its standard input. */
  endInput(): void {
    this.child.stdin!.end();
  }

  /** Reads nothing more, as a terminal that was closed: what it prints from now on fails. */
  stopReading(): void {
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  /**
   * Waits until a pattern matches what it has printed.
   * @param from the place in the output at which the search begins
   */
  prints(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return this.until(pattern, () => this.stdout.slice(from));
  }

  /**
   * Waits until a pattern matches what it has logged.
   * @param from the place in the log at which the search begins
   */
  logs(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return this.until(pattern, () => this.stderr.slice(from));
  }

  /** Sends a signal to the process alone. */
  signal(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exited;
  }

  /** Sends a signal to the process and all its descendants, as a terminal does for Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): Promise<Exit> {
    if (groupLives(this.pid)) process.kill(-this.pid, signal);
    return this.exited;
  }

  /** Makes it hang, until `resume`. */
  suspend(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Whether it or a descendant still runs. */
  get lives(): boolean {
    return groupLives(this.pid);
  }

  private until(pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        act();
      };
      const look = (): void => {
        const found = pattern.exec(text());
        if (found !== null) settle(() => resolve(found));
        else if (this.exit !== undefined) fail('before it ended');
      };
      const fail = (when: string): void =>
        settle(() => reject(new Error(`${pattern} did not come ${when}:\n${this.transcript}`)));
      const timer = setTimeout(() => fail('in time'), patienceMs);
      this.waiting.add(look);
      look();
    });
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}

/** Whether a process group has a process. */
function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
