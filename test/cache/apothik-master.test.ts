import { BadArgumentError } from '@trestle/runtime';
import { withDownHint } from '../../examples/apothik/down-hint';
import { masterOf } from '../../examples/apothik/master';
import { promptText } from '../../packages/runtime/src/shell/prompt/error-text';
import { startTestNode } from '../support/test-node';

it("a verb of the example's master that is typed with a wrong number is refused, and asks no node", async () => {
  const node = await startTestNode();
  const verbs = withDownHint(masterOf(node.rpc)) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const typed = [
    ['get', 'k_1_7'],
    ['stat', undefined],
    ['kill', 0],
    ['tokens', 1.5],
    ['fill', 'one', 10],
    ['fill', 1, 'ten'],
  ] as const;
  const refusals = typed.map(([verb, ...args]) => verbs[verb]!(...args));
  const told = (await Promise.allSettled(refusals)).map((end) => end.status === 'rejected' && end.reason);
  const wrong = "Master: expected an instance's number, from 1 on, got";
  expect(told.every((reason) => reason instanceof BadArgumentError)).toBe(true);
  // At a prompt that is all that is shown.
  for (const reason of told)
    expect(promptText(reason)).toBe(`ERR_BAD_ARGUMENT: ${(reason as Error).message}`);
  expect(told.map((reason) => (reason as Error).message)).toStrictEqual([
    `${wrong} 'k_1_7'`,
    `${wrong} undefined`,
    `${wrong} 0`,
    `${wrong} 1.5`,
    `${wrong} 'one'`,
    "Master: expected a number of entries, from 1 on, got 'ten'",
  ]);
});
