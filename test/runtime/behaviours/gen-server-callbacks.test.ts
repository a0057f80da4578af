import {
  continueWith,
  GenServer,
  noReply,
  reply,
  replyPort,
  ServerExitError,
  type Call,
  type CallResult,
  type From,
  type Next,
  type ReplyPort,
} from '@trestle/runtime';
import { idle, inProcess, logOf, partsOf, settle, startTestNode, watch } from '../../support/test-node';

type KvCall =
  | Call<{ type: 'get'; key: string }, string | undefined>
  | Call<{ type: 'put'; key: string; value: string }, number>
  | Call<{ type: 'waitFor'; key: string }, string>;
type KvCast = { type: 'delete'; key: string };

class KvServer extends GenServer<KvCall, KvCast> {
  private readonly entries = new Map<string, string>();
  private readonly waiting: ReplyPort<string>[] = [];

  override handleCall(request: KvCall, from: From): CallResult {
    switch (request.type) {
      case 'get':
        return reply(request, this.entries.get(request.key));
      case 'put':
        this.entries.set(request.key, request.value);
        for (const port of this.waiting.splice(0)) port.send(request.value);
        return reply(request, this.entries.size);
      case 'waitFor':
        this.waiting.push(replyPort(request, from));
        return noReply();
    }
  }

  override handleCast(request: KvCast): void {
    this.entries.delete(request.key);
  }
}

/** A server that does with each request what the request says. */
class Scripted extends GenServer<any, (server: Scripted) => unknown> {
  readonly order: unknown[] = [];
  override handleCall(request: (server: Scripted, from: From) => unknown, from: From): CallResult {
    return request(this, from) as CallResult;
  }
  override handleCast(request: (server: Scripted) => unknown): Next {
    return request(this) as Next;
  }
  override handleInfo(message: unknown): Next {
    if (typeof message === 'function') return message(this);
    this.order.push(message);
    return undefined;
  }
  override handleContinue(term: unknown): Next {
    if (typeof term === 'function') return term(this);
    this.order.push(term);
    return undefined;
  }
}

const orderOf = (server: Scripted): CallResult => reply({}, [...server.order] as never);

