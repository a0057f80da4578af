import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { OsProcess, type OsProcessOptions } from './os-process';
import { OsShell } from './os-shell';
import { processesWith } from './os-survivors';

export const root = join(__dirname, '../..');
export const fromSource = ['--conditions=source', '-r', 'ts-node/register'];

/** Where and with what a process of the cluster runs, if not as the others. */
export type Surroundings = Partial<OsProcessOptions>;

/**
 * OS processes with a port mapper, a cookie and a home directory that nobody else has; none of them outlives `end`.
 */
export class OsCluster {
  /** Those that run: who has ended is forgotten. */
  private readonly running = new Set<OsProcess>();
  private readonly endings: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly mapperPort: number,
    readonly home: string,
    readonly cookie: string,
  ) {}

  static async start(cookie = 'a cookie for tests'): Promise<OsCluster> {
    const home = mkdtempSync(join(tmpdir(), 'trestle-home-'));
    return new OsCluster(await freePort(), home, cookie);
  }

  /** What every process of this cluster finds in its environment. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOME: this.home,
      NO_COLOR: '1',
      TRESTLE_MAPPER_PORT: String(this.mapperPort),
      TRESTLE_COOKIE: this.cookie,
      // Whatever was built beside the sources: they are what is tested.
      TRESTLE_FROM: 'source',
    };
  }

  /** Starts a TypeScript program. */
  program(file: string, args: readonly string[] = [], surroundings: Surroundings = {}): OsProcess {
    return this.run([process.execPath, ...fromSource, join(root, file), ...args], surroundings);
  }

  /** Starts the command line tool. */
  trestle(args: readonly string[], surroundings: Surroundings = {}): OsProcess {
    return this.run([process.execPath, join(root, 'packages/runtime/bin/trestle.js'), ...args], surroundings);
  }

  /** Starts a program by its path and arguments. */
  execute(command: readonly [string, ...string[]], surroundings: Surroundings = {}): OsProcess {
    return this.run(command, surroundings);
  }

  /** Starts a script of package.json, as a user would. */
  npm(script: string, args: readonly string[] = []): OsProcess {
    return this.run(['npm', 'run', '--silent', '--no-update-notifier', script, '--', ...args]);
  }

  /** Starts a shell that is told by lines what to do; without a name if there is none. */
  shell(name?: string, args: readonly string[] = [], surroundings: Surroundings = {}): OsShell {
    const named = name === undefined ? [] : ['--name', name];
    return new OsShell(this.trestle(['shell', ...named, ...args], surroundings));
  }

  /** The pids of what still runs of this cluster, children of children too: its home is in their environment. */
  survivors(): number[] {
    return processesWith('HOME', this.home);
  }

  /** Has something done at the end, while the processes run. */
  beforeEnd(act: () => Promise<unknown>): void {
    this.endings.push(act);
  }

  /** Kills what still runs, and waits until it is gone. */
  async end(): Promise<void> {
    await Promise.all(this.endings.splice(0).map((act) => act()));
    await Promise.all([...this.running].map((child) => child.signalGroup('SIGKILL')));
    for (const pid of this.survivors()) process.kill(pid, 'SIGKILL');
    // Whose parent is gone ends unheard.
    while (this.survivors().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    rmSync(this.home, { recursive: true, force: true });
  }

  private run(command: readonly [string, ...string[]], { cwd = root, env = this.env }: Surroundings = {}) {
    const process = new OsProcess(command, { cwd, env });
    this.running.add(process);
    const forget = () => this.running.delete(process);
    process.exited.then(forget, forget);
    return process;
  }
}
