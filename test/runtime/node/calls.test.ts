import {
  CallingSelfError,
  CallTimeoutError,
  NoProcessError,
  ServerExitError,
  type IncomingCall,
  type Node,
  type Pid,
  type ServerRef,
} from '@trestle/runtime';
import { idle, inProcess, leftovers, partsOf, settle, startTestNode, watch } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

const untyped = (address: unknown): ServerRef<any> => address as ServerRef<any>;

/** A process that keeps the calls it gets, for the test to answer. */
function keeper(node: Node): { server: ServerRef<any>; pid: Pid; calls: IncomingCall[] } {
  const calls: IncomingCall[] = [];
  const pid = node.spawn<any>(async (self) => {
    for (;;) calls.push(await self.receive('$call'));
  });
  return { server: untyped(pid), pid, calls };
}

describe('a call', () => {
  it('is answered by whoever replies to its from: here, later, or by another process', async () => {
    const node = await startTestNode();
    const { server, calls } = keeper(node);
    const first = node.call(server, { type: 'a' });
    const second = inProcess(node, (self) => self.call(server, { type: 'b' }));
    await settle();
    expect(calls.map(({ type, request }) => [type, request])).toEqual([
      ['$call', { type: 'a' }],
      ['$call', { type: 'b' }],
    ]);
    await inProcess(node, (self) => self.reply(calls[1]!.from, 'by another process'));
    node.reply(calls[0]!.from, 'by the node');
    expect([await first, await second]).toEqual(['by the node', 'by another process']);
  });

  it('knows its caller', async () => {
    const node = await startTestNode();
    const { server, calls } = keeper(node);
    const caller = node.spawn((self) => self.call(server, 'q'));
    node.call(server, 'q').catch(() => {});
    await settle();
    expect(calls.map(({ from }) => from.pid).sort()).toEqual([caller, node.pid].sort());
  });

  it('takes the first reply; a second one is dropped', async () => {
    const node = await startTestNode();
    const { server, calls } = keeper(node);
    const answer = node.call(server, 'q');
    await settle();
    const { from } = calls[0]!;
    from.reply(1);
    from.reply(2);
    from.fail({ kind: 'noproc' });
    expect(await answer).toBe(1);
  });

  it('is made to a pid, a name, or a name with this node', async () => {
    const node = await startTestNode();
    const echo = node.spawn<any>(async (self) => {
      self.register('echo');
      for (;;) {
        const { from, request } = await self.receive('$call');
        self.reply(from, request);
      }
    });
    await settle();
    for (const to of [echo, 'echo', { name: 'echo', node: node.name }]) {
      expect(await node.call(untyped(to), 'hello')).toBe('hello');
    }
  });

  it('without a reply in time is rejected, says what was called, and a late reply vanishes', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { server, calls } = keeper(node);
    node.register('kv', calls.length === 0 ? (server as unknown as Pid) : node.pid);
    let error: unknown;
    node.call(untyped('kv'), { type: 'get', key: 'x' }).catch((thrown: unknown) => (error = thrown));
    await clock.advance(4_999);
    expect(error).toBeUndefined();
    await clock.advance(70);
    expect(error).toBeInstanceOf(CallTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_CALL_TIMEOUT', mayHaveBeenHandled: true });
    expect((error as Error).message).toBe("call kv@nonode@nohost 'get': no reply within 5000 ms");
    const { inbox } = idle(node);
    calls[0]!.from.reply('late');
    await settle();
    expect(inbox).toStrictEqual([]);
    expect(
      partsOf(node)
        .table.get(server as unknown as Pid)!
        .openCalls.count(),
    ).toBe(0);
    await clock.advance(100);
    expect(clock.runningTimers).toBe(0);
  });

  it.each([0, 1, 10, 250, 60_000, 2 ** 31, 2 ** 40])('may have a timeout of %d ms', async (timeoutMs) => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { server } = keeper(node);
    let failed = false;
    node.call(server, 'q', { timeoutMs }).catch(() => (failed = true));
    await settle();
    const slack = Math.max(2, timeoutMs / 50);
    if (timeoutMs > 0) await clock.advance(timeoutMs - 0.001);
    expect(failed).toBe(false);
    await clock.advance(slack + 0.001);
    expect(failed).toBe(true);
  });

  it('with a timeout of Infinity waits for as long as the server lives', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { server, pid } = keeper(node);
    let error: unknown;
    node.call(server, 'q', { timeoutMs: Infinity }).catch((thrown: unknown) => (error = thrown));
    await clock.advance(1e12);
    expect(error).toBeUndefined();
    node.exitSignal(pid, 'over');
    await settle();
    expect(error).toMatchObject({ reason: 'over' });
  });

  it('to nobody fails at once: it was not handled', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    for (const to of [gone, 'nobody', { name: 'nobody', node: node.name }]) {
      const error: unknown = await node.call(untyped(to), { type: 'get' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NoProcessError);
      expect(error).toMatchObject({ code: 'ERR_NOPROC', mayHaveBeenHandled: false });
    }
    await expect(node.call(untyped('nobody'), { type: 'get' })).rejects.toThrow(
      "call nobody@nonode@nohost 'get': there is no such process",
    );
    expect(leftovers(node)).toMatchObject({ deadlines: 0 });
  });

  it('fails at once when the server ends before it took it, or without a reply', async () => {
    const node = await startTestNode();
    const { server, pid } = keeper(node);
    const taken = node.call(server, { type: 'get' }).catch((thrown: unknown) => thrown);
    await settle();
    const waiting = node.call(server, { type: 'put' }).catch((thrown: unknown) => thrown);
    node.exitSignal(pid, 'crashed');
    for (const error of [await taken, await waiting]) {
      expect(error).toBeInstanceOf(ServerExitError);
      expect(error).toMatchObject({ reason: 'crashed', mayHaveBeenHandled: true });
    }
    expect(leftovers(node)).toMatchObject({ deadlines: 0 });
  });

  it('fails when the server ends normally without a reply', async () => {
    const node = await startTestNode();
    const server = untyped(node.spawn<any>((self) => self.receive('$call')));
    await expect(node.call(server, 'q')).rejects.toMatchObject({ reason: 'normal' });
  });

  it('of a process to itself is refused, by pid and by name', async () => {
    const node = await startTestNode();
    const errors = await inProcess(node, async (self) => {
      self.register('me');
      return Promise.all(
        [self.pid, 'me'].map((to) => self.call(untyped(to), 'q').catch((thrown: unknown) => thrown)),
      );
    });
    for (const error of errors) expect(error).toBeInstanceOf(CallingSelfError);
  });

  it('of a caller that ends is still handled; nobody goes on with the reply', async () => {
    const node = await startTestNode();
    const { server, pid, calls } = keeper(node);
    let went = false;
    const caller = node.spawn(async (self) => {
      await self.call(server, 'q');
      went = true;
    });
    await settle();
    node.exitSignal(caller, 'kill');
    calls[0]!.from.reply('answer');
    await settle();
    expect(went).toBe(false);
    expect(partsOf(node).table.get(pid)!.openCalls.count()).toBe(0);
    expect(leftovers(node)).toMatchObject({ deadlines: 0 });
  });

  it('by 1,000 callers at once gets each its own answer', async () => {
    const node = await startTestNode();
    const echo = node.spawn<any>(async (self) => {
      for (;;) {
        const { from, request } = await self.receive('$call');
        self.reply(from, request);
      }
    });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => inProcess(node, (self) => self.call(untyped(echo), n))),
    );
    expect(answers).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });

  it('whose server ends is told before those who monitor it', async () => {
    const node = await startTestNode();
    const { server, pid } = keeper(node);
    const order: string[] = [];
    const failed = node.call(server, 'q').catch(() => order.push('call'));
    await settle();
    const { reason } = await watch(node, pid);
    node.exitSignal(pid, 'over');
    await Promise.all([failed, reason.then(() => order.push('DOWN'))]);
    expect(order).toEqual(['call', 'DOWN']);
  });
});
