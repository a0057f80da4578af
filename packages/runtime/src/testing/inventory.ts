import type { LocalNode } from '../node/local-node';
import type { LocalProcess } from '../process/local-process';
import { describeAddress } from '../terms/address';

/** What a node holds: things by what tells them apart, each in a line of text; and counts of what has no face. */
export interface Inventory {
  readonly things: ReadonlyMap<string, string>;
  readonly counts: ReadonlyMap<string, number>;
}

/** Takes stock of a node. */
export function inventoryOf(local: LocalNode): Inventory {
  const things = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const process of local.table.all()) noteProcess(local, process, things, counts);
  for (const name of local.registry.names()) {
    const pid = local.registry.get(name)?.pid ?? 'nobody';
    things.set(`name ${name}`, `the name '${name}' of ${pid}`);
  }
  counts.set('a timer of sendAfter', local.timers.size);
  counts.set('a deadline of a call', local.deadlines.size);
  counts.set('a call that waits for another node', local.gen.numbers.size);
  counts.set('an open socket', local.distribution.openSockets);
  return { things, counts };
}

function noteProcess(
  local: LocalNode,
  process: LocalProcess,
  things: Map<string, string>,
  counts: Map<string, number>,
): void {
  const who = describeProcess(process);
  const waiting = process.queueLength;
  const messages = waiting === 1 ? '1 message' : `${String(waiting)} messages`;
  things.set(process.pid, `the process ${who}${waiting === 0 ? '' : `, with ${messages} waiting`}`);
  counts.set(`a call that ${who} has not answered`, process.openCallCount);
  for (const [ref, target] of process.monitored) {
    things.set(ref, `the monitor of ${who} on ${describeAddress(target, local.name)}`);
  }
}

function describeProcess({ pid, name, label }: LocalProcess): string {
  if (name !== null) return `${pid} '${name}'`;
  return label === null ? pid : `${pid} (${label})`;
}

/** What an inventory holds and an earlier one did not; everything, if there is none. */
export function newIn(now: Inventory, before: Inventory | null): string[] {
  const things = [...now.things].filter(([id]) => before?.things.has(id) !== true).map(([, text]) => text);
  const counts = [...now.counts]
    .map(([text, count]) => ({ text, more: count - (before?.counts.get(text) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ text, more }) => (more === 1 ? text : `${String(more)} times: ${text}`));
  return [...things, ...counts];
}
