import { startNode, type Self } from '@trestle/runtime';

/** Ends a process whose signal has a listener that throws, and tells what went on all the same. */
async function main(): Promise<void> {
  const uncaught: string[] = [];
  process.on('uncaughtException', (error: Error) => uncaught.push(error.message));
  const node = await startNode();
  const body = async (self: Self): Promise<void> => {
    self.register('doomed');
    self.signal.addEventListener('abort', () => {
      throw new Error('bad listener');
    });
    await self.receive();
  };
  const heard = await new Promise((resolve) => {
    node.spawn(async (self) => {
      self.trapExit(true);
      const pid = self.spawnLink(body);
      self.monitor(pid);
      self.sendAfter(self.pid, 'go', 0);
      await self.receive(undefined, { where: (message) => message === 'go' });
      self.exitSignal(pid, 'over');
      const down = await self.receive('DOWN');
      const exit = await self.receive('EXIT');
      resolve([down.reason, exit.reason, node.whereis('doomed') ?? 'free']);
    });
  });
  await node.stop();
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(JSON.stringify({ heard, uncaught }));
}

void main();
