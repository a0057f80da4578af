import { errorToData } from '../../terms/exit-reason';
import type { NodeLog } from '../../node/log/node-log';
import type { Clock, Random } from '../../terms/clock';
import { MapperConnection } from './mapper-connection';
import { NodeNameTakenError, PortMapperError } from './mapper-error';
import { MapperServer } from './mapper-server';

export interface PortMapperOptions {
  /** The host part of the node's name. */
  readonly host: string;
  /** The mapper's port (see `mapperPort`). */
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: NodeLog;
  /** Told of the names that are known, whenever they change while this node serves. */
  readonly namesChanged: (names: readonly string[]) => void;
}

/** A node that finds neither a mapper nor a free port this often gives up: somebody else has the port. */
const attempts = 12;
/** Between two attempts; nodes that race for the port do not meet again at once. */
const pauseMs = 10;
/** Between two attempts to register again when the mapper is gone for good. */
const retryMs = 1_000;

interface Registered {
  readonly name: string;
  readonly port: number;
}

/**
 * The part of the port mapper that lives in this node: it serves the whole host if nobody else does, else it keeps a
 * connection to the node that does, and takes over when that one goes. OTP: epmd, without the daemon.
 */
export class PortMapper {
  private server: MapperServer | null = null;
  /** What is going on; never rejects. */
  private work: Promise<unknown> = Promise.resolve();
  private readonly stopping = new AbortController();

  /** Makes it; nothing is opened before `register`. */
  static start(options: PortMapperOptions): PortMapper {
    return new PortMapper(options);
  }

  private constructor(private readonly options: PortMapperOptions) {}

  /**
   * Registers this node, until `stop`.
   * @param name the part of its name before the `@`
   * @param port where it listens
   * @throws NodeNameTakenError if another node of this host has the name
   * @throws PortMapperError if there is no port mapper and this node cannot be it
   */
  register(name: string, port: number): Promise<void> {
    const enrolled = this.enrol({ name, port }, false);
    this.work = enrolled.catch(() => undefined);
    return enrolled;
  }

  /** Gives up the name, and the mapper if this node serves it. Nothing stays open. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
    await this.server?.close();
    this.server = null;
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Joins the mapper, or becomes it, whichever is possible first. */
  private async enrol(self: Registered, tookOver: boolean): Promise<void> {
    for (let attempt = 0; attempt < attempts && !this.isStopping; attempt += 1) {
      if (attempt > 0) await this.pause(pauseMs * (1 + this.options.random.float()));
      if ((await this.join(self)) || (await this.serve(self, tookOver))) return;
    }
    if (this.isStopping) return;
    const { host, port } = this.options;
    throw new PortMapperError(
      `the port mapper's port ${port} is taken, but nothing answers at ${host}:${port}`,
    );
  }

  private async join(self: Registered): Promise<boolean> {
    const { host, port, clock } = this.options;
    const { signal } = this.stopping;
    const result = await MapperConnection.ask({ host, port, clock, signal }, { type: 'register', ...self });
    if (result === undefined) return false;
    const { answer, connection } = result;
    if (answer.type === 'registered') {
      if (connection.isClosed) return false;
      connection.onClose = () => this.lost(self);
      return true;
    }
    connection.close();
    if (answer.type === 'taken') throw new NodeNameTakenError(self.name);
    throw new PortMapperError(`the port mapper at ${host}:${port} lets only nodes of its own host register`);
  }

  private async serve(self: Registered, tookOver: boolean): Promise<boolean> {
    if (this.isStopping) return false;
    const { host, port, clock, namesChanged } = this.options;
    const options = { host, port, clock, tookOver, namesChanged };
    const server = await MapperServer.listen(options).catch((error: unknown) => {
      throw new PortMapperError(
        `the port mapper's port ${port} cannot be opened: ${(error as Error).message}`,
      );
    });
    if (server === undefined) return false;
    server.register(self.name, self.port);
    this.server = server;
    return true;
  }

  /** The node that served is gone: this one registers again, wherever the mapper is then. */
  private lost(self: Registered): void {
    if (!this.isStopping) this.work = this.recover(self);
  }

  private async recover(self: Registered): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.enrol(self, true);
        return;
      } catch (error) {
        const problem = `the name ${self.name} is not registered: ${(error as Error).message}`;
        this.options.log.report('error', { type: 'nodeError', problem, error: errorToData(error) });
        await this.pause(retryMs);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      const timer = this.options.clock.setTimer(done, ms);
      function done(): void {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
