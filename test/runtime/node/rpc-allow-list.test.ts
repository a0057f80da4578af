import {
  body,
  localName,
  NotExposedError,
  type Node,
  type Pid,
  type RpcAccess,
  type ServerRef,
} from '@trestle/runtime';
import { AllowList } from '../../../packages/runtime/src/rpc/allow-list';
import { quiet, startCluster } from '../../support/both-places';
import { inProcess, logOf, watch } from '../../support/test-node';

const called: string[] = [];
const stats = {
  read: () => 'read',
  reset: () => void called.push('reset'),
  work: body((self) => self.receive()),
};

async function startPair(access?: RpcAccess): Promise<{ here: Node; there: Node }> {
  const start = await startCluster();
  const there = await start('there', access === undefined ? {} : { rpc: access });
  there.expose('Stats', stats);
  const here = await start('here');
  await here.connect(there.name);
  return { here, there };
}

beforeEach(() => (called.length = 0));

it('without a list every node may call every exposed function', async () => {
  const { here, there } = await startPair();
  expect(await here.rpc.call(there.name, 'Stats', 'read')).toBe('read');
  expect(await here.rpc.call(there.name, 'Node', 'self')).toBe(there.name);
});

it('what is not on the list is refused with a clear error, and is not called', async () => {
  const { here, there } = await startPair({ allow: ['Stats.read'] });
  expect(await here.rpc.call(there.name, 'Stats', 'read')).toBe('read');
  const refused = here.rpc.call(there.name, 'Stats', 'reset');
  await expect(refused).rejects.toThrow(NotExposedError);
  await expect(refused).rejects.toThrow(
    "rpc Stats.reset on there@127.0.0.1: 'Stats.reset' is not allowed for here@127.0.0.1",
  );
  expect(called).toStrictEqual([]);
});

it('what every node exposes is subject to the list, so that nobody can stop the node', async () => {
  const { here, there } = await startPair({ allow: ['Node.*'] });
  expect(await here.rpc.call(there.name, 'Node', 'list')).toEqual([here.name]);
  await expect(here.rpc.call(there.name, 'System', 'stop')).rejects.toThrow(NotExposedError);
  await expect(here.rpc.call(there.name, 'Application', 'whichApplications')).rejects.toThrow(
    NotExposedError,
  );
  expect(await here.ping(there.name)).toBe('pong');
});

it('it is not told whether what is not on the list is there', async () => {
  const { here, there } = await startPair({ allow: [] });
  const messageOf = (module: string): Promise<string> =>
    here.rpc.call(there.name, module, 'fn').then(String, (error: unknown) => (error as Error).message);
  expect((await messageOf('Nothing')).replaceAll('Nothing', 'Stats')).toBe(await messageOf('Stats'));
});

it('a rule can be for some nodes only', async () => {
  const { here, there } = await startPair({
    allow: [
      { functions: ['Stats.reset', 'Stats.read'], from: 'ops@*' },
      { functions: 'Stats.read', from: ['here@127.0.0.1', 'other@*'] },
    ],
  });
  expect(await here.rpc.call(there.name, 'Stats', 'read')).toBe('read');
  await expect(here.rpc.call(there.name, 'Stats', 'reset')).rejects.toThrow(NotExposedError);
});

it('processes are started by the same list', async () => {
  const { here, there } = await startPair({ allow: ['Stats.read'] });
  const before = there.processes().length;
  await expect(here.spawnOn(there.name, 'Stats', 'work')).rejects.toThrow(NotExposedError);
  expect(there.processes()).toHaveLength(before);
});

it('the node itself may call what it exposes', async () => {
  const { there } = await startPair({ allow: [] });
  expect(await there.rpc.call(there.name, 'Stats', 'read')).toBe('read');
});

it('a cast is from the node whose connection it came over, so that rules for some nodes admit it', async () => {
  const { here, there } = await startPair({
    allow: ['Stats.read', { functions: 'Stats.reset', from: 'here@*' }],
  });
  here.rpc.cast(there.name, 'Stats', 'reset');
  await here.rpc.call(there.name, 'Stats', 'read');
  expect(called).toStrictEqual(['reset']);
});

