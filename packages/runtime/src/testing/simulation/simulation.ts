import { BadArgumentError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import { checkDuration } from '../../terms/duration';
import { checkOptions } from '../../terms/options';
import { prose } from '../../terms/show';
import type { LogRecord } from '../../node/log/log-record';
import type { Node } from '../../node/node';
import { ExpectationError } from '../expectation-error';
import { expectNothingLeft } from '../leak-check';
import { createProbe, type Probe, type ProbeOptions } from '../probe';
import { SeededRandom } from '../seeded-random';
import { VirtualClock } from '../virtual-clock';
import { disturb, type DisturbOptions } from './disturbance';
import { Fabric } from './fabric';
import { nameOf, namesFor, SimulatedNetwork, type Which } from './simulated-network';
import { blockFor, SimulatedNode } from './simulated-node';
import {
  checkSimulationOptions,
  checkStartOptions,
  crashSchema,
  type CrashOptions,
  type SimulationOptions,
  type StartOptions,
} from './simulation-options';

/** Simulated nodes that can reach each other are connected within this time. */
const meshWithinMs = 60_000;

/**
 * A cluster in one process, on virtual time: real nodes that talk over a simulated network, in which everything goes
 * the same way for the same seed.
 */
export class Simulation {
  readonly seed: number;
  readonly clock = new VirtualClock();
  /** Chance for the test itself. */
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  /** What the nodes have logged so far. */
  readonly log: LogRecord[] = [];
  private readonly fabric: Fabric;
  private readonly running = new Map<NodeName, SimulatedNode>();
  private readonly started = new Map<NodeName, StartOptions>();
  private readonly lives = new Map<NodeName, number>();
  private readonly all: Node[] = [];
  private disturbances = 0;
  private hasStopped = false;

  /** @throws BadArgumentError if an option is wrong */
  constructor(private readonly options: SimulationOptions = {}) {
    checkSimulationOptions(options);
    this.seed = options.seed ?? 0;
    const random = new SeededRandom(this.seed);
    this.random = random.fork('test');
    this.fabric = new Fabric(this.clock, random.fork('network'), options.latencyMs);
    this.network = new SimulatedNetwork(this.fabric);
  }

  /** What has happened to nodes and network, a line for each event, with its time. */
  get events(): readonly string[] {
    return this.fabric.events;
  }

  /** Equal in two runs in which the same arrived everywhere, at the same times. */
  get fingerprint(): number {
    return this.fabric.fingerprint;
  }

  /** The nodes that run. */
  get nodes(): Node[] {
    return [...this.running.values()].map(({ node }) => node);
  }

  /**
   * The node of a name, in its present life.
   * @throws BadArgumentError if it does not run
   */
  node(which: Which): Node {
    return this.lifeOf('node', which).node;
  }

  /** Whether a node of the name runs. */
  runs(which: Which): boolean {
    return this.running.has(nameOf('runs', which));
  }

  /**
   * Starts a node.
   * @param name without a host it gets one: `a` is `a@sim`
   * @throws BadArgumentError if the name is none, or one that runs, or the simulation was stopped
   */
  async start(name: NodeName, options: StartOptions = {}): Promise<Node> {
    this.checkGoesOn('start');
    const full = nameOf('start', name);
    checkStartOptions('start', full, options);
    if (this.running.has(full)) {
      throw new BadArgumentError({ call: 'start', expected: 'a name of no running node', got: full });
    }
    this.started.set(full, options);
    return this.begin(full, { ...this.options.nodes, ...options });
  }

  /**
   * Starts several nodes, and connects each of them with all others.
   * @param names their names, or how many: `n1`, `n2` …
   * @throws BadArgumentError if a name is none, or one that runs, or there are none
   */
  async startNodes(names: number | readonly NodeName[], options: StartOptions = {}): Promise<Node[]> {
    const nodes: Node[] = [];
    for (const name of namesFor(names)) nodes.push(await this.start(name, options));
    await this.connectAll();
    return nodes;
  }

  /**
   * Connects all running nodes with each other, letting time go by as it takes.
   * @throws ExpectationError if two of them are not connected after a minute; BadArgumentError if the simulation was stopped
   */
  async connectAll(): Promise<void> {
    this.checkGoesOn('connectAll');
    const { nodes } = this;
    const dials = nodes.flatMap((node, index) =>
      nodes.slice(index + 1).map((other) => node.connect(other.name)),
    );
    await this.until(Promise.all(dials));
    const isMesh = (): boolean => missingConnection(nodes) === undefined;
    // If it is in vain, what is missing says more.
    await this.clock.untilTrue(isMesh, { withinMs: meshWithinMs }).catch(() => undefined);
    const missing = missingConnection(nodes);
    if (missing !== undefined)
      throw new ExpectationError(`connectAll: ${missing} within ${String(meshWithinMs)} ms`);
  }

  /** Starts a node again that does not run any more: the same name in a new life. */
  async restart(which: Which): Promise<Node> {
    this.checkGoesOn('restart');
    const name = nameOf('restart', which);
    const options = this.started.get(name);
    if (options === undefined || this.running.has(name)) {
      throw new BadArgumentError({
        call: 'restart',
        expected: 'a node that ran and does not run',
        got: name,
      });
    }
    return this.begin(name, { ...this.options.nodes, ...options });
  }

  /** A node ends in the middle of what it does. */
  async crash(which: Which, options: CrashOptions = {}): Promise<void> {
    checkOptions('crash', crashSchema, options);
    const life = this.lifeOf('crash', which);
    const silently = options.silently ?? false;
    this.fabric.note(`${life.node.name} crashes${silently ? ', and nobody is told' : ''}`);
    this.running.delete(life.node.name);
    await this.until(life.crash(silently));
  }

  /** Stops a node in order. */
  async stopNode(which: Which): Promise<void> {
    const life = this.lifeOf('stopNode', which);
    this.fabric.note(`${life.node.name} stops`);
    await this.until(life.stop());
    this.running.delete(life.node.name);
  }

  /** From now on nothing of the node happens, as when its OS process is stopped: it answers nobody, and reads nothing. */
  pause(which: Which): void {
    const life = this.lifeOf('pause', which);
    this.fabric.note(`${life.node.name} is paused`);
    life.pause();
  }

  /**
   * The event loop of a node stands still for a while: nothing of it happens, and it reads nothing. But its pulse
   * answers, if it was started with one: to the others it is busy, not dead.
   * @param ms milliseconds, from now
   */
  blockFor(which: Which, ms: number): void {
    checkDuration('blockFor', 'ms', ms);
    const life = this.lifeOf('blockFor', which);
    this.fabric.note(`${life.node.name} is blocked for ${String(ms)} ms`);
    blockFor(life, this.clock, ms);
  }

  /** A paused node goes on, with all that should have happened meanwhile. */
  resume(which: Which): void {
    const life = this.lifeOf('resume', which);
    this.fabric.note(`${life.node.name} goes on`);
    life.resume();
  }

  /** Has things go wrong at random for a while; in the end everything is mended, and nodes that crashed run again. */
  async disturb(options: DisturbOptions): Promise<void> {
    this.checkGoesOn('disturb');
    this.disturbances += 1;
    await disturb(this, this.random.fork(`disturbance ${String(this.disturbances)}`), options);
  }

  /** Starts a process on a node whose code is the test's. */
  probe<M = unknown>(which: Which, options?: ProbeOptions): Promise<Probe<M>> {
    return createProbe<M>(this.node(which), options);
  }

  /** Lets time go by. @param ms milliseconds */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time go by until a promise settles, and gives what it gives. */
  until<T>(promise: PromiseLike<T>, options?: { readonly withinMs?: number }): Promise<T> {
    return this.clock.until(promise, options);
  }

  /** Waits, without letting time go by, until all nodes have done what they can do now. */
  settle(): Promise<void> {
    return this.clock.settle();
  }

  /**
   * Heals the network and stops every node. What has happened can be looked at afterwards, and nothing be started; to stop
   * it again looks once more for what is left.
   * @throws ExpectationError if anything is left: of a node, a socket, a timer
   */
  async stop(): Promise<void> {
    this.hasStopped = true;
    this.network.heal();
    const lives = [...this.running.values()];
    this.running.clear();
    for (const life of lives) life.resume();
    await this.until(Promise.all(lives.map((life) => life.stop())));
    await this.clock.runUntilIdle();
    expectNothingLeft(...this.all);
    const { openSockets } = this.network;
    if (openSockets > 0)
      throw new ExpectationError(`the network still has ${String(openSockets)} open sockets`);
  }

  private async begin(name: NodeName, options: StartOptions): Promise<Node> {
    const { setUp, ...nodeOptions } = options;
    const life = (this.lives.get(name) ?? 0) + 1;
    this.lives.set(name, life);
    this.fabric.note(`${name} starts${life === 1 ? '' : ' again'}`);
    const simulated = await SimulatedNode.start(name, nodeOptions, {
      clock: this.clock,
      host: this.fabric.host(name),
      random: new SeededRandom(`${String(this.seed)}/${name}/${String(life)}`),
      log: this.keep,
    });
    this.all.push(simulated.node);
    // Meanwhile it may have been stopped: nothing of it may be left then.
    if (this.hasStopped) await this.until(simulated.stop());
    this.checkGoesOn('start');
    this.running.set(name, simulated);
    if (setUp !== undefined) await this.until(Promise.resolve(setUp(simulated.node)));
    return simulated.node;
  }

  private checkGoesOn(call: string): void {
    if (this.hasStopped)
      throw new BadArgumentError({
        call,
        expected: 'a simulation that runs',
        got: prose('one that was stopped'),
      });
  }

  private lifeOf(call: string, which: Which): SimulatedNode {
    this.checkGoesOn(call);
    const life = this.running.get(nameOf(call, which));
    if (life !== undefined) return life;
    throw new BadArgumentError({ call, expected: 'a node of the simulation that runs', got: which });
  }

  private readonly keep = (record: LogRecord): void => {
    this.log.push(record);
    this.options.logger?.log(record);
  };
}

/** Of which two nodes one does not know the other, if not all are connected. */
function missingConnection(nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    const connected = new Set(node.list('connected'));
    const other = nodes.find(({ name }) => name !== node.name && !connected.has(name));
    if (other !== undefined) return `${node.name} is not connected to ${other.name}`;
  }
  return undefined;
}
