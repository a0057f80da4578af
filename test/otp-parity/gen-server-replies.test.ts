import {
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  continueWith,
  GenServer,
  localName,
  NoProcessError,
  noReply,
  reply,
  replyPort,
  ServerExitError,
  startRegistry,
  stop,
  via,
  type CallResult,
  type From,
  type Pid,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { startScripted, type Scripted } from '../support/scripted-server';
import { inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';

const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

/** Answers nobody until it is told to: keeps whom it owes an answer in `owed`. */
function debtor(): { owed: From[]; call: (request: unknown, from: From) => CallResult } {
  const owed: From[] = [];
  return { owed, call: (_request, from) => (owed.push(from), noReply()) };
}

describe('a reply', () => {
  it('goes to the caller of a call: a port for anything else is refused', () => {
    for (const from of [undefined, null, {}, 'pid'])
      expect(() => replyPort({}, from as never)).toThrow('replyPort: expected the from of a call, got');
  });

  inBothPlaces('can come later, from any callback', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const pay = (what: unknown): void => owed.shift()?.reply(what);
    const { pid } = await startScripted(there, {
      call,
      cast: () => (pay('from handleCast'), continueWith('on')),
      info: () => pay('from handleInfo'),
      goOn: () => pay('from handleContinue'),
    });
    const calls = [1, 2, 3].map((n) => here.call(pid, n));
    await quiet(places);
    here.cast(pid, 'pay');
    here.send(pid, 'pay');
    expect(await Promise.all(calls)).toEqual(['from handleCast', 'from handleContinue', 'from handleInfo']);
  });

  inBothPlaces('goes to the call it is for, in whatever order they are answered', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const calls = ['a', 'b', 'c'].map((what) => inProcess(here, (self) => self.call(pid, what)));
    await quiet(places);
    for (const index of [2, 0, 1]) owed[index]!.reply(`answer ${String(index)}`);
    expect(await Promise.all(calls)).toEqual(['answer 0', 'answer 1', 'answer 2']);
  });

  inBothPlaces('counts once: the second is dropped, and disturbs no later call', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const a = await puppet(here);
    const first = a.self.call(pid, 1);
    await quiet(places);
    owed[0]!.reply('first');
    owed[0]!.reply('second');
    expect(await first).toBe('first');
    const next = a.self.call(pid, 2);
    await quiet(places);
    owed[0]!.reply('third');
    await quiet(places);
    owed[1]!.reply('mine');
    expect(await next).toBe('mine');
    expect(a.inbox).toStrictEqual([]);
  });

  inBothPlaces('given by hand in handleCall makes the returned one the second', async ({ here, there }) => {
    const { pid } = await startScripted(there, {
      call: (request, from) => (from.reply('by hand'), reply(request, 'returned')),
    });
    expect(await here.call(pid, 'x')).toBe('by hand');
    expect(there.isAlive(pid)).toBe(true);
  });

  inBothPlaces('that comes too late is dropped, and leaves no message', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const a = await puppet(here);
    expect(await errorOf(a.self.call(pid, 'x', { timeoutMs: 1 }))).toBeInstanceOf(CallTimeoutError);
    await quiet(places);
    owed[0]!.reply('too late');
    await quiet(places);
    expect(a.inbox).toStrictEqual([]);
  });

  inBothPlaces('to a process that has ended is dropped, and the server lives', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const a = await puppet(here);
    void a.self.call(pid, 'x');
    await quiet(places);
    here.exitSignal(a.pid, 'kill');
    await quiet(places);
    owed[0]!.reply('for nobody');
    await quiet(places);
    expect(there.isAlive(pid)).toBe(true);
  });

  inBothPlaces('of another process is too late when the server has ended', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const answered = errorOf(here.call(pid, 'x'));
    await quiet(places);
    there.exitSignal(pid, 'gone');
    const error = await answered;
    expect(error).toBeInstanceOf(ServerExitError);
    expect(error.reason).toBe('gone');
    owed[0]!.reply('too late');
    await quiet(places);
  });

  inBothPlaces('of a process that the request was handed to counts as one of the server', async (places) => {
    const { here, there } = places;
    const helper = await puppet(here);
    const { pid } = await startScripted(there, {
      call: (_request, from, me) => (me.self.send(helper.pid, from), noReply()),
    });
    const answer = here.call(pid, 'x');
    await quiet(places);
    helper.self.reply(helper.inbox[0] as From, 'from the helper');
    expect(await answer).toBe('from the helper');
  });

  inBothPlaces('may be nothing at all', async ({ here, there }) => {
    const { pid } = await startScripted(there);
    for (const value of [undefined, null, false, 0, '']) expect(await here.call(pid, value)).toBe(value);
  });

  it('goes to what a call gave, and to nothing else', async () => {
    const node = await startTestNode();
    await inProcess(node, (self) => {
      for (const from of [undefined, self.pid, {}, { pid: self.pid, reply: 5 }]) {
        expect(() => {
          self.reply(from as never, 'x');
        }).toThrow(BadArgumentError);
      }
    });
  });
});

