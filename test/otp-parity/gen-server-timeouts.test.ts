import {
  BadArgumentError,
  continueWith,
  noReply,
  reply,
  startSupervisor,
  childSpec,
  stop,
  stopServer,
  sys,
  type Node,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { Scripted, startScripted, type Script } from '../support/scripted-server';
import { logOf, partsOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/*
 * `{reply, Reply, State, Timeout}`, `{noreply, State, Timeout}` and `{ok, State, Timeout}` of gen_server: "a time-out
 * occurs unless a request or a message is received within Timeout milliseconds".
 */

const timedOut = ['info', { type: 'timeout' }];

async function onVirtualTime(): Promise<{ clock: VirtualClock; node: Node }> {
  const clock = new VirtualClock();
  return { clock, node: await startTestNode({ clock }) };
}

/** Waits 100 milliseconds for the next message after each call, unless its script says otherwise. */
const patient = (script: Script = {}): Script => ({
  call: (request) => reply(request, request, { timeoutMs: 100 }),
  ...script,
});

describe('a timeout', () => {
  it('of a reply is a message to the server when no other has come for so long', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    expect(await node.call(pid, 'x')).toBe('x');
    await clock.advance(99);
    expect(log).toEqual([['call', 'x']]);
    await clock.advance(1);
    expect(log).toEqual([['call', 'x'], timedOut]);
  });

  it('comes once', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    await node.call(pid, 'x');
    await clock.advance(1_000);
    expect(log).toEqual([['call', 'x'], timedOut]);
    expect(clock.runningTimers).toBe(0);
  });

  it.each([
    ['init', { init: () => noReply({ timeoutMs: 100 }) }, () => undefined, []],
    ['noReply in handleCall', { call: () => noReply({ timeoutMs: 100 }) }, callIt, [['call', 'x']]],
    ['handleCast', { cast: () => noReply({ timeoutMs: 100 }) }, castIt, [['cast', 'x']]],
    ['handleInfo', { info: () => noReply({ timeoutMs: 100 }) }, sendIt, [['info', 'x']]],
    [
      'handleContinue',
      { cast: () => continueWith(1), goOn: () => noReply({ timeoutMs: 100 }) },
      castIt,
      [
        ['cast', 'x'],
        ['continue', 1],
      ],
    ],
    ['an async callback', { cast: async () => noReply({ timeoutMs: 100 }) }, castIt, [['cast', 'x']]],
  ] as [string, Script, (node: Node, pid: any) => unknown, unknown[]][])(
    'can be the result of %s',
    async (_which, script, begin, before) => {
      const { clock, node } = await onVirtualTime();
      const { pid, log } = await startScripted(node, script);
      begin(node, pid);
      await clock.advance(99);
      expect(log).toEqual(before);
      await clock.advance(1);
      expect(log).toEqual([...before, timedOut]);
      await stopServer(node, pid);
    },
  );

  it.each([
    ['a call', callIt, ['call', 'y']],
    ['a cast', castIt, ['cast', 'y']],
    ['a message', sendIt, ['info', 'y']],
  ] as [string, (node: Node, pid: any, what: string) => unknown, unknown][])(
    'does not come if %s does: it is over, whatever that returns',
    async (_what, act, entry) => {
      const { clock, node } = await onVirtualTime();
      const script = {
        call: (request: any) => reply(request, 1, request === 'x' ? { timeoutMs: 100 } : undefined),
      };
      const { pid, log } = await startScripted(node, script);
      await node.call(pid, 'x');
      await clock.advance(99);
      act(node, pid, 'y');
      await clock.advance(10_000);
      expect(log).toEqual([['call', 'x'], entry]);
      expect(clock.runningTimers).toBe(0);
    },
  );

  it('begins anew with each result that asks for it', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    for (let n = 0; n < 5; n++) {
      await node.call(pid, n);
      await clock.advance(99);
    }
    expect(log.length).toBe(5);
    await clock.advance(1);
    expect(log.length).toBe(6);
    expect(log.at(-1)).toEqual(timedOut);
  });

  it('can follow a timeout, again and again', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, {
      init: () => noReply({ timeoutMs: 10 }),
      info: (_message, me) => (me.log.length < 3 ? noReply({ timeoutMs: 10 }) : stop('normal')),
    });
    await clock.advance(30);
    expect(log).toEqual([timedOut, timedOut, timedOut, ['terminate', 'normal']]);
    expect(node.isAlive(pid)).toBe(false);
  });

  it('of 0 comes at once, but behind the messages that wait', async () => {
    const { node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, {
      cast: () => noReply({ timeoutMs: 0 }),
      info: () => undefined,
    });
    node.cast(pid, 'x');
    await settle();
    expect(log).toEqual([['cast', 'x'], timedOut]);
    node.cast(pid, 'y');
    node.send(pid, 'waits');
    await settle();
    expect(log.slice(2)).toEqual([
      ['cast', 'y'],
      ['info', 'waits'],
    ]);
  });

  it('of Infinity never comes', async () => {
    const { clock, node } = await onVirtualTime();
    const { log } = await startScripted(node, { init: () => noReply({ timeoutMs: Infinity }) });
    await clock.advance(10 ** 9);
    expect(log).toStrictEqual([]);
    expect(clock.runningTimers).toBe(0);
  });

  it('that was over before a message came is handled before it', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    await node.call(pid, 'x');
    // Both in one turn: the timer fires, and the message comes before the server runs.
    partsOf(node).timers.start(100, () => undefined, null);
    node.sendAfter(pid, 'late', 100);
    await clock.advance(100);
    expect(log).toEqual([['call', 'x'], timedOut, ['info', 'late']]);
  });

  it('is begun anew by a system request, which is no message of the server', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    await node.call(pid, 'x');
    await clock.advance(60);
    expect(await sys.getState(node, pid)).toMatchObject({ log: [['call', 'x']] });
    await clock.advance(60);
    expect(log).toEqual([['call', 'x']]);
    await clock.advance(40);
    expect(log).toEqual([['call', 'x'], timedOut]);
  });

  it('does not come while the server is suspended, and begins anew when it is resumed', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, patient());
    await node.call(pid, 'x');
    await sys.suspend(node, pid);
    await clock.advance(1_000);
    expect(log).toEqual([['call', 'x']]);
    await sys.resume(node, pid);
    await clock.advance(99);
    expect(log).toEqual([['call', 'x']]);
    await clock.advance(1);
    expect(log).toEqual([['call', 'x'], timedOut]);
  });

  it('comes behind a continuation only if that asks for it', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid, log } = await startScripted(node, {
      call: (request) => reply(request, 1, continueWith(request)),
      goOn: (term) => (term === 'wait' ? noReply({ timeoutMs: 10 }) : undefined),
    });
    await node.call(pid, 'wait');
    await clock.advance(10);
    await node.call(pid, 'on');
    await clock.advance(10);
    expect(log).toEqual([
      ['call', 'wait'],
      ['continue', 'wait'],
      timedOut,
      ['call', 'on'],
      ['continue', 'on'],
    ]);
  });

  it('leaves nothing running when the server ends before it', async () => {
    const { clock, node } = await onVirtualTime();
    const { pid } = await startScripted(node, { cast: () => noReply({ timeoutMs: 100 }) });
    node.cast(pid, 'x');
    await settle();
    expect(clock.runningTimers).toBe(1);
    node.exitSignal(pid, 'kill');
    await settle();
    expect(clock.runningTimers).toBe(0);
  });

  it('is the last message in the report of a server that it ends', async () => {
    const { clock, node } = await onVirtualTime();
    await startScripted(node, {
      init: () => noReply({ timeoutMs: 5 }),
      info: () => stop('idle for too long'),
    });
    await clock.advance(5);
    expect(logOf(node)).toMatchObject([
      { report: { reason: 'idle for too long', lastMessage: { type: 'timeout' } } },
    ]);
  });

  it('lets a server end itself that nobody uses, as a transient child', async () => {
    const { clock, node } = await onVirtualTime();
    const args: Script = { ...patient(), info: () => stop('normal') };
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [childSpec(Scripted, { name: 's', args, restart: 'transient' })],
    });
    await node.call<any, any>('s' as any, 'x');
    await clock.advance(100);
    expect([node.whereis('s'), node.isAlive(supervisor)]).toStrictEqual([undefined, true]);
  });

  it('that is none fails the callback, with what was expected', async () => {
    const node = await startTestNode();
    for (const next of [{ timeoutMs: -1 }, { timeoutMs: '1' }, {}, 5, null, stop('x')] as any[]) {
      expect(() => reply({}, 1, next)).toThrow(BadArgumentError);
      expect(() => noReply(next)).toThrow(BadArgumentError);
    }
    const { pid } = await startScripted(node, { cast: () => noReply({ timeoutMs: NaN }) });
    const { reason } = await watch(node, pid);
    node.cast(pid, 'x');
    expect(await reason).toMatchObject({
      code: 'ERR_BAD_ARGUMENT',
      message: 'noReply: expected timeoutMs to be milliseconds (0 or more, or Infinity), got NaN',
    });
  });

  inBothPlaces('does not come if a message comes from wherever', async (places) => {
    const { here, there } = places;
    const { pid, log } = await startScripted(
      there,
      patient({ call: (r) => reply(r, r, { timeoutMs: 3_600_000 }) }),
    );
    await here.call(pid, 'x');
    here.send(pid, 'y');
    await quiet(places);
    expect(log).toEqual([
      ['call', 'x'],
      ['info', 'y'],
    ]);
    expect(partsOf(there).timers.size).toBe(0);
  });
});

function callIt(node: Node, pid: any, what = 'x'): void {
  node.call<any, any>(pid, what, { timeoutMs: Infinity }).catch(() => undefined);
}

function castIt(node: Node, pid: any, what = 'x'): void {
  node.cast<any>(pid, what);
}

function sendIt(node: Node, pid: any, what = 'x'): void {
  node.send(pid, what);
}
