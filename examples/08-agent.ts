// An agent: a process that keeps a value.
import { startAgent, startNode } from '@trestle/runtime';

async function main(): Promise<void> {
  const node = await startNode();
  const agent = await startAgent(node, () => 42);
  console.log(await agent.get((value) => value));
  await agent.update((value) => value + 1);
  console.log(await agent.get((value) => value * 2));
  await node.stop();
}

void main();

// prints:
// 42
// 86
