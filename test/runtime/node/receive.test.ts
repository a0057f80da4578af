import { type Self, type ServerRef } from '@trestle/runtime';
import { inProcess, reasonOf, settle, startTestNode, watch } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

const typed = (type: string, n = 0) => ({ type, n });

describe('receive', () => {
  it('takes messages in the order they were sent', async () => {
    const node = await startTestNode();
    const received = await inProcess(node, async (self) => {
      for (let i = 0; i < 100; i++) self.send(self.pid, i);
      const messages: unknown[] = [];
      for (let i = 0; i < 100; i++) messages.push(await self.receive());
      return messages;
    });
    expect(received).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('takes the first message of a type and leaves the others, in order', async () => {
    const node = await startTestNode();
    const received = await inProcess(node, async (self) => {
      for (const message of [typed('a', 1), typed('b', 2), null, 'text', typed('b', 3), typed('a', 4)]) {
        self.send(self.pid, message);
      }
      const messages = [await self.receive('b'), await self.receive('b')];
      for (let i = 0; i < 4; i++) messages.push(await self.receive());
      return messages;
    });
    expect(received).toEqual([typed('b', 2), typed('b', 3), typed('a', 1), null, 'text', typed('a', 4)]);
  });

  it('takes the first message of several types', async () => {
    const node = await startTestNode();
    const received = await inProcess(node, async (self) => {
      for (const type of ['a', 'b', 'c']) self.send(self.pid, typed(type));
      return [await self.receive(['c', 'b']), await self.receive(['c', 'b'])];
    });
    expect(received).toEqual([typed('b'), typed('c')]);
  });

  it('takes what a guard accepts, with and without a type', async () => {
    const node = await startTestNode();
    const received = await inProcess(node, async (self) => {
      for (let n = 0; n < 4; n++) self.send(self.pid, typed(n % 2 === 0 ? 'even' : 'odd', n));
      return [
        await self.receive('even', { where: (m: any) => m.n > 0 }),
        await self.receive(undefined, { where: (m: any) => m.n > 0 }),
        await self.receive(),
      ];
    });
    expect(received).toEqual([typed('even', 2), typed('odd', 1), typed('even', 0)]);
  });

  it('waits for a message that is wanted while others arrive', async () => {
    const node = await startTestNode();
    const received: unknown[] = [];
    const pid = node.spawn<any>(async (self) => {
      received.push(await self.receive('wanted'), await self.receive(), await self.receive());
    });
    for (const message of [typed('x', 1), typed('x', 2), typed('wanted')]) {
      await settle();
      node.send(pid, message);
    }
    await settle();
    expect(received).toEqual([typed('wanted'), typed('x', 1), typed('x', 2)]);
  });

  it('takes each message once, looks at each at most once for each receive', async () => {
    const node = await startTestNode();
    const looks: number[] = [];
    const pid = node.spawn<any>(async (self) => {
      const where = (m: any): boolean => {
        looks.push(m.n);
        return m.n === 3;
      };
      await self.receive(undefined, { where });
    });
    for (let n = 0; n < 4; n++) {
      node.send(pid, typed('x', n));
      await settle();
    }
    expect(looks).toEqual([0, 1, 2, 3]);
  });

  it('only looks with afterMs 0', async () => {
    const node = await startTestNode();
    const received = await inProcess(node, async (self) => {
      self.send(self.pid, typed('x'));
      return [
        await self.receive('y', { afterMs: 0 }),
        await self.receive('x', { afterMs: 0 }),
        await self.receive('x', { afterMs: 0 }),
      ];
    });
    expect(received).toStrictEqual([undefined, typed('x'), undefined]);
  });

  it('never misses a message that is there, with afterMs 0 and a scheduler slice that is used up', async () => {
    const node = await startTestNode();
    const missed = await inProcess(node, async (self) => {
      let count = 0;
      for (let n = 0; n < 20_000; n++) {
        self.send(self.pid, n);
        if ((await self.receive(undefined, { afterMs: 0 })) !== n) count += 1;
      }
      return count;
    });
    expect(missed).toBe(0);
  });

  it('gives up after afterMs, and not before', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const results: unknown[] = [];
    node.spawn<any>(async (self) => {
      results.push(await self.receive('x', { afterMs: 100 }));
      results.push(await self.receive('x', { afterMs: 2 ** 31 + 5 }));
    });
    await clock.advance(99);
    expect(results).toStrictEqual([]);
    await clock.advance(1);
    expect(results).toStrictEqual([undefined]);
    await clock.advance(2 ** 31 + 4);
    expect(results).toStrictEqual([undefined]);
    await clock.advance(1);
    expect(results).toStrictEqual([undefined, undefined]);
  });

  it('takes a message that came before the time was over, and leaves no timer', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const results: unknown[] = [];
    const pid = node.spawn<any>(async (self) => {
      results.push(await self.receive('x', { afterMs: 100 }));
      results.push(await self.receive('x', { afterMs: 300 }));
    });
    await clock.advance(50);
    node.send(pid, typed('x', 1));
    await clock.advance(250);
    expect(results).toEqual([typed('x', 1)]);
    await clock.advance(50);
    expect(results).toStrictEqual([typed('x', 1), undefined]);
  });

  it('takes a message that came in time, though the time was over before its turn to look', async () => {
    const callbacks: (() => void)[] = [];
    const clock = new VirtualClock();
    clock.setTimer = (callback) => {
      callbacks.push(callback);
      return { cancel: () => {} };
    };
    const node = await startTestNode({ clock });
    const results: unknown[] = [];
    const pid = node.spawn<any>(async (self) => {
      results.push(await self.receive('x', { afterMs: 100 }), await self.receive('x', { afterMs: 0 }));
    });
    await settle();
    // Both in one turn of the event loop, the message first.
    node.send(pid, typed('x'));
    callbacks.forEach((callback) => callback());
    await settle();
    expect(results).toStrictEqual([typed('x'), undefined]);
  });

  it('can wait again after a timeout, and is woken once for each message', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const results: unknown[] = [];
    const pid = node.spawn<any>(async (self) => {
      for (let i = 0; i < 4; i++) results.push(await self.receive('x', { afterMs: 10 }));
    });
    await clock.advance(10);
    node.send(pid, typed('y'));
    await clock.advance(10);
    node.send(pid, typed('x', 1));
    node.send(pid, typed('x', 2));
    await settle();
    expect(results).toStrictEqual([undefined, undefined, typed('x', 1), typed('x', 2)]);
  });

  it('fails with the error of a guard that throws; the message stays', async () => {
    const node = await startTestNode();
    const where = (): boolean => {
      throw new Error('bad guard');
    };
    const result = await inProcess(node, async (self) => {
      self.send(self.pid, 'first');
      const atOnce = await self
        .receive(undefined, { where })
        .catch((error: unknown) => (error as Error).message);
      const first = await self.receive();
      self.node.spawn(() => self.node.send(self.pid, 'second'));
      const later = await self
        .receive(undefined, { where })
        .catch((error: unknown) => (error as Error).message);
      return [atOnce, first, later, await self.receive()];
    });
    expect(result).toEqual(['bad guard', 'first', 'bad guard', 'second']);
  });

  it('ends the process with the error of its guard if nobody catches it', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, async (self) => {
      self.send(self.pid, 1);
      await self.receive(undefined, {
        where: () => {
          throw new Error('bad guard');
        },
      });
    });
    expect(reason).toMatchObject({ message: 'bad guard' });
  });

  it('goes on when a guard sends to its own process, in the first look and in a later one', async () => {
    const node = await startTestNode();
    const received: unknown[] = [];
    const pid = node.spawn<any>(async (self) => {
      const where = (message: unknown): boolean => {
        if (message === 'start') self.send(self.pid, 'sent by the guard');
        return message !== 'start';
      };
      received.push(await self.receive(undefined, { where }), await self.receive());
      received.push(await self.receive(undefined, { where }));
    });
    node.send(pid, 'start');
    await settle();
    expect(received).toEqual(['sent by the guard', 'start']);
    node.send(pid, 'start');
    await settle();
    expect(received).toEqual(['sent by the guard', 'start', 'sent by the guard']);
  });

  it.each(['first look', 'later look'])(
    'ends quietly when a guard ends its own process: %s',
    async (when) => {
      const node = await startTestNode();
      let went = false;
      const pid = node.spawn<any>(async (self) => {
        if (when === 'first look') for (const n of [1, 2]) self.send(self.pid, n);
        const where = (): boolean => {
          self.exitSignal(self.pid, 'kill');
          return false;
        };
        await self.receive(undefined, { where }).finally(() => (went = true));
      });
      const { reason } = await watch(node, pid);
      if (when === 'later look') for (const n of [1, 2]) node.send(pid, n);
      expect(await reason).toBe(when === 'first look' ? 'noproc' : 'killed');
      expect(went).toBe(false);
      // The node works on.
      expect(await inProcess(node, () => 'works')).toBe('works');
    },
  );

  it('refuses a second receive while one waits, and one inside a guard', async () => {
    const node = await startTestNode();
    const refused = /^receive: expected one receive at a time/;
    await inProcess(node, async (self) => {
      const first = self.receive();
      await expect(self.receive()).rejects.toThrow(refused);
      self.send(self.pid, 'x');
      await first;
      self.send(self.pid, 'y');
      let inGuard: Promise<void> | undefined;
      const where = (): true => {
        inGuard ??= expect(self.receive()).rejects.toThrow(refused);
        return true;
      };
      await self.receive(undefined, { where });
      await inGuard;
    });
  });

  it('does not skip a message when another was flushed while it waited', async () => {
    const node = await startTestNode();
    const received: unknown[] = [];
    let flush: () => void = () => {};
    const pid = node.spawn<any>(async (self) => {
      const { ref } = self.spawnMonitor(() => undefined);
      flush = () => self.demonitor(ref, { flush: true });
      received.push(await self.receive('wanted'), await self.receive(undefined, { afterMs: 0 }));
    });
    await settle();
    flush();
    node.send(pid, typed('wanted'));
    await settle();
    expect(received).toStrictEqual([typed('wanted'), undefined]);
  });

  it('wraps a call and a cast that reach a process which is no server', async () => {
    const node = await startTestNode();
    const plain = node.spawn<any>(async (self) => {
      const { from, request } = await self.receive('$call');
      const cast = await self.receive('$cast');
      self.reply(from, { request, cast });
    });
    node.cast(plain as ServerRef<any>, 'a cast');
    expect(await node.call(plain as ServerRef<any>, 'a call')).toEqual({
      request: 'a call',
      cast: { type: '$cast', request: 'a cast' },
    });
  });

  it('gives a turn to timers and I/O while a process floods itself', async () => {
    const node = await startTestNode();
    const turns = { immediate: 0, timeout: 0 };
    const flooder = node.spawn<any>(async (self) => {
      for (;;) {
        self.send(self.pid, 'x');
        await self.receive();
      }
    });
    await new Promise<void>((resolve) => {
      const done = (): void => {
        if (turns.immediate > 3 && turns.timeout > 3) resolve();
      };
      const immediate = (): void => {
        turns.immediate += 1;
        if (turns.immediate <= 3) setImmediate(immediate);
        done();
      };
      const timeout = (): void => {
        turns.timeout += 1;
        if (turns.timeout <= 3) setTimeout(timeout, 0);
        done();
      };
      setImmediate(immediate);
      setTimeout(timeout, 0);
    });
    expect(node.isAlive(flooder)).toBe(true);
  });

  it('gives a turn to timers and I/O while two processes send each other messages for ever', async () => {
    const node = await startTestNode();
    const play = async (self: Self<any>): Promise<void> => {
      for (;;) self.send((await self.receive()).from, { from: self.pid });
    };
    const [one, other] = [node.spawn<any>(play), node.spawn<any>(play)];
    node.send(one, { from: other });
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    expect([one, other].every((pid) => node.isAlive(pid))).toBe(true);
  });

  it('gives other processes a turn while one floods itself', async () => {
    const node = await startTestNode();
    node.spawn<any>(async (self) => {
      for (;;) {
        self.send(self.pid, 'x');
        await self.receive();
      }
    });
    const echo = node.spawn<any>(async (self) => {
      for (;;) self.reply((await self.receive('$call')).from, 'echo');
    });
    for (let i = 0; i < 10; i++) expect(await node.call(echo as ServerRef<any>, i)).toBe('echo');
  });
});
