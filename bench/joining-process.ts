import { silentLogger, startNode } from '@trestle/runtime';
import type { Joining } from './join';

const pollMs = 5;

/** Starts a node, connects it to the first one as soon as that is there, and waits until all have joined. */
async function join(
  name: string,
  { hidden, first, connections, cookie, mapperPort }: Joining,
): Promise<void> {
  const node = await startNode({ name, hidden, cookie, mapperPort, logger: silentLogger });
  while (!(await node.connect(first))) await new Promise((resolve) => setTimeout(resolve, pollMs));
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (node.list('connected').length >= connections) resolve();
    };
    node.events.on('nodeup', look);
    look();
  });
}

process.once('message', (message) => {
  const joining = message as Joining;
  void Promise.all(joining.names.map((name) => join(name, joining))).then(() => process.send?.('joined'));
});
process.once('disconnect', () => process.exit());
