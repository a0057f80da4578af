import type { LogRecord } from '../../node/log/log-record';
import type { Node } from '../../node/node';
import { RunningNode } from '../../node/running-node';
import type { NodeName } from '../../terms/node-name';
import { bootNode, type NodeOptions } from '../../start-node';
import type { SeededRandom } from '../seeded-random';
import { HostClock } from './host-clock';
import { HostScheduler } from './host-scheduler';
import type { HostLife, SimulatedHost } from './simulated-host';
import type { VirtualClock } from '../virtual-clock';

/** What is the same in a simulation and outside of it. */
export const asAnyNode = [
  'cookie',
  'hidden',
  'netTickMs',
  'dist',
  'redial',
  'allow',
  'limits',
  'sendBuffer',
  'rpc',
  'messageIsolation',
  'acceptFunctions',
  'levels',
  'applicationConfig',
] as const;

/** What a simulated node can be started with, as `startNode` takes it. Messages are frozen unless told otherwise. */
export interface SimulatedNodeOptions extends Pick<NodeOptions, (typeof asAnyNode)[number]> {
  /** Whether others can tell that it lives while its event loop is blocked. Default false. */
  readonly pulse?: boolean;
}

/** The surroundings of a node's life. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly host: SimulatedHost;
  readonly random: SeededRandom;
  readonly log: (record: LogRecord) => void;
}

/** One life of a simulated node. */
export class SimulatedNode {
  private blocks = 0;

  private constructor(
    readonly node: Node,
    private readonly clock: HostClock,
    private readonly life: HostLife,
    private readonly host: SimulatedHost,
  ) {}

  /** Starts a node. Names are resolved to hosts of the same name: there is no port mapper. */
  static async start(
    name: NodeName,
    options: SimulatedNodeOptions,
    { clock: virtual, host, random, log }: Surroundings,
  ): Promise<SimulatedNode> {
    const clock = new HostClock(virtual);
    const life = host.begin();
    const { pulse = false, ...nodeOptions } = options;
    const node = await bootNode(
      {
        cookie: 'of a simulation',
        messageIsolation: 'freeze',
        ...nodeOptions,
        pulse: pulse ? {} : false,
        name,
        clock,
        random: random.fork('chance'),
        logger: {
          log: (record) => {
            if (host.life === life) log(record);
          },
        },
        transport: life,
        resolve: (other) => ({ host: other, port: 1 }),
      },
      new HostScheduler(clock, random.fork('order')),
    );
    return new SimulatedNode(node, clock, life, host);
  }

  /** Nothing of the node happens from now on, and it reads nothing. */
  pause(): void {
    this.block();
    this.host.pulseGate.close();
  }

  /** Its event loop stands still. Its pulse, which has a thread of its own, answers. */
  block(): void {
    this.blocks += 1;
    this.clock.pause();
    this.host.gate.close();
  }

  /** Which of its standstills this is, for those that end one of them. */
  get standstill(): number {
    return this.blocks;
  }

  resume(): void {
    this.blocks += 1;
    this.clock.resume();
    this.host.gate.open();
    this.host.pulseGate.open();
  }

  /** Stops it in order. */
  async stop(): Promise<void> {
    this.resume();
    await this.node.stop();
    this.life.end(false);
  }

  /** It ends in the middle of what it does. Nothing of it runs any more, nobody is told but by the network. */
  async crash(silently: boolean): Promise<void> {
    const parts = RunningNode.partsOf('crash', this.node);
    this.life.end(silently);
    this.clock.resume();
    parts.events.emitter.removeAllListeners();
    parts.stopHooks.length = 0;
    await this.node.stop();
    this.clock.end();
  }
}

/** Has the event loop of a node stand still for a while, unless something else is done to it first. */
export function blockFor(life: SimulatedNode, clock: VirtualClock, ms: number): void {
  life.block();
  const { standstill } = life;
  clock.setTimer(() => {
    if (life.standstill === standstill) life.resume();
  }, ms);
}
