import { silentLogger, type Logger, type LogRecord, type Node, type NodeName } from '@trestle/runtime';
import { LocalNode } from '@trestle/runtime/internal';
import { NoDistribution } from '../../packages/runtime/src/node/no-distribution';
import { RunningNode, type RpcService } from '../../packages/runtime/src/node/running-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** A node alone with a network of our making: which other nodes are up is for the test to say. */
export class FakeNetwork {
  readonly clock = new VirtualClock();
  readonly up = new Set<NodeName>();
  readonly connected = new Set<NodeName>();
  /** Every dial, in order, with its time. */
  readonly dials: { readonly to: NodeName; readonly at: number }[] = [];
  readonly logged: LogRecord[] = [];
  readonly local: LocalNode;
  readonly node: Node;
  /** What `random` gives. */
  chance = 0.5;

  constructor(name = 'a@127.0.0.1', logger: Logger = silentLogger) {
    this.local = new LocalNode({
      name,
      creation: 1,
      clock: this.clock,
      random: { float: () => this.chance, bytes: (length) => new Uint8Array(length) },
      logger: { log: (record) => (this.logged.push(record), logger.log(record)) },
      levels: { default: 'all' },
    });
    this.local.distribution = Object.assign(new NoDistribution(this.local.router), {
      connect: (to: NodeName) => Promise.resolve(this.connect(to)),
      disconnect: (to: NodeName) => Promise.resolve(this.goDown(to)),
      list: () => [...this.connected],
    });
    this.node = new RunningNode(this.local, {} as RpcService);
    this.local.node = this.node;
  }

  /** The other node connects to this one. */
  comeUp(other: NodeName, hidden = false): void {
    this.up.add(other);
    if (this.connected.has(other)) return;
    this.connected.add(other);
    this.local.events.publish({ type: 'nodeup', node: other, hidden });
  }

  /** The connection to the other node is lost. */
  goDown(other: NodeName, hidden = false): boolean {
    if (!this.connected.delete(other)) return false;
    this.local.events.publish({ type: 'nodedown', node: other, hidden });
    return true;
  }

  /** The other node stops. */
  stop(other: NodeName): void {
    this.up.delete(other);
    this.goDown(other);
  }

  /** The lines logged at a level. */
  lines(level: LogRecord['level']): string[] {
    return this.logged.filter((record) => record.level === level).map((record) => record.text);
  }

  private connect(to: NodeName): boolean {
    this.dials.push({ to, at: this.clock.now() });
    if (this.up.has(to)) this.comeUp(to);
    return this.connected.has(to);
  }
}
