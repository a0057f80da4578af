import { startNode, type Self } from '@trestle/runtime';
import { add, Counter } from './counter';
import { rate, time } from './harness';

const unmatched = 10_000;
const queued = 100_000;

interface Wanted {
  readonly type: 'wanted' | 'other';
}

/** Executes `code` as a process whose mailbox holds so many messages that nobody takes. */
function behind(
  node: Awaited<ReturnType<typeof startNode>>,
  count: number,
  code: (self: Self<Wanted>) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    node.spawn<Wanted>(async (self) => {
      for (let i = 0; i < count; i++) self.send(self.pid, { type: 'other' });
      await code(self).then(resolve, reject);
    });
  });
}

/** What a mailbox full of messages costs those who wait for another one. */
async function main(): Promise<void> {
  const node = await startNode();
  const counter = await node.start(Counter);
  const receives = 2_000;
  await behind(node, unmatched, async (self) => {
    await time(
      `selective receive behind 10,000 unmatched messages`,
      'µs',
      async () => {
        for (let i = 0; i < receives; i++) {
          self.send(self.pid, { type: 'wanted' });
          await self.receive('wanted');
        }
      },
      { reach: '<= 30', each: receives },
    );
  });
  const calls = async (self: Self<Wanted>, n: number): Promise<void> => {
    for (let i = 0; i < n; i++) await self.call(counter, add);
  };
  await behind(node, 0, (self) =>
    rate('call, with an empty mailbox', 500_000, (n) => calls(self, n)).then(() => {}),
  );
  await behind(node, queued, (self) =>
    rate('call, with 100,000 messages queued', 500_000, (n) => calls(self, n), {
      reach: 'as with none',
    }).then(() => {}),
  );
  await node.stop();
}

void main();