describe('calls', () => {
  inBothPlaces('of one process at once are handled in the order they were made', async ({ here, there }) => {
    const { pid, log } = await startScripted(there);
    const replies = await inProcess(here, (self) => Promise.all([1, 2, 3, 4].map((n) => self.call(pid, n))));
    expect(replies).toEqual([1, 2, 3, 4]);
    expect(log.map((entry: any) => entry[1])).toEqual([1, 2, 3, 4]);
  });

  inBothPlaces('keep their order among casts and messages of the same process', async ({ here, there }) => {
    const { pid, log } = await startScripted(there);
    await inProcess(here, async (self) => {
      self.cast(pid, 1);
      self.send(pid, 2);
      const third = self.call(pid, 3);
      self.send(pid, 4);
      self.cast(pid, 5);
      await third;
      await self.call(pid, 6);
    });
    expect(log).toEqual([
      ['cast', 1],
      ['info', 2],
      ['call', 3],
      ['info', 4],
      ['cast', 5],
      ['call', 6],
    ]);
  });

  inBothPlaces('that wait fail when the server stops, with its reason', async (places) => {
    const { here, there } = places;
    const { pid } = await startScripted(there, {
      call: (request) => (request === 'stop' ? stop('enough') : noReply()),
    });
    const waiting = [1, 2].map((n) => errorOf(here.call(pid, n, { timeoutMs: Infinity })));
    const stopping = errorOf(here.call(pid, 'stop'));
    const behind = errorOf(here.call(pid, 'behind'));
    for (const call of [...waiting, stopping, behind]) {
      expect(await call).toMatchObject({
        code: 'ERR_SERVER_EXIT',
        reason: 'enough',
        mayHaveBeenHandled: true,
      });
    }
  });

  inBothPlaces('of a killed process never go on', async (places) => {
    const { here, there } = places;
    const { owed, call } = debtor();
    const { pid } = await startScripted(there, { call });
    const steps: string[] = [];
    const caller = here.spawn(async (self) => {
      steps.push('calls');
      await self.call(pid, 'x').finally(() => steps.push('goes on'));
    });
    await quiet(places);
    here.exitSignal(caller, 'kill');
    await quiet(places);
    owed[0]!.reply('answer');
    await quiet(places);
    expect(steps).toEqual(['calls']);
  });

  inBothPlaces('by name reach whoever has the name when they arrive', async (places) => {
    const { here, there } = places;
    const to = { name: 's', node: there.name };
    expect(await errorOf(here.call<any, any>(to, 'x'))).toBeInstanceOf(NoProcessError);
    const answering = (who: string) => ({ call: (request: unknown) => reply(request, who as never) });
    const first = await startScripted(there, answering('first'), { name: 's' });
    expect(await here.call<any, any>(to, 'x')).toBe('first');
    there.exitSignal(first.pid, 'kill');
    expect(await errorOf(here.call<any, any>(to, 'x'))).toBeInstanceOf(NoProcessError);
    await startScripted(there, answering('second'), { name: 's' });
    expect(await here.call<any, any>(to, 'x')).toBe('second');
  });

  inBothPlaces(
    'by name stay with the process they reached, though the name is another’s by then',
    async (places) => {
      const { here, there } = places;
      const to = { name: 's', node: there.name };
      const { owed, call } = debtor();
      const first = await startScripted(there, { call }, { name: 's' });
      const [one, two] = [here.call<any, any>(to, 1), errorOf(here.call<any, any>(to, 2))];
      await quiet(places);
      there.unregister('s');
      const second = await startScripted(there, {}, { name: 's' });
      owed[0]!.reply('from the first');
      expect(await one).toBe('from the first');
      there.exitSignal(first.pid, 'gone');
      expect(await two).toMatchObject({ reason: 'gone' });
      expect(second.log).toStrictEqual([]);
    },
  );

  inBothPlaces('without a timeout wait for as long as the server lives', async (places) => {
    const { here, there } = places;
    const { pid } = await startScripted(there, debtor());
    const call = errorOf(here.call(pid, 'x', { timeoutMs: Infinity }));
    await quiet(places);
    there.exitSignal(pid, 'kill');
    expect(await call).toMatchObject({ reason: 'killed' });
  });

  it('of a process to itself are refused, however it names itself', async () => {
    const node = await startTestNode({ name: 'self@127.0.0.1', cookie: 'x' });
    const registry = await startRegistry(node, { name: 'registry', keys: 'unique' });
    const { pid } = await startScripted(
      node,
      {
        call: async (request, _from, me) => {
          const names = [
            me.self.pid,
            's',
            localName('s'),
            { name: 's', node: 'self@127.0.0.1' },
            via(registry, 'key'),
          ];
          const errors = await Promise.all(
            names.map((name) => errorOf(me.self.call<any, any>(name as never, 'x'))),
          );
          return reply(request, errors.map((error) => error instanceof CallingSelfError) as never);
        },
        init: (me) => {
          registry.register(me.self, 'key', undefined);
        },
      },
      { name: 's' },
    );
    expect(await node.call(pid, 'x')).toEqual([true, true, true, true, true]);
  });

  inBothPlaces('of two servers that call each other end by a timeout alone', async (places) => {
    const { here, there } = places;
    const peers: ServerPid<Scripted>[] = [];
    const { pid } = await startScripted(there, {
      call: async (request, _from, me) =>
        reply(request, (request === 'begin' ? await me.self.call(peers[0]!, 'ask') : 'free') as never),
    });
    const asking = await startScripted(here, {
      call: async (request, _from, me) =>
        reply(request, (await errorOf(me.self.call(pid, 'busy?', { timeoutMs: 5 }))).code as never),
    });
    peers.push(asking.pid);
    expect(await here.call(pid, 'begin')).toBe('ERR_CALL_TIMEOUT');
    expect(await here.call(pid, 'x')).toBe('free');
  });
});

