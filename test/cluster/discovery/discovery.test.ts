import {
  BadArgumentError,
  startNode,
  startSupervisor,
  stopServer,
  type Node,
  type NodeName,
  type Pid,
  type ServerPid,
  type Supervisor,
} from '@trestle/runtime';
import {
  connectNodes,
  disconnectNodes,
  discoverySpec,
  startDiscovery,
  Strategy,
  type DiscoveryOptions,
  type Topology,
} from '@trestle/cluster';
import { z } from 'zod';
import { FakeNetwork } from '../../support/fake-network';

const [a, b, c] = ['a@127.0.0.1', 'b@127.0.0.1', 'c@127.0.0.1'];

function topologies(...nodes: NodeName[]): DiscoveryOptions {
  return { topologies: { example: { strategy: 'static', config: { nodes } } } };
}

describe('discovery with the static strategy', () => {
  let network: FakeNetwork;
  beforeEach(() => (network = new FakeNetwork(a)));
  afterEach(() => network.node.stop());

  it('connects to the listed nodes but itself, and says so', async () => {
    network.up.add(b);
    network.up.add(c);
    await startDiscovery(network.node, topologies(a, b, c));
    await network.clock.settle();
    expect(network.dials.map(({ to }) => to)).toEqual([b, c]);
    expect(network.lines('info')).toEqual([
      '[discovery:example] connected to b@127.0.0.1',
      '[discovery:example] connected to c@127.0.0.1',
    ]);
  });

  it('dials a node that is listed twice once', async () => {
    network.up.add(b);
    await startDiscovery(network.node, topologies(b, a, b));
    await network.clock.settle();
    expect(network.dials.map(({ to }) => to)).toEqual([b]);
  });

  it('warns once of a node that is not there, however often it tries', async () => {
    await startDiscovery(network.node, topologies(a, b));
    await network.clock.advance(120_000);
    expect(network.lines('warning')).toEqual(['[discovery:example] unable to connect to b@127.0.0.1']);
    const quietly = network.lines('debug').filter((line) => line.includes('unable to connect'));
    expect(quietly).toHaveLength(network.dials.length - 1);
    expect(network.dials.length).toBeGreaterThan(5);
  });

  it('waits longer from try to try', async () => {
    await startDiscovery(network.node, topologies(b));
    await network.clock.advance(3_000);
    expect(network.dials.map(({ at }) => at)).toEqual([0, 375, 1_125, 2_625]);
  });

  it('waits as its configuration says', async () => {
    const config = { nodes: [b], retry: { minMs: 100, maxMs: 100 } };
    await startDiscovery(network.node, { topologies: { example: { strategy: 'static', config } } });
    await network.clock.advance(250);
    expect(network.dials.map(({ at }) => at)).toEqual([0, 75, 150, 225]);
  });

  it('finds a node that comes up later', async () => {
    await startDiscovery(network.node, topologies(b));
    await network.clock.advance(1_000);
    network.up.add(b);
    await network.clock.advance(1_000);
    expect(network.lines('info')).toEqual(['[discovery:example] connected to b@127.0.0.1']);
  });

  it('says so when a listed node connects by itself, and does not dial it', async () => {
    await startDiscovery(network.node, topologies(b));
    await network.clock.settle();
    network.comeUp(b);
    await network.clock.advance(60_000);
    expect(network.lines('info')).toEqual(['[discovery:example] connected to b@127.0.0.1']);
    expect(network.dials).toHaveLength(1);
  });

  it('dials a lost node again by itself, and warns anew if that fails', async () => {
    network.up.add(b);
    await startDiscovery(network.node, topologies(b));
    await network.clock.settle();
    network.goDown(b);
    await network.clock.advance(1_000);
    expect(network.node.list()).toEqual([b]);
    network.stop(b);
    await network.clock.advance(1_000);
    expect(network.lines('warning')).toEqual(['[discovery:example] unable to connect to b@127.0.0.1']);
  });

  it('dials a lost node again that is hidden, or hidden to this one', async () => {
    network.comeUp(b, true);
    await startDiscovery(network.node, topologies(b));
    await network.clock.settle();
    network.goDown(b, true);
    await network.clock.advance(375);
    expect(network.dials.map(({ to, at }) => [to, at])).toEqual([[b, 375]]);
    expect(network.lines('info')).toEqual(['[discovery:example] connected to b@127.0.0.1']);
  });

  it('uses the connect, disconnect and list of its topology in place of those of the node', async () => {
    const dialled: NodeName[] = [];
    const connect = (node: NodeName): Promise<boolean> => {
      dialled.push(node);
      return Promise.resolve(true);
    };
    const example = { strategy: 'static', config: { nodes: [b, c] }, connect, list: () => [c] } as const;
    await startDiscovery(network.node, { topologies: { example } });
    await network.clock.settle();
    expect(dialled).toEqual([b]);
    expect(network.dials).toStrictEqual([]);
  });

  it('takes a dial that throws for one that failed', async () => {
    const connect = (): Promise<boolean> => Promise.reject(new Error('no route'));
    const example = { strategy: 'static', config: { nodes: [b] }, connect } as const;
    await startDiscovery(network.node, { topologies: { example } });
    await network.clock.settle();
    expect(network.lines('error')).toEqual([
      '[discovery:example] dialling b@127.0.0.1 failed: Error: no route',
    ]);
    expect(network.lines('warning')).toEqual(['[discovery:example] unable to connect to b@127.0.0.1']);
  });

  it('ignores messages that are not for it', async () => {
    const discovery = await startDiscovery(network.node, topologies(b));
    const [strategy] = await childrenOf(network.node, discovery);
    network.node.send(strategy!, 'hello');
    network.node.send(strategy!, { type: 'nodeup', node: 'x@127.0.0.1' });
    await network.clock.settle();
    expect(network.node.isAlive(strategy!)).toBe(true);
    expect(network.lines('info')).toStrictEqual([]);
  });

  it('restarts a strategy that fails, which does not tell again of nodes that are connected', async () => {
    network.up.add(b);
    const discovery = await startDiscovery(network.node, topologies(b));
    await network.clock.settle();
    const [strategy] = await childrenOf(network.node, discovery);
    network.node.exitSignal(strategy!, 'kill');
    await network.clock.settle();
    const [restarted] = await childrenOf(network.node, discovery);
    expect(restarted).not.toBe(strategy);
    expect(network.node.isAlive(restarted!)).toBe(true);
    expect(network.lines('info')).toHaveLength(1);
  });

  it('leaves the other topologies alone when the strategy of one fails', async () => {
    const one = { strategy: 'static', config: { nodes: [b] } } as const;
    const discovery = await startDiscovery(network.node, { topologies: { one, other: one } });
    const before = await childrenOf(network.node, discovery);
    network.node.exitSignal(before[0]!, 'kill');
    await network.clock.settle();
    const after = await childrenOf(network.node, discovery);
    expect(after.map((pid, i) => pid === before[i])).toEqual([false, true]);
  });

  it('leaves no dial and no timer alive when it is stopped', async () => {
    const discovery = await startDiscovery(network.node, { ...topologies(b), name: 'discovery' });
    expect(network.node.whereis('discovery')).toBe(discovery);
    await network.clock.advance(1_000);
    const dials = network.dials.length;
    await stopServer(network.node, discovery);
    await network.clock.advance(60_000);
    expect(network.dials).toHaveLength(dials);
    expect(network.node.processes()).toStrictEqual([]);
  });

  it('can be a child of a supervisor', async () => {
    network.up.add(b);
    await startSupervisor(network.node, { strategy: 'oneForOne', children: [discoverySpec(topologies(b))] });
    await network.clock.settle();
    expect(network.node.list()).toEqual([b]);
  });
});

