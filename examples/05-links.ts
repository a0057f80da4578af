// A link ties two processes together: the end of one is an exit signal to the other, which it can trap.
import { startNode } from '@trestle/runtime';

async function main(): Promise<void> {
  const node = await startNode();
  await new Promise<void>((done) => {
    node.spawn(async (self) => {
      self.trapExit(true);
      const worker = self.spawnLink((me) => me.exit({ type: 'shutdown', detail: 'no more work' }));
      const exit = await self.receive('EXIT', { where: (message) => message.from === worker });
      console.log('the worker left:', exit.reason);

      self.link(worker); // it is gone
      console.log('and is gone:', (await self.receive('EXIT')).reason);
      done();
    });
  });
  await node.stop();
}

void main();

// prints:
// the worker left: { type: 'shutdown', detail: 'no more work' }
// and is gone: noproc
