import type { Node, Pid, Self } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';
import { partsOf } from '../../../support/test-node';

const kibibyte = 1024;
const highBytes = 128 * kibibyte;
const payload = new Uint8Array(10 * kibibyte);

interface World {
  readonly a: Node;
  readonly b: Node;
  readonly reader: Pid;
  readonly seen: any[];
}

/** Two connected nodes; the second one has a reader, and reads so many bytes in a millisecond. */
async function world(sim: Simulation, bytesPerMs: number): Promise<World> {
  const options = { netTickMs: 60_000, sendBuffer: { highBytes } };
  const [a, b] = (await sim.startNodes(2, options)) as [Node, Node];
  await sim.until(a.connect(b.name));
  const seen: any[] = [];
  const reader = b.spawn<any>(async (self) => {
    self.register('reader');
    self.trapExit(true);
    for (;;) seen.push(await self.receive());
  });
  await sim.advance(0);
  sim.network.readSlowly(b, bytesPerMs);
  return { a, b, reader, seen };
}

const waitingBytes = ({ a, b }: World): number => {
  const outflow: any = partsOf(a).distribution.outflow(b.name);
  return outflow === undefined ? 0 : outflow.options.waitingBytes();
};

/** Fills the buffer until the node counts as busy. */
function fill(self: Pick<Self<any>, 'send'>, reader: Pid): number {
  let count = 0;
  while (self.send(reader, { type: 'filling', payload }, { nosuspend: true }) === 'ok') count += 1;
  return count;
}

