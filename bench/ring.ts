import { startNode, type Pid } from '@trestle/runtime';
import { rate } from './harness';

type Token = number;

const size = 1_000;

/** A token that goes around a ring of processes, which take it by `receive`. */
async function main(): Promise<void> {
  const node = await startNode();
  let finish = (): void => {};
  const body = (next: () => Pid<Token>) =>
    node.spawn<Token>(async (self) => {
      for (;;) {
        const left = (await self.receive()) as Token;
        if (left === 0) finish();
        else self.send(next(), left - 1);
      }
    });
  let pid: Pid<Token> = body(() => last);
  for (let i = 1; i < size; i++) {
    const next = pid;
    pid = body(() => next);
  }
  const last = pid;
  const passes = (n: number): Promise<void> =>
    new Promise((resolve) => {
      finish = resolve;
      node.send(last, n);
    });
  await rate('ring of 1,000 processes, passes', 2_000_000, passes, { reach: '>= 6 M' });
  await node.stop();
}

void main();
