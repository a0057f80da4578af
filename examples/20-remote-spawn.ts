// Processes on another node, linked or monitored from their first moment on.
import { body, startNode, type Pid } from '@trestle/runtime';

async function main(): Promise<void> {
  const cookie = 'remote-spawn-example-cookie';
  const a = await startNode({ name: 'spawn_a@127.0.0.1', cookie });
  // Whoever has the cookie may now execute any function on b: see docs/semantics.md.
  const b = await startNode({ name: 'spawn_b@127.0.0.1', cookie, acceptFunctions: true });
  b.expose('Workers', { square: body((self, to: Pid, n: number) => self.send(to, n * n)) });

  await new Promise<void>((done) => {
    a.spawn<number | string>(async (self) => {
      await self.spawnOn('spawn_b@127.0.0.1', 'Workers', 'square', [self.pid, 7]); // by name
      console.log(await self.receive());

      const where = (me: typeof self, to: Pid) => {
        me.send(to, `executed on ${me.node.name}`); // nothing of this file is known there
      };
      await self.spawnOn('spawn_b@127.0.0.1', where, [self.pid]); // by its source
      console.log(await self.receive());

      const { ref } = await self.spawnMonitorOn('spawn_b@127.0.0.1', 'Workers', 'missing');
      const down = await self.receive('DOWN', { where: (message) => message.ref === ref });
      console.log((down.reason as Error).message);

      self.trapExit(true);
      await self.spawnLinkOn('nobody@127.0.0.1', 'Workers', 'square');
      console.log((await self.receive('EXIT')).reason);
      done();
    });
  });
  await Promise.all([a.stop(), b.stop()]);
}

void main();

// prints:
// 49
// executed on spawn_b@127.0.0.1
// spawnMonitorOn: module 'Workers' exposes no function 'missing'
// noconnection