describe('a node that reads slowly', () => {
  itHolds(
    'gets all that senders who wait have to send, in order and in bounded memory',
    async (sim) => {
      const at = await world(sim, 100);
      const senders = 20;
      const each = 20;
      let most = 0;
      let done = 0;
      for (let sender = 0; sender < senders; sender += 1) {
        at.a.spawn<any>(async (self) => {
          for (let n = 0; n < each; n += 1) {
            await self.send(at.reader, { type: 'data', sender, n, payload }, { suspend: true });
            most = Math.max(most, waitingBytes(at));
          }
          done += 1;
        });
      }
      await sim.clock.untilTrue(() => at.seen.length === senders * each);
      expect(done).toBe(senders);
      expect(most).toBeLessThan(highBytes + 2 * payload.length);
      for (let sender = 0; sender < senders; sender += 1) {
        const numbers = at.seen.filter((one) => one.sender === sender).map(({ n }) => n);
        expect(numbers).toEqual(Array.from({ length: each }, (_, n) => n));
      }
      expect(at.a.list()).toEqual([at.b.name]);
    },
    { seeds: 20 },
  );

  itHolds(
    'is told of by nosuspend, which sends nothing then, and everything again when it has caught up',
    async (sim) => {
      const { a, reader, seen } = await world(sim, 100);
      const filled = fill(a, reader);
      expect(a.send(reader, { type: 'too much' }, { nosuspend: true })).toBe('nosuspend');
      expect(a.cast(reader as never, 'too much' as never, { nosuspend: true })).toBe('nosuspend');
      await sim.clock.untilTrue(() => seen.length === filled);
      expect(a.send(reader, { type: 'last' }, { nosuspend: true })).toBe('ok');
      await sim.clock.untilTrue(() => seen.length > filled);
      expect(seen.map(({ type }) => type)).toEqual([...Array(filled).fill('filling'), 'last']);
    },
    { seeds: 5 },
  );

  itHolds(
    'gets links, monitors and exits, and what is sent without waiting, in the order sent',
    async (sim) => {
      const { a, b, reader, seen } = await world(sim, 100);
      let ended = false;
      const sender = a.spawn<any>(async (self) => {
        fill(self, reader);
        self.send(reader, { type: 'plain' });
        self.link(reader);
        self.exitSignal(reader, 'wake up');
        await self.receive('end');
        ended = true;
      });
      await sim.advance(0);
      a.send(sender, { type: 'end' });
      await sim.clock.untilTrue(() => seen.filter(({ type }) => type === 'EXIT').length === 2);
      const behind = seen.filter(({ type }) => type !== 'filling').map(({ type, reason }) => reason ?? type);
      expect(behind).toEqual(['plain', 'wake up', 'normal']);
      expect([ended, b.isAlive(reader)]).toEqual([true, true]);
    },
    { seeds: 5 },
  );

  itHolds(
    'gets nothing of a process that was killed while it waited',
    async (sim) => {
      const { a, reader, seen } = await world(sim, 100);
      const filled = fill(a, reader);
      let went = false;
      const sender = a.spawn<any>(async (self) => {
        await self.send(reader, { type: 'late' }, { suspend: true });
        went = true;
      });
      await sim.advance(0);
      a.exitSignal(sender, 'kill');
      await sim.clock.untilTrue(() => seen.length === filled);
      await sim.advance(1_000);
      expect([went, seen.length]).toEqual([false, filled]);
    },
    { seeds: 5 },
  );

  itHolds(
    'keeps nobody waiting when it is lost: what they wait to send is dropped',
    async (sim) => {
      const { a, b, reader, seen } = await world(sim, 100);
      fill(a, reader);
      const waits = a.send(reader, { type: 'lost' }, { suspend: true });
      await sim.advance(0);
      await a.disconnect(b.name);
      await sim.until(waits);
      await sim.advance(10_000);
      expect(seen.some(({ type }) => type === 'lost')).toBe(false);
    },
    { seeds: 5 },
  );

  itHolds(
    'is given up when senders do not wait and more waits than may, and links and monitors say so',
    async (sim) => {
      const options = { netTickMs: 60_000, sendBuffer: { highBytes, maxBytes: 2 * highBytes } };
      const [a, b] = (await sim.startNodes(2, options)) as [Node, Node];
      await sim.until(a.connect(b.name));
      const reader = b.spawn<any>((self) => self.receive('never'));
      sim.network.readSlowly(b, 1);
      const told: unknown[] = [];
      a.spawn<any>(async (self) => {
        self.monitorNodes(true);
        self.monitor(reader);
        for (;;) told.push((await self.receive()).reason);
      });
      await sim.advance(0);
      for (let i = 0; i < 40; i += 1) a.send(reader, { type: 'flood', payload });
      await sim.clock.untilTrue(() => told.length === 2);
      expect(told).toEqual(['noconnection', 'sendQueueOverflow']);
    },
    { seeds: 5 },
  );

  itHolds(
    'is told of as an event: who waits, how much, and when it is over',
    async (sim) => {
      const { a, b, reader, seen } = await world(sim, 100);
      const told: any[] = [];
      a.events.on('busyDistPort', (event) => told.push(event));
      a.events.on('freeDistPort', (event) => told.push(event));
      const sender = a.spawn<any>(async (self) => {
        for (let n = 0; n < 20; n += 1) await self.send(reader, { type: 'data', payload }, { suspend: true });
      });
      await sim.advance(5);
      const [bytes, forMs] = [expect.any(Number), expect.any(Number)];
      expect(told).toEqual([{ type: 'busyDistPort', node: b.name, bytes, waiting: [sender] }]);
      expect(told[0].bytes).toBeGreaterThan(highBytes / 2);
      await sim.clock.untilTrue(() => seen.length === 20);
      expect(told.slice(1)).toEqual([{ type: 'freeDistPort', node: b.name, forMs }]);
    },
    { seeds: 5 },
  );

  itHolds(
    'is in the log when it has been busy for a second, every ten seconds at most',
    async (sim) => {
      const { a, b, reader, seen } = await world(sim, 100);
      let freed = 0;
      a.events.on('freeDistPort', () => (freed += 1));
      const logged = () => sim.log.map(({ text }) => text).filter((text) => text.includes('too slowly'));
      const busyOnce = async (bytesPerMs: number): Promise<void> => {
        sim.network.readSlowly(b, bytesPerMs);
        const before = [freed, seen.length] as const;
        const filled = fill(a, reader);
        await sim.clock.untilTrue(() => freed > before[0] && seen.length === before[1] + filled);
      };
      await busyOnce(1_000);
      expect(logged()).toStrictEqual([]);
      await busyOnce(40);
      expect(logged()).toHaveLength(1);
      expect(logged()[0]).toMatch(
        /^node \S+ takes what is sent too slowly: \d+ bytes wait to leave, and 0 senders$/,
      );
      await busyOnce(40);
      expect(logged()).toHaveLength(1);
      await sim.advance(10_000);
      await busyOnce(40);
      expect(logged()).toHaveLength(2);
    },
    { seeds: 5 },
  );

  itHolds(
    'that is busy is free again when it is lost',
    async (sim) => {
      const { a, b, reader } = await world(sim, 1);
      const told: string[] = [];
      a.events.on('busyDistPort', ({ type }) => told.push(type));
      a.events.on('freeDistPort', ({ type }) => told.push(type));
      fill(a, reader);
      await sim.advance(10);
      await a.disconnect(b.name);
      await sim.advance(2_000);
      expect(told).toEqual(['busyDistPort', 'freeDistPort']);
    },
    { seeds: 5 },
  );
});
