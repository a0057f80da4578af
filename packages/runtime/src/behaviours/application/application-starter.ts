import { StartError } from '../../terms/errors';
import type { LocalNode } from '../../node/local-node';
import { stopWithNode } from '../../node/stop/stop-hook';
import { ApplicationController } from './application-controller';
import { ApplicationMaster, type ApplicationPlan } from './application-master';
import type { AnyApplication, StartApplicationOptions } from './application-options';
import { dependenciesOf, startOrder } from './application-order';
import { NodeSignals } from './node-signals';
import { RunningApplication } from './running-application';
import { startReason } from '../gen-server/start-reason';
import { startServer } from '../gen-server/start-server';

/** One start of applications, with what must run for them. */
interface Start {
  readonly call: string;
  /** What was asked for. */
  readonly wanted: readonly AnyApplication[];
  /** What is started for it, in order. */
  readonly order: readonly AnyApplication[];
  readonly options: StartApplicationOptions;
  /** What is stopped again if it fails: what it has started, and what others that failed have left to it. */
  readonly toUndo: RunningApplication[];
}

/** Starts the applications of a node: what they need first, each once, all of them or none. */
export class ApplicationStarter {
  private readonly controller: ApplicationController;
  private readonly signals: NodeSignals;
  private readonly starts = new Set<Start>();

  constructor(private readonly local: LocalNode) {
    this.controller = local.attachments.get(ApplicationController);
    this.signals = local.attachments.get(NodeSignals);
  }

  /**
   * Starts applications, and before them what they need.
   * @returns those that this has started, in order
   * @throws BadArgumentError if something of an application is wrong: nothing was started
   * @throws StartError if one of them did not start: those before it were stopped
   */
  async start(
    call: string,
    wanted: readonly AnyApplication[],
    options: StartApplicationOptions,
  ): Promise<RunningApplication[]> {
    const order = startOrder(call, wanted, this.controller);
    const [to] = wanted;
    this.controller.load(
      order,
      to === undefined || options.env === undefined ? {} : { to, env: options.env },
    );
    const start: Start = { call, wanted, order, options, toUndo: [] };
    this.starts.add(start);
    try {
      return await this.perform(start);
    } finally {
      this.starts.delete(start);
    }
  }

  private async perform(start: Start): Promise<RunningApplication[]> {
    const started: RunningApplication[] = [];
    for (const application of start.order) {
      if (this.controller.isRunning(application.name)) continue;
      try {
        const own = await this.startOne(start, application);
        if (own === undefined) continue;
        started.push(own);
        start.toUndo.push(own);
      } catch (error) {
        await this.undo(start);
        throw this.failure(start, application, error);
      }
    }
    return started;
  }

  /** @returns the application, unless somebody else has been starting it */
  private async startOne(start: Start, application: AnyApplication): Promise<RunningApplication | undefined> {
    const leaving = this.controller.leaving(application.name);
    if (leaving !== undefined) {
      await this.leave(leaving, application);
      if (this.controller.isRunning(application.name)) return undefined;
    }
    const { starting } = this.controller;
    const other = starting.get(application.name);
    if (other !== undefined) {
      await other.started;
      return undefined;
    }
    this.checkDependencies(start.call, application);
    const running = this.newApplication(start, application);
    const plan = this.planOf(running);
    const launcher = { local: this.local, starter: null, link: false };
    const started = startServer(launcher, ApplicationMaster, { args: plan });
    stopWithNode(this.local, started, () => running.stop());
    starting.set(application.name, { application: running, started });
    try {
      await started;
      return running;
    } catch (error) {
      running.hasNotStarted();
      throw error;
    } finally {
      starting.delete(application.name);
    }
  }

  /** Waits for the end of one that is being stopped: it is started anew. */
  private async leave(leaving: RunningApplication, application: AnyApplication): Promise<void> {
    await leaving.stop();
    this.controller.load([application]);
  }

  /** What it needs ran when the start was planned, or was started: it may have ended since. */
  private checkDependencies(call: string, application: AnyApplication): void {
    for (const needed of dependenciesOf(application)) {
      if (this.controller.isRunning(needed)) continue;
      throw new StartError(call, {
        type: 'failedToStartApplication',
        application: needed,
        reason: 'notStarted',
      });
    }
  }

  private newApplication({ wanted, options }: Start, application: AnyApplication): RunningApplication {
    const type = options.type ?? application.type ?? 'permanent';
    const handleSignals = options.handleSignals ?? wanted.some((other) => other.handleSignals !== false);
    const loaded = this.controller.loadedAs('startApplication', application.name);
    return new RunningApplication(this.local, loaded, { type, handleSignals }, this.signals);
  }

  private planOf(running: RunningApplication): ApplicationPlan {
    const { controller } = this;
    return {
      application: running.loaded.definition,
      envOf: ({ name }) => controller.envOf(name) ?? {},
      onBegun: (master) => {
        running.pid = master;
      },
      onStarted: (root) => {
        controller.running.set(running.name, running);
        running.hasStarted(root);
      },
      onEnd: (reason) => {
        if (controller.running.get(running.name) !== running) return;
        controller.running.delete(running.name);
        running.hasEnded(reason);
      },
    };
  }

  /** Stops what was started on behalf of others that did not start, unless somebody else needs it by now. */
  private async undo(start: Start): Promise<void> {
    this.starts.delete(start);
    const { toUndo } = start;
    for (const application of toUndo.toReversed()) {
      if (this.isNeeded(application.name, toUndo)) continue;
      // A start that needs it has it from now on, and stops it if it fails as well.
      const heir = [...this.starts].find(({ order }) => needs(order, application.name));
      if (heir === undefined) await application.stop();
      else heir.toUndo.unshift(application);
    }
  }

  private isNeeded(name: string, toUndo: readonly RunningApplication[]): boolean {
    const running = [...this.controller.running.values()].filter((other) => !toUndo.includes(other));
    return needs(
      running.map(({ loaded }) => loaded.definition),
      name,
    );
  }

  private failure({ call, wanted }: Start, application: AnyApplication, error: unknown): StartError {
    const reason = startReason(error);
    if (wanted.length === 1 && wanted[0] === application) return new StartError(call, reason);
    return new StartError(call, { type: 'failedToStartApplication', application: application.name, reason });
  }
}

/** Whether an application is one of others, or one of them needs it. */
function needs(others: readonly AnyApplication[], name: string): boolean {
  return others.some((other) => other.name === name || dependenciesOf(other).includes(name));
}
