// The program of the page: a node with two processes, that of the screen and one that visits the server.
import { localName, startBrowserNode, timer } from '@trestle/runtime/browser';
import { Screen } from './screen';
import type { Hall } from './server';

const HALL = localName<Hall>('hall').on('server@127.0.0.1');

function append(text: string): void {
  const line = document.createElement('li');
  line.textContent = text;
  document.querySelector('#screen')?.append(line);
}

async function main(): Promise<void> {
  // The server writes them into the page. Whoever reads the page can be a node of the cluster.
  const { url = '', cookie = '' } = document.body.dataset;
  const name = `page-${crypto.randomUUID().slice(0, 8)}@browser`;
  const node = await startBrowserNode({ name, cookie, connect: { 'server@127.0.0.1': url } });
  const screen = await node.start(Screen, { args: append });

  node.spawn(async (self) => {
    self.label = 'visitor';
    for (;;) {
      // Without a connection it reports at once, and a message to the server is reason enough to dial it again.
      self.monitor(HALL);
      const visitors = await self.call(HALL, { type: 'join', screen }).catch(() => 0);
      if (visitors > 0) append(`visitor ${visitors} of the server`);
      const { reason } = await self.receive('DOWN');
      append(`the server is gone: ${String(reason)}`);
      await timer.sleep(self, 200);
    }
  });
}

void main();
