import type { Node } from '@trestle/runtime';
import { createTestNode } from '@trestle/runtime/testing';

/** Ten processes that each note their number once. */
async function orderOf(node: Node, settle: () => Promise<void>): Promise<number[]> {
  const order: number[] = [];
  for (let n = 0; n < 10; n++) node.spawn(() => order.push(n));
  await settle();
  return order;
}

async function orderWith(seed?: number): Promise<number[]> {
  const test = await createTestNode(seed === undefined ? {} : { seed });
  const order = await orderOf(test.node, () => test.settle());
  await test.stop();
  return order;
}

describe('a node that is started with a seed', () => {
  it('runs ready processes in an order drawn from it, the same each time', async () => {
    const inTurn = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(await orderWith()).toEqual(inTurn);
    expect(await orderWith(1)).toEqual(await orderWith(1));
    const orders = await Promise.all(Array.from({ length: 20 }, (_, seed) => orderWith(seed)));
    expect(new Set(orders.map(String)).size).toBeGreaterThan(15);
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(inTurn);
  });

  it('keeps the order of messages from one process to another', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const test = await createTestNode({ seed });
      const received: { from: number; n: number }[] = [];
      const receiver = test.node.spawn<{ from: number; n: number }>(async (self) => {
        for (;;) received.push((await self.receive()) as { from: number; n: number });
      });
      for (let from = 0; from < 3; from++) {
        test.node.spawn(async (self) => {
          for (let n = 0; n < 20; n++) {
            self.send(receiver, { from, n });
            if (n % 5 === 0) self.send(self.pid, 'go on');
            if (n % 5 === 0) await self.receive();
          }
        });
      }
      await test.settle();
      expect(received).toHaveLength(60);
      for (let from = 0; from < 3; from++) {
        const numbers = received.filter((message) => message.from === from).map(({ n }) => n);
        expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n));
      }
      await test.stop();
    }
  });

  it('finds a mistake that depends on who runs first', async () => {
    /** Two processes read a counter, and write what they read plus one. */
    const lostUpdate = async (seed?: number): Promise<boolean> => {
      const test = await createTestNode(seed === undefined ? {} : { seed });
      let counter = 0;
      for (let i = 0; i < 2; i++) {
        test.node.spawn(async (self) => {
          self.send(self.pid, counter);
          counter = ((await self.receive()) as number) + 1;
        });
      }
      await test.settle();
      await test.stop();
      return counter === 1;
    };
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, seed) => lostUpdate(seed)));
    expect(new Set(outcomes)).toEqual(new Set([true, false]));
  });

  it('has the same chance each time', async () => {
    const chanceOf = async (seed: number): Promise<number> => {
      const test = await createTestNode({ seed });
      const chance = test.node.random.float();
      await test.stop();
      return chance;
    };
    expect(await chanceOf(3)).toBe(await chanceOf(3));
    expect(await chanceOf(3)).not.toBe(await chanceOf(4));
  });

  it('refuses what is no seed', async () => {
    await expect(createTestNode({ seed: 'x' as never })).rejects.toThrow(
      "createTestNode: expected seed to be a number, got 'x'",
    );
  });
});
