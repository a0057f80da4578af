import { isPid, type Pid, type ServerRef } from '@trestle/runtime';
import {
  idle,
  inProcess,
  logOf,
  partsOf,
  reasonOf,
  settle,
  startTestNode,
  watch,
} from '../../support/test-node';

describe('spawn', () => {
  it('gives a pid at once and executes the body later', async () => {
    const node = await startTestNode();
    const order: string[] = [];
    const pid = node.spawn(() => void order.push('body'));
    order.push('spawned');
    await settle();
    expect(isPid(pid)).toBe(true);
    expect(order).toEqual(['spawned', 'body']);
  });

  it('ends a process with normal when its body returns, at once or later', async () => {
    const node = await startTestNode();
    expect(await reasonOf(node, () => 'a value')).toBe('normal');
    expect(await reasonOf(node, async () => 'a value')).toBe('normal');
  });

  it('ends a process with the error as data when its body throws, and logs the error', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, () => {
      throw new TypeError('broken', { cause: new Error('below') });
    });
    expect(reason).toMatchObject({
      type: 'error',
      name: 'TypeError',
      message: 'broken',
      cause: { type: 'error', message: 'below' },
    });
    expect(reason).not.toBeInstanceOf(Error);
    expect(logOf(node)).toMatchObject([{ level: 'error', text: expect.stringContaining('raised an error') }]);
  });

  it('ends a process with the error of a promise that its body returned', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, () => Promise.reject(new Error('late')));
    expect(reason).toMatchObject({ type: 'error', message: 'late' });
  });

  it('ends a process with any value its body throws', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, () => {
      throw { code: 7 };
    });
    expect(reason).toEqual({ code: 7 });
  });

  it('turns errors of other realms, as Node throws some, into data too', async () => {
    const node = await startTestNode();
    const { runInNewContext } = await import('node:vm');
    const reason = await reasonOf(node, () => {
      throw runInNewContext('new RangeError("elsewhere")');
    });
    expect(reason).toMatchObject({ type: 'error', name: 'RangeError', message: 'elsewhere' });
  });

  it('ends a process with the reason it exits with, and logs nothing', async () => {
    const node = await startTestNode();
    expect(await reasonOf(node, (self) => self.exit('shutdown'))).toBe('shutdown');
    expect(await reasonOf(node, async (self) => self.exit({ type: 'shutdown', detail: 1 }))).toEqual({
      type: 'shutdown',
      detail: 1,
    });
    expect(logOf(node)).toStrictEqual([]);
  });

  it('waits for any thenable, even one that calls back at once', async () => {
    const node = await startTestNode();
    const thenable = { then: (resolve: (value: unknown) => void) => resolve(1) };
    expect(await reasonOf(node, () => thenable)).toBe('normal');
  });

  it('never executes the body of a process that is ended before its first turn', async () => {
    const node = await startTestNode();
    let executed = false;
    const pid = node.spawn(() => void (executed = true));
    node.exitSignal(pid, 'kill');
    await settle();
    expect(executed).toBe(false);
    expect(node.isAlive(pid)).toBe(false);
  });

  it('links in one step with spawnLink, so that a body that fails at once is noticed', async () => {
    const node = await startTestNode();
    const reason = await reasonOf(node, async (self) => {
      self.spawnLink(() => {
        throw 'failed';
      });
      await self.receive();
    });
    expect(reason).toBe('failed');
  });

  it('links both ways with spawnLink', async () => {
    const node = await startTestNode();
    const child = await inProcess(node, (self) => {
      const pid = self.spawnLink((me) => me.receive());
      partsOf(node).table.get(self.pid)?.end('parent failed');
      return pid;
    });
    expect(node.isAlive(child)).toBe(false);
  });

  it('monitors in one step with spawnMonitor', async () => {
    const node = await startTestNode();
    const [spawned, down] = await inProcess(node, async (self) => {
      const monitored = self.spawnMonitor((me) => me.exit('early'));
      return [monitored, await self.receive('DOWN')];
    });
    expect(down).toEqual({ type: 'DOWN', ref: spawned.ref, pid: spawned.pid, reason: 'early' });
  });

  it('keeps a label for tools', async () => {
    const node = await startTestNode();
    const labels = await inProcess(node, (self) => {
      const before = self.label;
      self.label = 'worker';
      return [before, self.label];
    });
    expect(labels).toStrictEqual([undefined, 'worker']);
  });

  it('lists the living processes and tells whether one lives', async () => {
    const node = await startTestNode();
    const { pid } = idle(node);
    await settle();
    expect(node.processes()).toContain(pid);
    expect(node.isAlive(pid)).toBe(true);
    node.exitSignal(pid, 'kill');
    expect(node.processes()).not.toContain(pid);
    expect(node.isAlive(pid)).toBe(false);
  });

  it('never gives a pid twice', async () => {
    const node = await startTestNode();
    const pids = new Set<Pid>();
    for (let i = 0; i < 1_000; i++) {
      pids.add(node.spawn(() => undefined));
      if (i % 10 === 0) await settle();
    }
    expect(pids.size).toBe(1_000);
  }, 60_000);
});

