import { Worker } from 'node:worker_threads';
import type { Pulse, PulseOpening } from './pulse-line';
import { pulseGreeting } from './pulse-proof';
import { pulseProgram, type PulseServerData, type PulseServerReport } from './pulse-server';

/** What strangers can push against. */
export const pulseLimits = { maxConnections: 256, maxBytes: 2_048, timeoutMs: 1_000 } as const;

/** The thread holds a listener and a few connections. In MB. */
const memory = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4 } as const;

/**
 * Opens the pulse of a node: a thread that listens, and keeps neither the program nor the event loop going.
 * @throws Error if it cannot listen
 */
export function openPulse(opening: PulseOpening): Promise<Pulse> {
  return new Promise((resolve, reject) => {
    const thread = new PulseThread(opening);
    thread.start(resolve, reject);
  });
}

class PulseThread implements Pulse {
  port = 0;
  private readonly heart = new BigInt64Array(new SharedArrayBuffer(16));
  private readonly worker: Worker;
  private isOver = false;

  constructor(private readonly opening: PulseOpening) {
    this.beat();
    // Nothing of the node's own surroundings: no loader that would compile for it, no variables, no arguments.
    this.worker = new Worker(pulseProgram(), {
      eval: true,
      name: 'trestle pulse',
      workerData: this.data(),
      resourceLimits: memory,
      execArgv: [],
      env: {},
    });
  }

  start(resolve: (pulse: Pulse) => void, reject: (error: Error) => void): void {
    const { worker } = this;
    worker.on('message', (report: PulseServerReport) => {
      if ('port' in report) {
        this.port = report.port;
        worker.unref();
        resolve(this);
      } else this.fail(report.problem, reject);
    });
    worker.on('error', (error) => {
      this.fail(error.message, reject);
    });
    worker.on('exit', () => {
      this.fail('its thread has ended', reject);
    });
  }

  beat(): void {
    Atomics.store(this.heart, 0, process.hrtime.bigint());
    Atomics.add(this.heart, 1, 1n);
  }

  accept(secrets: readonly string[]): void {
    this.worker.postMessage(secrets);
  }

  async close(): Promise<void> {
    this.isOver = true;
    await this.worker.terminate();
  }

  private fail(problem: string, reject: (error: Error) => void): void {
    if (this.isOver) return;
    this.isOver = true;
    void this.worker.terminate();
    reject(new Error(problem));
    if (this.port > 0) this.opening.onEnd(problem);
  }

  private data(): PulseServerData {
    const { host, port, self, secrets, beatMs } = this.opening;
    const beats = this.heart.buffer;
    return { host, port, ...self, greeting: pulseGreeting, secrets, beatMs, beats, limits: pulseLimits };
  }
}
