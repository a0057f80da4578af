import { freePort } from '../support/free-port';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';

const [mapper, other, late] = ['mapper@127.0.0.1', 'other@127.0.0.1', 'late@127.0.0.1'];
const silent =
  /^the port mapper's port .* does not answer within 10000 ms: the process that has it is stopped/;

let cluster: OsCluster;
let process: OsProcess;
let witness: Witness;
beforeEach(async () => {
  cluster = await OsCluster.start();
  process = await startOsNode(cluster, { name: mapper });
  await startOsNode(cluster, { name: other });
  witness = await Witness.start(cluster, 'witness@127.0.0.1');
  expect(await witness.node.connect(other)).toBe(true);
  process.suspend();
});
afterEach(() => cluster.end());

const startLate = (): Promise<Witness> => Witness.start(cluster, late);

it('a node does not start while the OS process of the port mapper is stopped, and starts when it goes on', async () => {
  await expect(startLate()).rejects.toMatchObject({
    code: 'ERR_PORT_MAPPER',
    message: expect.stringMatching(silent) as unknown,
  });
  expect(await witness.node.rpc.call(other, 'Node', 'self')).toBe(other);
  process.resume();
  const started = await startLate();
  expect(await started.node.connect(other)).toBe(true);
});

it('another node takes the port mapper over when its OS process, which was stopped, is killed', async () => {
  await process.signal('SIGKILL');
  const started = await startLate();
  expect(await started.node.connect(other)).toBe(true);
});

it('nodes with fixed ports and resolve start, and find each other, while the port mapper is stopped', async () => {
  const ports: Record<string, number> = { [late]: await freePort(), 'fixed@127.0.0.1': await freePort() };
  const resolve = (name: string) => ({ host: '127.0.0.1', port: ports[name]! });
  const [one, two] = await Promise.all(
    Object.entries(ports).map(([name, port]) => Witness.start(cluster, name, { port, resolve })),
  );
  expect(await one!.node.connect(two!.node.name)).toBe(true);
});
