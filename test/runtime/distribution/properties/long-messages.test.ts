import type { Node, Pid, Self } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

const kibibyte = 1024;

interface Parcel {
  readonly from: Pid;
  readonly n: number;
  readonly bytes: Uint8Array;
}

/** A process that notes which parcels it gets. */
async function receiver(sim: Simulation, node: Node): Promise<{ pid: Pid; seen: Parcel[] }> {
  const seen: Parcel[] = [];
  const pid = node.spawn<any>(async (self) => {
    for (;;) seen.push(await self.receive());
  });
  await sim.advance(0);
  return { pid, seen };
}

/** A process that does what the test makes its `self` do. */
async function sender(sim: Simulation, node: Node): Promise<Self<any>> {
  return sim.until(
    new Promise((resolve) => {
      node.spawn<any>((self) => {
        resolve(self);
        return self.receive('never');
      });
    }),
  );
}

const parcel = (self: Self<any>, n: number, length: number): Parcel => ({
  from: self.pid,
  n,
  bytes: new Uint8Array(length).fill(n),
});

async function pair(sim: Simulation, bytesPerMs: number): Promise<[Node, Node]> {
  const [a, b] = (await sim.startNodes(2, { netTickMs: 4_000 })) as [Node, Node];
  await sim.until(a.connect(b.name));
  sim.network.readSlowly(b, bytesPerMs);
  return [a, b];
}

describe('messages of any length', () => {
  itHolds(
    'of one process to another arrive whole and in the order sent, whatever is lost',
    async (sim) => {
      const random = sim.random.fork('long messages');
      const nodes = (await sim.startNodes(2, { netTickMs: 4_000 })) as [Node, Node];
      const { pid, seen } = await receiver(sim, nodes[1]);
      const senders = [await sender(sim, nodes[0]), await sender(sim, nodes[0]), await sender(sim, nodes[0])];
      let n = 0;
      let sending = true;
      const send = (): void => {
        const self = random.pick(senders);
        const length = random.chance(0.3) ? random.below(400 * kibibyte) : random.below(100);
        self.send(pid, parcel(self, (n += 1), length));
        if (sending) sim.clock.setTimer(send, random.between(0, 40));
      };
      send();
      await sim.disturb({ forMs: 2_000, lastsMs: [10, 500], faults: ['cut', 'slow', 'block', 'pause'] });
      sending = false;
      await sim.advance(10_000);
      for (const { pid: from } of senders) {
        const numbers = seen.filter((one) => one.from === from).map((one) => one.n);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }
      for (const { n: value, bytes } of seen) expect(bytes.every((byte) => byte === value % 256)).toBe(true);
      expect(seen.length).toBeGreaterThan(3);
    },
    { seeds: 50 },
  );

  itHolds(
    'keep a short one of another process back by a few fragments at most',
    async (sim) => {
      const [a, b] = await pair(sim, 100);
      const [one, other] = [await sender(sim, a), await sender(sim, a)];
      const { pid, seen } = await receiver(sim, b);
      one.send(pid, parcel(one, 1, 10_000 * kibibyte));
      one.send(pid, parcel(one, 2, 1));
      await sim.advance(20_000);
      const start = sim.clock.now();
      other.send(pid, parcel(other, 3, 1));
      await sim.clock.untilTrue(() => seen.length > 0);
      expect(seen.map(({ n }) => n)).toEqual([3]);
      // Six fragments: four that there is room for, one that was begun, and one for the latency.
      expect(sim.clock.now() - start).toBeLessThan((6 * 64 * kibibyte) / 100);
      await sim.clock.untilTrue(() => seen.length === 3);
      expect(seen.map(({ n }) => n)).toEqual([3, 1, 2]);
      expect(a.list()).toEqual([b.name]);
    },
    { seeds: 5 },
  );

  itHolds(
    'stay in order with links, exits and what is told of an end, by pid and by name',
    async (sim) => {
      const [a, b] = await pair(sim, 1_000);
      const told: string[] = [];
      const long = { type: 'long', bytes: new Uint8Array(2_000 * kibibyte) };
      b.spawn<any>(async (self) => {
        self.trapExit(true);
        self.register('watcher');
        for (;;) told.push((await self.receive()).type);
      });
      await sim.advance(0);
      const worker = a.spawn<any>(async (self) => {
        self.register('worker');
        const { watcher } = await self.receive('begin');
        self.link(watcher);
        self.send(watcher, long);
        self.send({ name: 'watcher', node: b.name }, { type: 'short' });
        return self.exit('done');
      });
      const watching = b.spawn<any>(async (self) => {
        self.monitor({ name: 'worker', node: a.name });
        for (;;) told.push(`watching ${(await self.receive()).type}`);
      });
      await sim.advance(1_000);
      a.send(worker, { type: 'begin', watcher: b.whereis('watcher') });
      await sim.clock.untilTrue(() => told.length === 4);
      expect(told.filter((type) => !type.startsWith('watching'))).toEqual(['long', 'short', 'EXIT']);
      expect(told).toContain('watching DOWN');
      expect(b.isAlive(watching)).toBe(true);
    },
    { seeds: 5 },
  );

  itHolds(
    'whose connection is lost half-way never arrive',
    async (sim) => {
      const [a, b] = await pair(sim, 100);
      const self = await sender(sim, a);
      const { pid, seen } = await receiver(sim, b);
      self.send(pid, parcel(self, 1, 10_000 * kibibyte));
      await sim.advance(10_000);
      let losses = 0;
      a.events.on('nodedown', () => (losses += 1));
      sim.network.cut(a, b);
      // What had left before is still read.
      await sim.advance(20_000);
      expect(losses).toBe(1);
      self.send(pid, parcel(self, 2, 1));
      await sim.clock.untilTrue(() => seen.length > 0);
      await sim.advance(200_000);
      expect(seen.map(({ n }) => n)).toEqual([2]);
    },
    { seeds: 5 },
  );
});
