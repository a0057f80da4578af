import type { Down, Node, Pid, Random } from '@trestle/runtime';
import { createProbe, createTestNode, SeededRandom, VirtualClock } from '@trestle/runtime/testing';

declare const node: Node;
declare const pid: Pid;
type Pong = { type: 'pong'; n: number } | { type: 'other' };

export async function probes(): Promise<void> {
  const probe = await createProbe<Pong>(node);
  const pong: { type: 'pong'; n: number } = await probe.expectMessage('pong', { where: ({ n }) => n > 1 });
  const down: Down = await probe.expectDown(probe.monitor(pid));
  const either: Pong | Down = await probe.expectMessage(['pong', 'other', 'DOWN']);
  // @ts-expect-error no such message
  await probe.expectMessage('ping');
  // @ts-expect-error milliseconds, by the name withinMs
  await probe.expectMessage('pong', { afterMs: 5 });
  // @ts-expect-error no such message
  await probe.expectNoMessage('ping');
  // @ts-expect-error a pid's messages are those of the probe
  const wrong: Pid<{ type: 'ping' }> = probe.pid;
}

export async function nodes(): Promise<void> {
  const clock = new VirtualClock();
  const test = await createTestNode({ seed: 1, clock });
  const value: number = await test.until(Promise.resolve(1), { withinMs: 1_000 });
  // @ts-expect-error a seed is a number
  await createTestNode({ seed: 'x' });
  // @ts-expect-error a test node has no network
  await createTestNode({ name: 'a@127.0.0.1' });
  const random: Random = new SeededRandom('any text');
}
