/** The port mapper's take-over, with OS processes that are killed: whatever races, no name is lost. */
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';

const host = '127.0.0.1';
let cluster: OsCluster;
const processes = new Map<string, OsProcess>();

async function start(name: string): Promise<void> {
  processes.set(name, await startOsNode(cluster, { name: `${name}@${host}` }));
}

async function kill(name: string): Promise<void> {
  await processes.get(name)!.signal('SIGKILL');
}

async function names(): Promise<string[]> {
  const tool = cluster.trestle(['names']);
  await tool.exited;
  return [...tool.stdout.matchAll(/^name (\S+) at port/gm)].map(([, name]) => name!).toSorted();
}

beforeAll(async () => {
  cluster = await OsCluster.start();
});
afterAll(() => cluster.end());

it('kill -9 of the node that serves it, while nodes look up, register and come back: every name is known', async () => {
  await start('server');
  await Promise.all(['a', 'b'].map(start));
  const { node } = await Witness.start(cluster, `witness@${host}`);
  const dead = kill('server');
  // A search, a registration and the return of the one that served, all in the take-over.
  const [found] = await Promise.all([node.ping(`a@${host}`), start('c'), dead.then(() => start('server'))]);
  expect(found).toBe('pong');
  expect(await names()).toEqual(['a', 'b', 'c', 'server', 'witness']);
  for (const name of ['b', 'c', 'server']) expect(await node.ping(`${name}@${host}`)).toBe('pong');
});

it('kill -9 of one that serves after another: the last ones know each other', async () => {
  const { node } = await Witness.start(cluster, `last@${host}`);
  await Promise.all(['a', 'c', 'server'].map(kill));
  expect(await node.ping(`b@${host}`)).toBe('pong');
  expect(await names()).toEqual(['b', 'last', 'witness']);
});
