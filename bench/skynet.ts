import { startNode, type Node, type Pid, type Self } from '@trestle/runtime';
import { time } from './harness';

const leaves = 1_000_000;
const fanOut = 10;

/** A process that is a leaf, or starts ten of its kind and sends on the sum of what they send. */
function skynet(parent: Pid<number>, first: number, size: number) {
  return async (self: Self<number>): Promise<void> => {
    if (size === 1) {
      self.send(parent, first);
      return;
    }
    const each = size / fanOut;
    for (let i = 0; i < fanOut; i++) self.spawn(skynet(self.pid, first + i * each, each));
    let sum = 0;
    for (let i = 0; i < fanOut; i++) sum += (await self.receive()) as number;
    self.send(parent, sum);
  };
}

function run(node: Node): Promise<void> {
  return new Promise((resolve, reject) => {
    node.spawn<number>(async (self) => {
      self.spawn(skynet(self.pid, 0, leaves));
      const sum = (await self.receive()) as number;
      if (sum === (leaves * (leaves - 1)) / 2) resolve();
      else reject(new Error(`the sum is ${String(sum)}`));
    });
  });
}

/** 1,111,111 processes in a tree, each of which waits for its ten children. */
async function main(): Promise<void> {
  const node = await startNode();
  await time('skynet, a million leaves', 'ms', () => run(node), { reach: '<= 1,200' });
  await node.stop();
}

void main();
