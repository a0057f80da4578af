// Tasks: functions in processes of their own, awaited by the process that started them.
import { startNode, Task } from '@trestle/runtime';

async function main(): Promise<void> {
  const node = await startNode();
  await new Promise<void>((done) => {
    node.spawn(async (self) => {
      const sum = Task.async(self, () => 1 + 2);
      const product = Task.async(self, () => 6 * 7);
      console.log(await Task.await(self, sum), await Task.await(self, product));

      // Two at a time, in order.
      const squares = Task.asyncStream(self, [1, 2, 3, 4], (n) => n * n, { maxConcurrency: 2 });
      for await (const outcome of squares) console.log(outcome);
      done();
    });
  });
  await node.stop();
}

void main();

// prints:
// 3 42
// { status: 'ok', value: 1 }
// { status: 'ok', value: 4 }
// { status: 'ok', value: 9 }
// { status: 'ok', value: 16 }