describe('a process that has ended', () => {
  const verbs: Record<string, (self: any) => unknown> = {
    send: (self) => self.send('x', 1),
    call: (self) => self.call('x', 1),
    cast: (self) => self.cast('x', 1),
    reply: (self) => self.reply('x', 1),
    sendAfter: (self) => self.sendAfter('x', 1, 1),
    startTimer: (self) => self.startTimer('x', 1, 1),
    cancelTimer: (self) => self.cancelTimer('x'),
    readTimer: (self) => self.readTimer('x'),
    whereis: (self) => self.whereis('x'),
    register: (self) => self.register('x'),
    unregister: (self) => self.unregister('x'),
    registered: (self) => self.registered(),
    exitSignal: (self) => self.exitSignal(self.pid, 'x'),
    spawn: (self) => self.spawn(() => undefined),
    spawnLink: (self) => self.spawnLink(() => undefined),
    spawnMonitor: (self) => self.spawnMonitor(() => undefined),
    start: (self) => self.start(class {}),
    startLink: (self) => self.startLink(class {}),
    link: (self) => self.link(self.pid),
    unlink: (self) => self.unlink(self.pid),
    monitor: (self) => self.monitor(self.pid),
    demonitor: (self) => self.demonitor('x'),
    alias: (self) => self.alias(),
    unalias: (self) => self.unalias('x'),
    trapExit: (self) => self.trapExit(true),
    monitorNodes: (self) => self.monitorNodes(true),
  };

  it.each(Object.keys(verbs))('stops at its next verb: %s throws', async (verb) => {
    const node = await startTestNode();
    const thrown = await new Promise((resolve) => {
      node.spawn((self) => {
        self.exitSignal(self.pid, 'kill');
        try {
          resolve(verbs[verb]!(self));
        } catch (error) {
          resolve(error);
        }
      });
    });
    expect(thrown).toMatchObject({ name: 'ProcessExit', reason: 'killed' });
  });

  it('never goes on from the receive or the call it was in', async () => {
    const node = await startTestNode();
    const went: string[] = [];
    const server = node.spawn<any>(async (self) => {
      const { from } = await self.receive('$call');
      await self.receive('answer');
      self.reply(from, 'late');
    });
    const receiver = node.spawn<any>(async (self) => {
      await self.receive(undefined, { afterMs: 60_000 });
      went.push('receive');
    });
    const caller = node.spawn<any>(async (self) => {
      await self.call(server as ServerRef<any>, 'question').finally(() => went.push('call'));
    });
    await settle();
    node.exitSignal(receiver, 'kill');
    node.exitSignal(caller, 'kill');
    node.send(receiver, 'too late');
    node.send(server, { type: 'answer' });
    await (
      await watch(node, server)
    ).reason;
    await settle();
    expect(went).toStrictEqual([]);
  });

  it('never goes on from a receive it enters after its end', async () => {
    const node = await startTestNode();
    let went = false;
    node.spawn<any>(async (self) => {
      self.send(self.pid, 'x');
      self.exitSignal(self.pid, 'kill');
      await self.receive().finally(() => (went = true));
    });
    await settle();
    expect(went).toBe(false);
  });

  it('fires its signal, for what must be closed then', async () => {
    const node = await startTestNode();
    const signals: AbortSignal[] = [];
    const pid = node.spawn(async (self) => {
      signals.push(self.signal, self.signal);
      await self.receive();
    });
    await settle();
    const [first, second] = signals as [AbortSignal, AbortSignal];
    expect(first).toBe(second);
    expect(first.aborted).toBe(false);
    node.exitSignal(pid, 'over');
    expect(first).toMatchObject({ aborted: true, reason: 'over' });
  });

  it('has a signal that has fired, if it was not asked for before', async () => {
    const node = await startTestNode();
    const signal = await new Promise<AbortSignal>((resolve) => {
      node.spawn((self) => {
        self.exitSignal(self.pid, 'kill');
        resolve(self.signal);
      });
    });
    expect(signal).toMatchObject({ aborted: true, reason: 'killed' });
  });
});
