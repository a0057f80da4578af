import {
  GenServer,
  noReply,
  reply,
  startNode,
  stop,
  TrestleError,
  type CallResult,
  type Next,
  type Node,
  type Pid,
} from '@trestle/runtime';
import {
  expectNothingLeft,
  leakCheck,
  settle,
  type LeakCheck,
  type SeededRandom,
} from '@trestle/runtime/testing';

import type { Victim } from './victim';

const host = '127.0.0.1';
const callTimeoutMs = 40;
/** How long a worker lives at most. */
const lifeMs = 80;
/** Things that go on at once. */
const actionsOfRound = 24;
/** How long what a round has begun may take to end, in ms. */
const quietMs = 10_000;

class Worker extends GenServer<any, any> {
  override handleCall(request: any): CallResult {
    if (request === 'echo') return reply(request, request);
    return request === 'die' ? stop('shutdown') : noReply();
  }
  override handleInfo(): Next {
    return stop('normal');
  }
}

interface Member {
  readonly node: Node;
  readonly check: LeakCheck;
}

/** How often what was done. */
export type Tally = Record<ActionName, number> & { rounds: number; refused: number };

type ActionName = 'calls' | 'watches' | 'links' | 'timers' | 'disconnects' | 'restarts' | 'kills';
const names: readonly ActionName[] = [
  'calls',
  'watches',
  'links',
  'timers',
  'disconnects',
  'restarts',
  'kills',
];
/** Restarts and disconnects are rare, or nothing else would ever be finished. */
const weights: Record<ActionName, number> = {
  calls: 8,
  watches: 5,
  links: 5,
  timers: 4,
  disconnects: 2,
  restarts: 1,
  kills: 1,
};
const lottery = names.flatMap((name) => Array<ActionName>(weights[name]).fill(name));

export interface ChurnOptions {
  readonly nodes: number;
  readonly mapperPort: number;
  readonly random: SeededRandom;
  /** A node in an OS process of its own, to be killed. Default: none is. */
  readonly victim?: Victim;
}

/** Nodes that start, die and reconnect over real sockets, and processes that call, watch, link and wait on them. */
export class Churn {
  readonly tally: Tally = {
    calls: 0,
    watches: 0,
    links: 0,
    timers: 0,
    disconnects: 0,
    restarts: 0,
    kills: 0,
    rounds: 0,
    refused: 0,
  };
  private readonly members: Member[] = [];
  private readonly restarting = new Set<number>();

  private constructor(private readonly options: ChurnOptions) {}

  static async start(options: ChurnOptions): Promise<Churn> {
    const churn = new Churn(options);
    for (let i = 0; i < options.nodes; i += 1) churn.members.push(await churn.begin(i));
    await churn.meet();
    return churn;
  }

  /**
   * Does many things at once, and waits until all of them have ended.
   * @throws Error that names what is left of them
   */
  async round(): Promise<void> {
    const { random } = this.options;
    const possible = this.options.victim === undefined ? lottery.filter((name) => name !== 'kills') : lottery;
    const wanted = Array.from({ length: actionsOfRound }, () => random.pick(possible));
    await Promise.all(wanted.map((name) => this.attempt(name)));
    await this.quiet();
    await this.meet();
    this.tally.rounds += 1;
  }

  /** @throws ExpectationError that names what is left of the nodes */
  async end(): Promise<void> {
    await this.options.victim?.end();
    const nodes = this.members.map(({ node }) => node);
    await Promise.all(nodes.map((node) => node.stop()));
    expectNothingLeft(...nodes);
  }

  private async attempt(name: ActionName): Promise<void> {
    this.tally[name] += 1;
    try {
      await this[name]();
    } catch (error) {
      // A node that is stopped, or lost, says so; anything else is a finding.
      if (!(error instanceof TrestleError)) throw error;
      this.tally.refused += 1;
    }
  }

  private async calls(): Promise<void> {
    const [here, there] = this.pair();
    const worker = await this.worker(there);
    const request = this.options.random.pick(['echo', 'slow', 'die']);
    await here.call<any, any>(worker, request, { timeoutMs: callTimeoutMs });
  }

  private async watches(): Promise<void> {
    const [here, there] = this.pair();
    const worker = await this.worker(there);
    here.spawn<any>(async (self) => {
      self.monitor(worker);
      await self.receive('DOWN');
    });
  }

  private async links(): Promise<void> {
    const [here, there] = this.pair();
    const worker = await this.worker(there);
    here.spawn<any>(async (self) => {
      self.trapExit(true);
      self.link(worker);
      await self.receive('EXIT');
    });
  }

  private timers(): void {
    const [here, there] = this.pair();
    const { random } = this.options;
    const sleeper = there.spawn<any>(async (self) => {
      await self.receive();
    });
    // The connection may be lost before the messages below come, or with them.
    there.sendAfter(sleeper, 'wake', lifeMs);
    const timers = [1, 2, 3].map(() => here.sendAfter(sleeper, 'wake', random.below(lifeMs)));
    if (random.chance(0.5)) for (const timer of timers.slice(1)) here.cancelTimer(timer);
  }

  /** Starts a worker that ends by itself, whatever becomes of the one who wants something of it. */
  private async worker(node: Node): Promise<Pid> {
    const worker: Pid = await node.start(Worker);
    node.sendAfter(worker, 'end', this.options.random.below(lifeMs));
    return worker;
  }

  private async disconnects(): Promise<void> {
    const [here, there] = this.pair();
    await here.disconnect(there.name);
    if (this.options.random.chance(0.5)) await here.connect(there.name);
  }

  private async restarts(): Promise<void> {
    const index = this.options.random.below(this.members.length);
    const { node } = this.members[index]!;
    if (this.restarting.has(index)) return;
    this.restarting.add(index);
    await node.stop();
    expectNothingLeft(node);
    try {
      this.members[index] = await this.begin(index);
    } catch (error) {
      // The name is free, and so is its port: nothing may keep it from starting again.
      throw new Error(`${node.name} does not start again`, { cause: error });
    } finally {
      this.restarting.delete(index);
    }
  }

  private async kills(): Promise<void> {
    const [here] = this.pair();
    await this.options.victim?.kill(here);
  }

  private pair(): [Node, Node] {
    const [one, other] = this.options.random.shuffle(this.members);
    return [one!.node, other!.node];
  }

  private async begin(index: number): Promise<Member> {
    const { mapperPort } = this.options;
    const node = await startNode({
      name: `n${String(index)}@${host}`,
      cookie: 'of the soak',
      host,
      mapperPort,
      logger: { log: () => undefined },
    });
    return { node, check: leakCheck(node) };
  }

  /** Everybody is connected to everybody. */
  private async meet(): Promise<void> {
    for (const { node } of this.members) {
      for (const other of this.members) await node.connect(other.node.name);
    }
  }

  private async quiet(): Promise<void> {
    const deadline = Date.now() + quietMs;
    for (;;) {
      await settle(...this.members.map(({ node }) => node));
      const leaks = this.leaks();
      if (leaks.length === 0) return;
      if (Date.now() > deadline) throw new Error(`left of a round:\n${leaks.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The sockets are those of the connections that stand: they are looked at when the nodes are stopped. */
  private leaks(): string[] {
    return this.members.flatMap(({ check }) => check.leaks()).filter((leak) => !/open socket$/.test(leak));
  }
}