it('a cast of a node for which there is no rule is refused, whoever it says it is', async () => {
  const { here, there } = await startPair({
    allow: ['Stats.read', { functions: 'Stats.reset', from: 'ops@*' }],
  });
  here.rpc.cast(there.name, 'Stats', 'reset');
  const forged = { type: 'apply', module: 'Stats', fn: 'reset', args: [], origin: 'ops@h', from: 'ops@h' };
  here.cast(localName('rpc').on(there.name) as ServerRef<any>, forged);
  await here.rpc.call(there.name, 'Stats', 'read');
  expect(called).toStrictEqual([]);
  expect(logOf(there).map(({ report }) => report)).toContainEqual({
    type: 'refused',
    verb: 'rpc.cast',
    called: 'Stats.reset',
    from: here.name,
    problem: "'Stats.reset' is not allowed for here@127.0.0.1",
  });
});

it.each(['share', 'freeze', 'clone'] as const)(
  'a cast of the node itself is always admitted, with messageIsolation %s',
  async (messageIsolation) => {
    const start = await startCluster();
    const node = await start('there', { rpc: { allow: [] }, messageIsolation });
    const told: unknown[] = [];
    node.expose('Inbox', { put: (what: unknown) => void told.push(what) });
    const what = { is: 'mine' };
    node.rpc.cast(node.name, 'Inbox', 'put', [what]);
    await quiet({ here: node, there: node });
    expect(told).toEqual([what]);
    expect(told[0] === what).toBe(messageIsolation !== 'clone');
  },
);

it('the list is about functions: a node of the cluster can still reach, and end, every process', async () => {
  const { here, there } = await startPair({ allow: [] });
  let victim!: Pid;
  const heard = new Promise((resolve) => {
    victim = there.spawn(async (self) => {
      for (;;) resolve(await self.receive());
    });
  });
  there.register('victim', victim);
  here.send(localName('victim').on(there.name), 'hello');
  expect(await heard).toBe('hello');
  const { reason } = await watch(there, victim);
  here.exitSignal(victim, 'kill');
  expect(await reason).toBe('killed');
});

it.each<[string, string, boolean]>([
  ['Stats.read', 'Stats.read', true],
  ['Stats.read', 'Stats.reads', false],
  ['Stats.*', 'Stats.read', true],
  ['Stats.*', 'Statsx.read', false],
  ['*.read', 'A.B.read', true],
  ['S*.r*d', 'Stats.read', true],
  ['S*.r*d', 'Stats.reader', false],
  ['a*a.x', 'a.x', false],
  ['*', 'anything.at all', true],
  ['Stats.r.ad', 'Stats.read', false],
])('the pattern %s takes %s: %p', (pattern, text, expected) => {
  const [module = '', fn = ''] = text.split(/\.(?=[^.]*$)/);
  const check = (): void => new AllowList('self@h', { allow: [pattern] }).check('call', module, fn, 'a@h');
  if (expected) expect(check).not.toThrow();
  else expect(check).toThrow(NotExposedError);
});

it('a process that is started with a link or a monitor by a name that is not on the list ends with that', async () => {
  const { here, there } = await startPair({ allow: ['Node.*'] });
  const before = there.processes().length;
  const reason = { type: 'error', code: 'ERR_NOT_EXPOSED' };
  const ends = await inProcess(here, async (self) => {
    self.trapExit(true);
    const { ref } = await self.spawnMonitorOn(there.name, 'Stats', 'work');
    const linked = await self.spawnLinkOn(there.name, 'Stats', 'work');
    const [down, exit] = [await self.receive('DOWN'), await self.receive('EXIT')];
    return [down.ref === ref, down.reason, exit.from === linked, exit.reason];
  });
  expect(ends).toMatchObject([true, reason, true, reason]);
  await expect(here.spawnOn(there.name, 'Stats', 'work')).rejects.toThrow(NotExposedError);
  await quiet({ here, there });
  expect(there.processes()).toHaveLength(before);
});
