import { startNode, type Self } from '@trestle/runtime';
import { rate } from './harness';

const nothing = (): void => {};

/** Runs `cycle` so often, within one process. */
function cycles(count: number, cycle: (self: Self) => Promise<unknown>) {
  return (self: Self): Promise<void> => repeat(self, count, cycle);
}

async function repeat(self: Self, count: number, cycle: (self: Self) => Promise<unknown>): Promise<void> {
  self.trapExit(true);
  for (let i = 0; i < count; i++) await cycle(self);
}

/** A process that starts another, and waits until it hears of its end: by a monitor, by a link. */
async function main(): Promise<void> {
  const node = await startNode();
  const inProcess = (n: number, cycle: (self: Self) => Promise<unknown>): Promise<void> =>
    new Promise((resolve) => {
      node.spawn(async (self) => {
        await cycles(n, cycle)(self);
        resolve();
      });
    });
  const monitor = (self: Self): Promise<unknown> => {
    self.spawnMonitor(nothing);
    return self.receive('DOWN');
  };
  const link = (self: Self): Promise<unknown> => {
    self.spawnLink(nothing);
    return self.receive('EXIT');
  };
  await rate('spawn + monitor + exit + DOWN, cycles', 500_000, (n) => inProcess(n, monitor), {
    reach: '>= 1.5 M',
  });
  await rate('spawnLink + exit + trapped EXIT, cycles', 500_000, (n) => inProcess(n, link));
  await node.stop();
}

void main();
