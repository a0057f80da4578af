import type { OtherNode } from './other-node';

/** What a run of remote operations took. */
export interface Cost {
  /** Operations per second. */
  readonly rate: number;
  /** Microseconds of processor time per operation, of this OS process and the other: what a busy machine leaves as it is. */
  readonly cpuUs: number;
}

/** Measures one run of `count` operations, on both sides. */
export async function costOf(
  other: OtherNode,
  count: number,
  operation: (count: number) => Promise<void>,
): Promise<Cost> {
  const cpuBefore = (await other.cpuUs()) + ownCpuUs();
  const start = performance.now();
  await operation(count);
  const ms = performance.now() - start;
  const cpuUs = ownCpuUs() + (await other.cpuUs()) - cpuBefore;
  return { rate: Math.round((count / ms) * 1_000), cpuUs: cpuUs / count };
}

/** Microseconds of processor time this OS process has used. */
export function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