describe('what a server does not expect', () => {
  class Bare extends GenServer<any, any> {}

  inBothPlaces(
    'in a call fails the caller with an error that names it, and ends the server',
    async (places) => {
      const { here, there } = places;
      const bare = await there.start(Bare);
      const error = await errorOf(here.call(bare, { type: 'unknown' }));
      expect(error).toBeInstanceOf(ServerExitError);
      expect(error.reason).toMatchObject({
        message: "Bare.handleCall: expected handleCall to be overridden, got { type: 'unknown' }",
      });
      expect(there.isAlive(bare)).toBe(false);
    },
  );

  inBothPlaces('in a cast ends the server', async ({ here, there }) => {
    const bare = await there.start(Bare);
    const end = await watch(here, bare);
    here.cast(bare, { type: 'unknown' });
    expect(await end.reason).toMatchObject({
      message: "Bare.handleCast: expected handleCast to be overridden, got { type: 'unknown' }",
    });
  });

  inBothPlaces('as a message is logged on its node, and changes nothing', async (places) => {
    const { here, there } = places;
    const bare = await there.start(Bare);
    here.send(bare, { type: 'unknown' });
    await quiet(places);
    expect(there.isAlive(bare)).toBe(true);
    expect(logOf(there)).toMatchObject([{ level: 'warning', report: { message: { type: 'unknown' } } }]);
  });

  inBothPlaces('is what looks like a request of the runtime and is none', async (places) => {
    const { here, there } = places;
    const { pid, log } = await startScripted(there);
    const request = { type: '$stop', reason: 'normal' };
    here.send(pid, request);
    here.cast(pid, request);
    await quiet(places);
    expect(log).toEqual([
      ['info', request],
      ['cast', request],
    ]);
    expect(there.isAlive(pid)).toBe(true);
  });

  it('to go on with, where handleContinue is not overridden, ends the server', async () => {
    const node = await startTestNode();
    class Continuing extends GenServer {
      override init(): any {
        return continueWith(1);
      }
    }
    const pid = await node.start(Continuing);
    await settle();
    expect(node.isAlive(pid)).toBe(false);
    expect(logOf(node)).toMatchObject([
      { report: { reason: { message: expect.stringMatching(/expected handleContinue to be overridden/) } } },
    ]);
  });
});

describe('a reply port', () => {
  class Postman extends GenServer<any, any> {
    override handleCall(request: any, from: From): CallResult {
      this.self.send(request.to as Pid, { port: replyPort(request, from) });
      return noReply();
    }
  }

  inBothPlaces('travels in a message, and is answered where it is', async (places) => {
    const { here, there } = places;
    const postman = await there.start(Postman);
    const a = await puppet(here);
    const answer = there.call(postman, { to: a.pid });
    await quiet(places);
    a.inbox[0].port.send('from afar');
    expect(await answer).toBe('from afar');
    a.inbox[0].port.send('again');
    await quiet(places);
  });
});
