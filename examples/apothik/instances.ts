// The OS processes of the cluster, started from this one. None of them outlives it: the channel between the two closes
// when this process ends, however it ends, and an instance stops when its channel closes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { instanceNumbers } from './cluster-config';

const fromSource = ['--conditions=source', '-r', 'ts-node/register'];
const colors = ['cyan', 'yellow', 'green', 'magenta', 'blue'] as const;

export class Instances {
  private readonly running = new Set<ChildProcess>();
  private stopping = false;

  /**
   * @param print shows a line that an instance has logged
   * @param phase what the instances are to be told of the phase
   */
  constructor(
    private readonly print: (line: string) => void,
    private readonly phase: readonly string[] = [],
  ) {}

  /** Starts all of them; resolves when they are connected with each other. */
  async startAll(): Promise<void> {
    await Promise.all(instanceNumbers.map((number) => this.start(number)));
  }

  /** Stops all of them, and waits until they are gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    const running = [...this.running];
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(running.map((child) => once(child, 'close')));
  }

  /** Ends what does not stop by itself. */
  kill(): void {
    for (const child of this.running) child.kill('SIGKILL');
  }

  private start(number: number): Promise<void> {
    const program = [...fromSource, join(__dirname, 'instance.ts'), String(number), ...this.phase];
    const child = spawn(process.execPath, program, {
      // The cookie is in the environment, or in the home directory: nothing secret is on a command line.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: Ctrl-C at the shell's prompt ends a command, not the cluster.
      detached: true,
    });
    this.running.add(child);
    const say = this.voiceOf(number);
    for (const stream of [child.stdout, child.stderr]) createInterface(stream!).on('line', say);
    return new Promise((resolve, reject) => {
      child.once('message', () => {
        resolve();
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.running.delete(child);
        const how = signal === null ? `exit code ${String(code)}` : signal;
        if (!this.stopping) say(`ended (${how})`);
        reject(new Error(`apothik_${String(number)} ended before it was ready (${how})`));
      });
    });
  }

  private voiceOf(number: number): (line: string) => void {
    const name = `apothik_${String(number)} |`;
    const color = colors[number % colors.length]!;
    const label = process.stderr.isTTY ? styleText(color, name) : name;
    return (line) => {
      this.print(`${label} ${line}`);
    };
  }
}
