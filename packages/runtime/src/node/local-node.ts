import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import type { ApplicationConfig } from '../terms/application-config';
import type { Clock, Random } from '../terms/clock';
import { BadArgumentError } from '../terms/errors';
import { prose } from '../terms/show';
import { sharing, type Isolation } from '../terms/isolation';
import type { MailboxOptions } from '../terms/mailbox-options';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import { RefSource } from '../terms/ref';
import { inspected } from '../terms/inspected';
import { Deadlines } from '../process/deadlines';
import type { LocalProcess } from '../process/local-process';
import { OpenPromises } from '../process/open-promises';
import { ProcessTable } from '../process/process-table';
import type { Scheduler } from '../process/scheduler';
import { TimerQueue } from '../process/timer-queue';
import { Timers } from '../process/timers';
import { Attachments } from './attachments/attachments';
import type { Distribution } from './distribution';
import { Gen } from './calls/gen';
import { LoadedCode } from './code/loaded-code';
import type { LogLevels } from './log/log-levels';
import type { Logger } from './log/loggers/logger';
import { NodeLog } from './log/node-log';
import type { Node } from './node';
import { NoDistribution } from './no-distribution';
import { NodeEvents } from './node-events';
import { NameServices } from './names/name-services';
import { OverflowLog } from './signals/overflow-log';
import { ForeignFunctions } from './code/foreign-functions';
import { IsolatingGen } from './calls/isolating-gen';
import { IsolatingRouter } from './signals/isolating-router';
import { NameRegistry } from './names/name-registry';
import { Router } from './signals/router';
import { NodeBodyRunner } from './spawn/body-runner';
import { schedulerFor, type WatchdogOptions } from './watchdog';

/** What a node is made from. */
export interface NodeSetup {
  readonly name: NodeName;
  /** Tells this life of the node from its others. */
  readonly creation: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What its config says of applications. */
  readonly applicationConfig?: ApplicationConfig | undefined;
  /** Who runs next. Default: whoever became ready first. */
  readonly scheduler?: Scheduler | undefined;
  /** Whether it is watched that nobody blocks the event loop. Default: yes. */
  readonly watchdog?: WatchdogOptions | false | undefined;
  /** How values pass from one process to another. Default: as they are. */
  readonly isolation?: Isolation | undefined;
  /** Whether functions that other nodes send as source are executed. Default: no. */
  readonly acceptFunctions?: boolean | undefined;
  /** Default: what is worth knowing, and what matters more. */
  readonly levels?: LogLevels | undefined;
}

/** A node as the runtime sees it: the parts that its processes, its behaviours and its connections share. */
export class LocalNode {
  readonly name: NodeName;
  readonly creation: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly applicationConfig: ApplicationConfig;
  readonly log: NodeLog;
  readonly scheduler: Scheduler;
  readonly table: ProcessTable;
  readonly registry = new NameRegistry();
  readonly services = new NameServices();
  readonly code = new LoadedCode();
  readonly foreignFunctions: ForeignFunctions;
  readonly attachments = new Attachments<LocalNode>(this);
  readonly refs: RefSource;
  readonly promises = new OpenPromises();
  readonly timerQueue: TimerQueue;
  readonly timers: Timers;
  readonly deadlines: Deadlines;
  /** Whoever calls functions for other nodes: it is told which node a cast comes from. */
  rpcServer: LocalProcess | undefined = undefined;
  readonly isolation: Isolation;
  readonly router: Router;
  readonly gen: Gen;
  readonly bodies: NodeBodyRunner;
  readonly events: NodeEvents;
  private readonly overflows: OverflowLog;
  /** The caller of requests that no process makes. */
  readonly pid: Pid;
  distribution: Distribution;
  /** What to stop, in order, before the processes: the last one first. */
  readonly stopHooks: (() => Promise<void>)[] = [];
  hasStopped = false;
  private face: Node | null = null;

  constructor(setup: NodeSetup) {
    this.name = setup.name;
    this.creation = setup.creation;
    this.clock = setup.clock;
    this.random = setup.random;
    this.foreignFunctions = new ForeignFunctions(setup.name, setup.acceptFunctions ?? false);
    this.applicationConfig = setup.applicationConfig ?? {};
    const { logger, levels, name, clock } = setup;
    const find = (pid: Pid): LocalProcess | undefined => this.table.get(pid);
    this.log = new NodeLog({ logger, levels, node: name, wallTime: () => clock.wallTime() }, find);
    this.events = new NodeEvents(this.log);
    this.overflows = new OverflowLog(this.log, setup.clock);
    this.scheduler = setup.scheduler ?? schedulerFor(clock, setup.watchdog, this);
    this.table = new ProcessTable(setup.name, setup.creation);
    this.pid = this.table.sparePid();
    this.refs = new RefSource(setup.name, setup.creation);
    this.timerQueue = new TimerQueue(setup.clock);
    this.bodies = new NodeBodyRunner(this.scheduler, this.timerQueue, this.promises, this.table);
    this.timers = new Timers(this.timerQueue, this.refs);
    this.deadlines = new Deadlines(setup.clock);
    const distribution = (): Distribution => this.distribution;
    this.isolation = setup.isolation ?? sharing;
    this.router = this.createRouter(distribution);
    this.gen = this.createGen(distribution);
    this.distribution = new NoDistribution(this.router);
  }

  /** For prompts and logs: what is a part of the node refers to it, and nobody who prints that means the whole node. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, creation } = this;
    return inspected('LocalNode', { name, creation }, depth, options);
  }

  /** Nodes that share are made of other parts than those that do not: to share costs nothing. */
  private createRouter(distribution: () => Distribution): Router {
    const { isolation, name, scheduler, table, registry, services } = this;
    const parts = [name, scheduler, table, registry, services, distribution] as const;
    return isolation === sharing ? new Router(...parts) : new IsolatingRouter(isolation, ...parts);
  }

  private createGen(distribution: () => Distribution): Gen {
    const { isolation, name, creation, pid, deadlines, router, promises, log } = this;
    const parts = [name, creation, pid, deadlines, router, promises, distribution] as const;
    return isolation === sharing ? new Gen(...parts) : new IsolatingGen(isolation, log, ...parts);
  }

  /** The node as its users see it; given once, when the node is put together. */
  get node(): Node {
    return this.face as Node;
  }
  set node(face: Node) {
    this.face = face;
  }

  /** @throws BadArgumentError if the node has stopped */
  checkRunning(): void {
    if (!this.hasStopped) return;
    const problem = { expected: 'a running node', got: prose('a stopped one') };
    throw new BadArgumentError({ call: `node ${this.name}`, ...problem });
  }

  /**
   * Makes a process that does nothing yet.
   * @param mailbox the bound of its mailbox, if that has one
   * @throws BadArgumentError if the node has stopped
   */
  createProcess(mailbox?: MailboxOptions): LocalProcess {
    this.checkRunning();
    if (mailbox === undefined) return this.table.create(this.router);
    const { maxMessages, policy = 'reject' } = mailbox;
    return this.table.createBounded(this.router, {
      maxMessages,
      policy,
      overflowed: this.overflows.overflowed,
    });
  }
}