describe('a server', () => {
  it('answers typed calls, handles casts, and answers later when it can', async () => {
    const node = await startTestNode();
    const kv = await node.start(KvServer);
    const waited = node.call(kv, { type: 'waitFor', key: 'a' });
    expect(await node.call(kv, { type: 'get', key: 'a' })).toBeUndefined();
    expect(await node.call(kv, { type: 'put', key: 'a', value: '1' })).toBe(1);
    expect(await node.call(kv, { type: 'get', key: 'a' })).toBe('1');
    expect(await waited).toBe('1');
    node.cast(kv, { type: 'delete', key: 'a' });
    expect(await node.call(kv, { type: 'get', key: 'a' })).toBeUndefined();
  });

  it('handles messages, casts and calls in the order they were sent', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    node.send(server, 'message');
    node.cast(server, (me) => void me.order.push('cast'));
    const answer = node.call(server, orderOf as any);
    node.cast(server, (me) => void me.order.push('too late'));
    expect(await answer).toEqual(['message', 'cast']);
  });

  it('handles one message at a time, however long a callback takes', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const slow = (name: string) => async (me: Scripted) => {
      me.order.push(`${name} begins`);
      await settle();
      me.order.push(`${name} ends`);
    };
    node.cast(server, slow('cast'));
    node.send(server, slow('message'));
    const call = node.call(server, (async (me: Scripted) => {
      await slow('call')(me);
      return reply({}, 'answer', continueWith(slow('continue')));
    }) as any);
    node.cast(server, (me) => void me.order.push('last'));
    expect(await call).toBe('answer');
    expect(await node.call(server, orderOf as any)).toEqual(
      ['cast', 'message', 'call', 'continue']
        .flatMap((name) => [`${name} begins`, `${name} ends`])
        .concat('last'),
    );
  });

  it('leaves other processes running while a callback takes its time', async () => {
    const node = await startTestNode();
    const [slow, quick] = [await node.start(Scripted), await node.start(Scripted)];
    node.cast(slow, () => new Promise(() => {}));
    expect(await node.call(quick, orderOf as any)).toStrictEqual([]);
  });

  it('takes any thenable, even one that calls back at once and twice', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const thenable = (value: unknown) => ({
      then: (resolve: (v: unknown) => void) => {
        resolve(value);
        resolve(value);
      },
    });
    node.cast(server, () => thenable(undefined));
    node.cast(server, () => thenable(continueWith('more')));
    for (let i = 0; i < 3; i++) node.send(server, i);
    expect(await node.call(server, () => thenable(reply({}, 'answer')))).toBe('answer');
    expect(await node.call(server, orderOf as any)).toEqual(['more', 0, 1, 2]);
  });

  it('goes on with continueWith before any message: after a cast, a message, a call, a noReply', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    node.cast(server, () => continueWith(1));
    node.send(server, 'after cast');
    node.send(server, () => continueWith((me: Scripted) => (me.order.push(2), continueWith(3))));
    node.send(server, 'after message');
    const answer = node.call(server, () => reply({}, 'answer', continueWith(4)));
    node.send(server, 'after call');
    node
      .call(server, (_me: Scripted, from: From) => (from.reply('late'), noReply(continueWith(5))))
      .catch(() => {});
    node.send(server, 'after noReply');
    expect(await answer).toBe('answer');
    expect(await node.call(server, orderOf as any)).toEqual([
      1,
      'after cast',
      2,
      3,
      'after message',
      4,
      'after call',
      5,
      'after noReply',
    ]);
  });

  it('lets another process answer for it, once', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const answer = node.call(server, (me: Scripted, from: From) => {
      me.self.spawn((self) => {
        self.reply(from, 'by a helper');
        from.reply('again');
      });
      return noReply();
    });
    expect(await answer).toBe('by a helper');
  });

  it('drops the reply of a handler that had answered before', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const answer = node.call(server, (_me: Scripted, from: From) => {
      from.reply('first');
      return reply({}, 'second');
    });
    expect(await answer).toBe('first');
  });

  it('sends to itself from a handler, and handles that next', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    node.cast(server, (me) => {
      me.self.send(me.self.pid, 'to myself');
      me.self.cast(me.self.pid, ((it: Scripted) => void it.order.push('cast to myself')) as never);
      me.order.push('handler ends');
    });
    await settle();
    expect(await node.call(server, orderOf as any)).toEqual(['handler ends', 'to myself', 'cast to myself']);
  });

  it('cannot starve timers and I/O by casting to itself for ever', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const again = (me: Scripted): void => me.self.cast(me.self.pid, again as never);
    node.cast(server, again);
    await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
    const other = await node.start(Scripted);
    expect(await node.call(other, orderOf as any)).toStrictEqual([]);
  });

  it('logs a message it does not expect, and lives on', async () => {
    const node = await startTestNode();
    const kv = await node.start(KvServer);
    node.send(kv, { type: 'stray' });
    expect(await node.call(kv, { type: 'get', key: 'a' })).toBeUndefined();
    expect(logOf(node)).toMatchObject([
      {
        level: 'warning',
        text: `KvServer ${kv} received an unexpected message`,
        report: { message: { type: 'stray' } },
      },
    ]);
  });

  it('has its monitors, exits and timers handled as messages', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const other = idle(node).pid;
    await node.call(server, ((me: Scripted) => {
      me.self.trapExit(true);
      me.self.link(other);
      me.self.monitor(other);
      me.self.sendAfter(me.self.pid, 'timer', 0);
      return reply({}, undefined as never);
    }) as any);
    node.exitSignal(other, 'over');
    await inProcess(node, (self) => self.receive(undefined, { afterMs: 5 }));
    const handled: any[] = (await node.call(server, orderOf as any)) as any[];
    expect(handled.map((message) => message.type ?? message).sort()).toEqual(['DOWN', 'EXIT', 'timer']);
  });

  const crashes: [string, (server: any, node: any) => unknown, object][] = [
    ['an error in handleCast', (s, n) => n.cast(s, () => fail('cast')), { message: 'cast' }],
    [
      'a rejected promise of handleCast',
      (s, n) => n.cast(s, async () => fail('later')),
      { message: 'later' },
    ],
    ['an error in handleInfo', (s, n) => n.send(s, () => fail('info')), { message: 'info' }],
    [
      'an error in handleContinue',
      (s, n) => n.cast(s, () => continueWith(() => fail('go on'))),
      { message: 'go on' },
    ],
    [
      'handleCast returning a value',
      (s, n) => n.cast(s, () => 5),
      { type: 'badReturnValue', callback: 'handleCast', value: 5 },
    ],
    [
      'handleCast returning a reply',
      (s, n) => n.cast(s, () => reply({}, 1)),
      { type: 'badReturnValue', callback: 'handleCast', value: 'reply' },
    ],
    [
      'handleInfo returning a promise of a value',
      (s, n) => n.send(s, async () => 'x'),
      { type: 'badReturnValue', callback: 'handleInfo', value: 'x' },
    ],
  ];

  it.each(crashes)('ends with a clear reason after %s', async (_what, crash, reason) => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    const ended = await watch(node, server);
    crash(server, node);
    expect(await ended.reason).toMatchObject(reason);
    expect(logOf(node)).toMatchObject([
      { level: 'error', text: expect.stringMatching(/^GenServer Scripted .* terminating$/) },
    ]);
  });

  const badCalls: [string, (from: From) => unknown, object][] = [
    ['throws', () => fail('call'), { type: 'error', message: 'call' }],
    ['rejects', async () => fail('later'), { type: 'error', message: 'later' }],
    [
      'returns nothing',
      () => undefined,
      { type: 'badReturnValue', callback: 'handleCall', value: undefined },
    ],
    [
      'returns a promise of a value',
      async () => 5,
      { type: 'badReturnValue', callback: 'handleCall', value: 5 },
    ],
    [
      'only continues',
      () => continueWith(1),
      { type: 'badReturnValue', callback: 'handleCall', value: 'continue' },
    ],
  ];

  it.each(badCalls)(
    'that %s in handleCall fails the caller at once, with the reason',
    async (_what, handler, reason) => {
      const node = await startTestNode();
      const server = await node.start(Scripted);
      const error: unknown = await node.call(server, handler as any).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServerExitError);
      expect((error as ServerExitError).reason).toMatchObject(reason);
      expect(node.isAlive(server)).toBe(false);
    },
  );

  it('ends with an error that names the request when it has no handler for it', async () => {
    const node = await startTestNode();
    class Bare extends GenServer<any, any> {}
    const bare = await node.start(Bare);
    await expect(node.call(bare, { type: 'get' })).rejects.toMatchObject({
      reason: { message: "Bare.handleCall: expected handleCall to be overridden, got { type: 'get' }" },
    });
    const other = await node.start(Bare);
    const { reason } = await watch(node, other);
    node.cast(other, { type: 'put' });
    expect(await reason).toMatchObject({
      message: "Bare.handleCast: expected handleCast to be overridden, got { type: 'put' }",
    });
  });

  it('reports its state and its last message when it crashes, without the process it runs in', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted, { name: 'scripted' });
    const { reason } = await watch(node, server);
    node.send(server, 'before');
    const crash = (): never => fail('crash');
    node.send(server, crash);
    await reason;
    expect(logOf(node)).toMatchObject([
      {
        text: `GenServer Scripted 'scripted' ${server} terminating`,
        report: { reason: { message: 'crash' }, lastMessage: crash, state: { order: ['before'] } },
      },
    ]);
    expect(Object.keys((logOf(node)[0]!.report as any).state)).toEqual(['order']);
  });

  it('keeps nothing of what it handled when it is idle', async () => {
    const node = await startTestNode();
    const server = await node.start(Scripted);
    await node.call(server, orderOf as any);
    await settle();
    const { activity } = partsOf(node).table.get(server) as any;
    expect(typeof activity.lastMessage).toBe('symbol');
    expect(activity.startListener).toBeNull();
  });

  it('works on when its logger throws', async () => {
    const node = await startTestNode({
      logger: {
        log: () => {
          throw new Error('bad logger');
        },
      },
    });
    const server = await node.start(KvServer);
    node.send(server, 'stray');
    expect(await node.call(server, { type: 'get', key: 'x' })).toBeUndefined();
    const scripted = await node.start(Scripted);
    await expect(node.call(scripted, (() => fail('crash')) as any)).rejects.toMatchObject({
      reason: { message: 'crash' },
    });
    expect(node.isAlive(scripted)).toBe(false);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
