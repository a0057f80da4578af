import { BadArgumentError, NodeDownError, startNode, StartError, syncNodes } from '@trestle/runtime';
import { FakeNetwork } from '../../../support/fake-network';

const [b, c] = ['b@127.0.0.1', 'c@127.0.0.1'];

describe('waiting for nodes at boot', () => {
  let network: FakeNetwork;
  beforeEach(() => (network = new FakeNetwork()));
  afterEach(() => network.node.stop());

  it('resolves at once when there is nobody to wait for but the node itself', async () => {
    await expect(syncNodes(network.node, { optional: ['a@127.0.0.1'], timeoutMs: 5_000 })).resolves.toEqual({
      connected: [],
      missing: [],
    });
    expect(network.dials).toStrictEqual([]);
  });

  it('connects to the nodes that are up', async () => {
    network.up.add(b);
    network.up.add(c);
    const synced = await syncNodes(network.node, { mandatory: [b], optional: [c], timeoutMs: 5_000 });
    expect(synced).toEqual({ connected: [b, c], missing: [] });
  });

  it('tries a node again until it is up', async () => {
    const syncing = syncNodes(network.node, { mandatory: [b], timeoutMs: 5_000 });
    await network.clock.advance(1_000);
    network.up.add(b);
    await network.clock.advance(200);
    await expect(syncing).resolves.toEqual({ connected: [b], missing: [] });
  });

  it('goes on when a node connects by itself, without dialling it again', async () => {
    const syncing = syncNodes(network.node, { optional: [b], timeoutMs: Infinity });
    await network.clock.advance(100);
    network.comeUp(b);
    await expect(syncing).resolves.toEqual({ connected: [b], missing: [] });
    expect(network.dials).toHaveLength(1);
  });

  it('waits again for a node that came and went', async () => {
    const syncing = syncNodes(network.node, { optional: [b, c], timeoutMs: 1_000 });
    await network.clock.advance(100);
    network.comeUp(b);
    await network.clock.advance(100);
    network.stop(b);
    await network.clock.advance(800);
    await expect(syncing).resolves.toEqual({ connected: [], missing: [b, c] });
  });

  it('resolves without the optional nodes when the time is over, and says so', async () => {
    network.up.add(b);
    const syncing = syncNodes(network.node, { optional: [b, c], timeoutMs: 5_000 });
    await network.clock.advance(5_000);
    await expect(syncing).resolves.toEqual({ connected: [b], missing: [c] });
    expect(network.lines('warning')).toEqual(['optional nodes not connected within 5000 ms: c@127.0.0.1']);
  });

  it('rejects with the names of the mandatory nodes that are missing when the time is over', async () => {
    network.up.add(b);
    const syncing = syncNodes(network.node, { mandatory: [b, c], timeoutMs: 5_000 });
    const refused = expect(syncing).rejects.toThrow(
      new StartError('syncNodes on a@127.0.0.1', 'mandatory nodes not connected within 5000 ms: c@127.0.0.1'),
    );
    await network.clock.advance(5_000);
    await refused;
  });

  it('looks once when the time is 0', async () => {
    network.up.add(b);
    const syncing = syncNodes(network.node, { optional: [b, c], timeoutMs: 0 });
    await network.clock.advance(0);
    expect((await syncing).missing).toContain(c);
  });

  it('leaves no process behind', async () => {
    network.up.add(b);
    await syncNodes(network.node, { mandatory: [b], timeoutMs: 5_000 });
    await network.clock.advance(0);
    expect(network.node.processes()).toStrictEqual([]);
  });

  it('rejects when the node is stopped meanwhile', async () => {
    const syncing = syncNodes(network.node, { mandatory: [b], timeoutMs: Infinity });
    const refused = expect(syncing).rejects.toThrow(NodeDownError);
    await network.clock.advance(100);
    await network.node.stop();
    await refused;
  });

  it('refuses options that are wrong, and a node without a name', async () => {
    await expect(syncNodes(network.node, { mandatory: ['b'], timeoutMs: 1 })).rejects.toThrow(
      "syncNodes: expected mandatory.0 to be a node name of the form 'name@host', got 'b'",
    );
    await expect(syncNodes(network.node, { timeoutMs: -1 })).rejects.toThrow(BadArgumentError);
    const nameless = await startNode();
    await expect(syncNodes(nameless, { mandatory: [b], timeoutMs: 1 })).rejects.toThrow(
      "syncNodes: expected a node with a name, got 'nonode@nohost'",
    );
    await nameless.stop();
  });
});