describe('discovery with a strategy of one’s own', () => {
  class Announced extends Strategy<{ first: NodeName }> {
    static override readonly configSchema = z.strictObject({ first: z.string('a node name') });

    protected override discover(): void {
      this.self.register(`announced ${this.topology.name}`);
      this.self.send(this.self.pid, { join: this.topology.config.first });
    }

    override async handleInfo(message: { join?: NodeName; leave?: NodeName }): Promise<void> {
      if (message.join !== undefined) await connectNodes(this.topology, [message.join, a]);
      if (message.leave !== undefined) await disconnectNodes(this.topology, [message.leave]);
    }
  }

  it('hands it its configuration, and connects and disconnects for it', async () => {
    const network = new FakeNetwork(a);
    network.up.add(b);
    await startDiscovery(network.node, {
      topologies: { mine: { strategy: Announced, config: { first: b } } },
    });
    await network.clock.settle();
    for (const message of [{ join: c }, { join: b }, { leave: b }, { leave: c }]) {
      network.node.send('announced mine', message);
    }
    await network.clock.settle();
    const lines = network.logged.filter(({ text }) => text.startsWith('[discovery'));
    expect(lines.map(({ level, text }) => [level, text])).toEqual([
      ['info', '[discovery:mine] connected to b@127.0.0.1'],
      ['warning', '[discovery:mine] unable to connect to c@127.0.0.1'],
      ['info', '[discovery:mine] disconnected from b@127.0.0.1'],
    ]);
    await network.node.stop();
  });

  it('refuses a configuration that its schema refuses', async () => {
    const node = await startNode();
    const mine = { strategy: Announced, config: { first: 1 } };
    await expect(startDiscovery(node, { topologies: { mine } })).rejects.toThrow(
      "startDiscovery: topology 'mine': expected first to be a node name, got 1",
    );
    await node.stop();
  });
});

