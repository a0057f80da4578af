// Starting processes on other nodes: what compiles, and what must not.
import type { Alias, Node, Pid, Self } from '@trestle/runtime';

type Ping = { type: 'ping'; from: Pid };

async function spawns(node: Node, self: Self): Promise<void> {
  const byName: Pid = await node.spawnOn('b@h', 'Workers', 'wait', [1], { label: 'x' });
  const untyped: Pid = await node.spawnOn('b@h', (me) => me.pid);
  const typed: Pid = await self.spawnLinkOn('b@h', async (me: Self<Ping>) => {
    (await me.receive('ping')).from satisfies Pid;
  });
  await node.spawnOn('b@h', (_me, count: number, to: Pid) => [count, to], [1, typed]);
  const { pid, ref } = await self.spawnMonitorOn('b@h', 'Workers', 'wait');
  const aliased = await self.spawnMonitorOn('b@h', 'Workers', 'wait', [], { alias: 'demonitor' });
  aliased.ref satisfies Alias;
  self.spawnMonitor(() => 1, { alias: 'demonitor', tag: 'gone' }).ref satisfies Alias;
  const request = self.spawnRequest('b@h', 'Workers', 'wait', [], { link: true, replyTag: 'started' });
  self.spawnRequestAbandon(request);
  const reply = await self.receive('spawnReply');
  if (reply.status === 'ok') reply.pid satisfies Pid;
  else reply.error.code satisfies string;

  // @ts-expect-error its arguments are missing
  await node.spawnOn('b@h', (_me, count: number) => count);
  // @ts-expect-error an argument of another type
  await node.spawnOn('b@h', (_me, count: number) => count, ['x']);
  // @ts-expect-error no such option
  await node.spawnOn('b@h', 'Workers', 'wait', [], { name: 'x' });
  // @ts-expect-error a node links nothing
  await node.spawnLinkOn('b@h', 'Workers', 'wait');
  // @ts-expect-error no such alias
  await self.spawnMonitorOn('b@h', 'Workers', 'wait', [], { alias: 'reply' });
  // @ts-expect-error no such reply
  self.spawnRequest('b@h', 'Workers', 'wait', [], { reply: 'maybe' });
  self.send(pid, [byName, untyped, ref]);
}

export { spawns };
