/** The part of the OS process that is told to stop: `process`, or a stand-in under test. */
export interface OsProcess {
  exitCode?: number | string | null | undefined;
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  listenerCount(signal: StopSignal): number;
  exit(code: number): unknown;
}

/** The signals by which an operating system, or a terminal, asks a program to end. */
type StopSignal = 'SIGINT' | 'SIGTERM';

/** Their numbers: a shell sees 128 more as the exit code of a program that they ended. */
const numbers: Readonly<Record<StopSignal, number>> = { SIGINT: 2, SIGTERM: 15 };

/**
 * Has the OS process stop in order: the first signal stops, a second one ends the process at once. Several may listen
 * in one process; the last of them that is done ends it, so that each can stop in order.
 */
export class ApplicationSignals {
  private stopping = false;

  /** @param stop stops what runs here; the process then ends with code 0 */
  constructor(
    private readonly os: OsProcess,
    private readonly stop: (signal: StopSignal) => Promise<void>,
  ) {
    os.on('SIGINT', this.onInterrupt);
    os.on('SIGTERM', this.onTerminate);
  }

  /** Listens no longer, unless it is about to end the process. */
  release(): void {
    if (!this.stopping) this.remove();
  }

  /** Ends the process with a code, once nobody else in it still stops in order. */
  async endProcess(code: number, stopped: Promise<void>): Promise<void> {
    this.stopping = true;
    try {
      await stopped;
    } finally {
      this.remove();
      this.os.exitCode = code;
      if (!this.isAwaited()) this.os.exit(code);
    }
  }

  private readonly onInterrupt = (): void => {
    this.receive('SIGINT');
  };

  private readonly onTerminate = (): void => {
    this.receive('SIGTERM');
  };

  private receive(signal: StopSignal): void {
    if (this.stopping) this.os.exit(128 + numbers[signal]);
    else void this.endProcess(0, this.stop(signal));
  }

  private remove(): void {
    this.os.off('SIGINT', this.onInterrupt);
    this.os.off('SIGTERM', this.onTerminate);
  }

  private isAwaited(): boolean {
    return this.os.listenerCount('SIGINT') + this.os.listenerCount('SIGTERM') > 0;
  }
}
