/** Functions that another OS process executes, and what a call does when one of them never lets its event loop go. */
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';

const blocked = 'blocked@127.0.0.1';

let cluster: OsCluster;
let witness: Witness;

beforeAll(async () => {
  cluster = await OsCluster.start();
  await startOsNode(cluster, { name: blocked, acceptFunctions: true });
  witness = await Witness.start(cluster, 'witness@127.0.0.1');
});
afterAll(() => cluster.end());

it('the shell lets a node accept functions, so that Node.spawn(node, fn) works', async () => {
  const worker = cluster.shell('worker@127.0.0.1', ['--accept-functions']);
  expect(await worker.type('Node.self()')).toBe("'worker@127.0.0.1'");
  const asker = cluster.shell('asker@127.0.0.1');
  expect(await asker.type("await rpc.call('worker@127.0.0.1', (n) => n * 7, [6])")).toBe('42');
  const spawned =
    "await Node.spawn('worker@127.0.0.1', (self) => self.register('sent', self.pid) ?? self.receive())";
  expect(await asker.type(spawned)).toMatch(/<worker@127.0.0.1\//);
  await worker.type("self.send('sent', 'done')");
  const refused = await worker.type("await rpc.call('asker@127.0.0.1', () => 1)");
  expect(refused).toContain('startNode({ acceptFunctions: true })');
});

it('an rpc times out by the clock of its caller, though its function never lets go of the other node', async () => {
  const { rpc } = witness.node;
  expect(await rpc.call(blocked, (n: number) => n + 1, [1])).toBe(2);
  const forever = rpc.call(
    blocked,
    () => {
      for (;;);
    },
    [],
    { timeoutMs: 300 },
  );
  const timedOut = { code: 'ERR_CALL_TIMEOUT', mayHaveBeenHandled: true };
  await expect(forever).rejects.toMatchObject(timedOut);
  // From now on it does not even take what arrives.
  await expect(rpc.call(blocked, 'Node', 'alive', [], { timeoutMs: 100 })).rejects.toMatchObject(timedOut);
  const request = rpc.sendRequest(witness.node, blocked, 'Node', 'alive');
  const received = rpc.receiveResponse(witness.node, request, { timeoutMs: 100 });
  await expect(received).rejects.toMatchObject(timedOut);
  const outcomes = await rpc.multicall([witness.node.name, blocked], 'Node', 'self', [], { timeoutMs: 100 });
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(witness.lost).toStrictEqual([]);
});