describe('connecting and disconnecting for a strategy', () => {
  const lines: string[] = [];
  const log = (text: string): void => void lines.push(text);
  const topology: Topology = {
    name: 'fake',
    config: undefined,
    thisNode: a,
    connect: (node) => Promise.resolve(node !== c),
    disconnect: () => Promise.resolve(false),
    list: () => [b],
    log: { debug: log, info: log, warning: log, error: log },
  };
  beforeEach(() => (lines.length = 0));

  it('returns the nodes it could not connect, and leaves out this one and those that are connected', async () => {
    await expect(connectNodes(topology, [a, b, c, 'd@127.0.0.1'])).resolves.toEqual([c]);
    expect(lines).toEqual(['unable to connect to c@127.0.0.1', 'connected to d@127.0.0.1']);
  });

  it('returns the nodes it could not disconnect', async () => {
    await expect(disconnectNodes(topology, [b, c])).resolves.toEqual([b]);
    expect(lines).toEqual(['unable to disconnect from b@127.0.0.1']);
  });
});

describe('the options of discovery', () => {
  it.each([
    ['no topologies', {}, /expected topologies to be topologies by their names, got undefined/],
    ['no strategy', { topologies: { x: {} } }, /'static' or a class that extends Strategy/],
    [
      'a strange class',
      { topologies: { x: { strategy: Map } } },
      /'static' or a class that extends Strategy/,
    ],
    [
      'no list',
      { topologies: { x: { strategy: 'static' } } },
      /topology 'x': expected options to be .*, got undefined/,
    ],
    [
      'a list alone',
      { topologies: { x: { strategy: 'static', config: ['b@h'] } } },
      /topology 'x': expected options to be \{ nodes, retry \}, got \[ 'b@h' \]/,
    ],
    [
      'a word that is none',
      { topologies: { x: { strategy: 'static', config: { nodes: [], retries: 3 } } } },
      /topology 'x': expected options to have no 'retries'/,
    ],
    ['a bad name', topologies('b'), /topology 'x|example': expected nodes.0 to be a node name .* got 'b'/],
    [
      'waits that shrink',
      { topologies: { x: { strategy: 'static', config: { nodes: [], retry: { minMs: 2, maxMs: 1 } } } } },
      /expected retry to be minMs that is not more than maxMs/,
    ],
    [
      'no function',
      { topologies: { x: { strategy: 'static', config: { nodes: [] }, list: 1 } } },
      /a function, got 1/,
    ],
  ])('are refused before anything starts: %s', async (_what, options, message) => {
    const node = await startNode();
    const before = node.processes();
    const refused = startDiscovery(node, options as DiscoveryOptions);
    await expect(refused).rejects.toThrow(BadArgumentError);
    await expect(refused).rejects.toThrow(message);
    expect(() => discoverySpec(options as DiscoveryOptions)).toThrow(message);
    expect(node.processes()).toEqual(before);
    await node.stop();
  });
});

async function childrenOf(node: Node, supervisor: ServerPid<Supervisor>): Promise<Pid[]> {
  const children = await node.call(supervisor, { type: 'whichChildren' });
  return children.map(({ pid }) => pid as Pid);
}
