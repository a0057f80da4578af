import { startNode, type Node } from '@trestle/runtime';
import { collectGarbage, median, rate, report, runs as runCount } from './harness';

const due = 100_000;
const withinMs = 1_000;

/** Timers that are set and cancelled at once, as most are. */
async function setAndCancel(node: Node): Promise<void> {
  const pid = node.spawn((self) => self.receive());
  const cycles = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) node.cancelTimer(node.sendAfter(pid, 'never', 60_000));
  };
  await rate('sendAfter + cancelTimer', 2_000_000, cycles, { reach: '>= 5 M' });
}

/** How late each of many timers is that are due within a second, half a second from now: as OTP's were measured. */
function latenesses(node: Node): Promise<number[]> {
  collectGarbage();
  return new Promise((resolve) => {
    node.spawn<number>(async (self) => {
      const late: number[] = [];
      for (let i = 0; i < due; i++) {
        const delayMs = 500 + (i % withinMs);
        self.sendAfter(self.pid, performance.now() + delayMs, delayMs);
      }
      while (late.length < due) late.push(performance.now() - ((await self.receive()) as number));
      resolve(late.sort((a, b) => a - b));
    });
  });
}

async function main(): Promise<void> {
  const node = await startNode();
  await setAndCancel(node);
  await latenesses(node);
  const all: number[][] = [];
  while (all.length < runCount) all.push(await latenesses(node));
  const at = (share: number): number[] => all.map((late) => late[Math.floor(share * (due - 1))]!);
  for (const [name, share, reach] of [
    ['median', 0.5, undefined],
    ['99th percentile', 0.99, '<= 2'],
    ['largest', 1, undefined],
  ] as const) {
    const runs = at(share);
    const figure = `100,000 timers over one second, lateness, ${name}`;
    report({ figure, value: median(runs), unit: 'ms', runs, ...(reach === undefined ? {} : { reach }) });
  }
  await node.stop();
}

void main();
