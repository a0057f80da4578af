import { startNode, type Node, type Pid } from '@trestle/runtime';
import { rate } from './harness';

interface Ping {
  readonly type: 'ping';
  readonly from: Pid<Pong>;
}
interface Pong {
  readonly type: 'pong';
}

/** Two processes that send each other one message at a time and take it by `receive`. */
function pingPong(node: Node, rounds: number): Promise<void> {
  const ponger = node.spawn<Ping>(async (self) => {
    for (;;) {
      const { from } = await self.receive('ping');
      self.send(from, { type: 'pong' });
    }
  });
  return new Promise((resolve) => {
    node.spawn<Pong>(async (self) => {
      for (let i = 0; i < rounds; i++) {
        self.send(ponger, { type: 'ping', from: self.pid });
        await self.receive('pong');
      }
      self.exitSignal(ponger, 'kill');
      resolve();
    });
  });
}

async function main(): Promise<void> {
  const node = await startNode();
  await rate('ping-pong by receive, round trips', 500_000, (n) => pingPong(node, n), { reach: '>= 2 M' });
  await node.stop();
}

void main();
