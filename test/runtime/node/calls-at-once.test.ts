import {
  continueWith,
  GenServer,
  noReply,
  reply,
  stop,
  stopServer,
  sys,
  type Call,
  type CallResult,
  type From,
  type Next,
  type Node,
  type NodeOptions,
  type ServerPid,
} from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { settle, startTestNode } from '../../support/test-node';

type Work = (server: Worker, request: Request, from: From) => CallResult | Promise<CallResult>;
type Request = Call<{ readonly type: 'do'; readonly work: Work }, unknown>;

/** Does what it is asked to. */
class Worker extends GenServer<Request, string, string[]> {
  log: string[] = [];

  override init(log: string[]): Next {
    this.log = log;
    return undefined;
  }
  override handleCall(request: Request, from: From): CallResult | Promise<CallResult> {
    return request.work(this, request, from);
  }
  override handleCast(request: string): Next {
    this.log.push(`cast ${request}`);
    return undefined;
  }
  override handleContinue(term: unknown): Next {
    this.log.push(`continue ${String(term)}`);
    return undefined;
  }
  override terminate(): void {
    this.log.push('terminate');
  }
}

const log: string[] = [];

/** Asks for something to be done that writes itself down. */
function ask(what: string, work: Work = (_, request) => reply(request, what)): Request {
  return {
    type: 'do',
    work: (server, request, from) => {
      server.log.push(what);
      return work(server, request, from);
    },
  };
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('no error'),
    (error: unknown) => error,
  );
}

/** A node whose messages all count as quick, and an idle server on it. */
async function started(options: NodeOptions = {}): Promise<[Node, ServerPid<Worker>]> {
  log.length = 0;
  // What processes share here is how the tests see what happens when.
  const node = await startTestNode({ watchdog: false, messageIsolation: 'share', ...options });
  const worker = await node.start(Worker, { args: log });
  await settle();
  return [node, worker];
}

describe('a call of an idle server, where messages are quick', () => {
  it('is handled before the code goes on that makes it, which gets the reply as ever', async () => {
    const [node, worker] = await started();
    const answer = node.call(worker, ask('first'));
    log.push('called');
    expect(await answer).toBe('first');
    expect(log).toStrictEqual(['first', 'called']);
  });

  it('comes after the messages that its caller sent before', async () => {
    const [node, worker] = await started();
    node.cast(worker, 'a');
    const answer = node.call(worker, ask('b'));
    log.push('called');
    await answer;
    expect(log).toStrictEqual(['called', 'cast a', 'b']);
  });

  it('is followed by what it leads to, before the next message', async () => {
    const [node, worker] = await started();
    const first = node.call(
      worker,
      ask('first', (server, request) => {
        server.self.cast(worker, 'from within');
        return reply(request, 1, continueWith('then'));
      }),
    );
    const second = node.call(worker, ask('second'));
    await Promise.all([first, second]);
    expect(log).toStrictEqual(['first', 'continue then', 'cast from within', 'second']);
  });

  it('waits its turn if a server makes it that handles a call at this moment', async () => {
    const [node, worker] = await started();
    const other = await node.start(Worker, { args: log });
    await settle();
    const through = ask('outer', async (server, request) => {
      const inner = server.self.call(other, ask('inner'));
      server.log.push('outer goes on');
      return reply(request, await inner);
    });
    expect(await node.call(worker, through)).toBe('inner');
    expect(log).toStrictEqual(['outer', 'outer goes on', 'inner']);
  });

  it('needs no stack: each of 20,000 servers may call the next', async () => {
    const [node] = await started();
    const servers: ServerPid<Worker>[] = [];
    for (let i = 0; i < 20_000; i++) servers.push(await node.start(Worker, { args: [] }));
    const pass =
      (next: number): Work =>
      async (server, request) => {
        const to = servers[next];
        const sum = to === undefined ? 0 : await server.self.call(to, { type: 'do', work: pass(next + 1) });
        return reply(request, Number(sum) + 1);
      };
    expect(await node.call(servers[0]!, { type: 'do', work: pass(1) }, { timeoutMs: Infinity })).toBe(20_000);
  });

  it('fails when the server fails over it, and whoever monitors the server hears of its end', async () => {
    const [node, worker] = await started();
    const failing = ask('fails', () => {
      throw new Error('no way');
    });
    const failed = errorOf(node.call(worker, failing));
    expect(await failed).toMatchObject({ code: 'ERR_SERVER_EXIT', reason: { message: 'no way' } });
    expect(await errorOf(node.call(worker, ask('late')))).toMatchObject({ code: 'ERR_NOPROC' });
    expect(log).toStrictEqual(['fails', 'terminate']);
  });

  it('gets the reply that a server stops with, when terminate is done', async () => {
    const [node, worker] = await started();
    const stopping = ask('stops', (_, request) => stop('normal', reply(request, 'bye')));
    expect(await node.call(worker, stopping)).toBe('bye');
    expect(log).toStrictEqual(['stops', 'terminate']);
    expect(node.isAlive(worker)).toBe(false);
  });

  it('gets a reply that the server sends before it returns, and not a second one', async () => {
    const [node, worker] = await started();
    const twice = ask('twice', (server, request, from) => {
      server.self.reply(from, 'early');
      return reply(request, 'late');
    });
    expect(await node.call(worker, twice)).toBe('early');
  });

  it('may be answered later, by a promise or by whoever has its from', async () => {
    const [node, worker] = await started();
    const slowly = ask('slowly', async (_, request) => {
      await Promise.resolve();
      return reply(request, 'at last');
    });
    expect(await node.call(worker, slowly)).toBe('at last');
    await settle();
    let kept: From | null = null;
    const answer = node.call(
      worker,
      ask('kept', (_, __, from) => {
        kept = from;
        return noReply();
      }),
    );
    node.reply(kept as unknown as From, 'from elsewhere');
    expect(await answer).toBe('from elsewhere');
  });

  it('times out if nobody answers it', async () => {
    const clock = new VirtualClock();
    const [node, worker] = await started({ clock });
    const unanswered = errorOf(
      node.call(
        worker,
        ask('never', () => noReply()),
        { timeoutMs: 100 },
      ),
    );
    await clock.advance(200);
    expect(await unanswered).toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
  });

  it('never goes on in a caller that the server kills meanwhile', async () => {
    const [node, worker] = await started();
    let went = 'nowhere';
    const caller = node.spawn(async (self) => {
      await self.receive();
      const kill = ask('kills', (server, request) => {
        server.self.exitSignal(caller, 'kill');
        return reply(request, 'answered');
      });
      await self.call(worker, kill);
      went = 'on';
    });
    await settle();
    node.send(caller, 'go');
    await settle();
    expect(log).toStrictEqual(['kills']);
    expect([node.isAlive(caller), went]).toStrictEqual([false, 'nowhere']);
  });

  it('waits its turn while another waits for an answer of the server: replies come in their order', async () => {
    const [node, worker] = await started();
    let kept: From | null = null;
    const order: unknown[] = [];
    const note = (value: unknown): void => void order.push(value);
    const keep = ask('kept', (_, __, from) => {
      kept = from;
      return noReply();
    });
    const both = ask('both', (server, request) => {
      server.self.reply(kept as unknown as From, 'first');
      return reply(request, 'second');
    });
    await Promise.all([node.call(worker, keep).then(note), node.call(worker, both).then(note)]);
    expect(order).toStrictEqual(['first', 'second']);
  });

  it('fails with the reason of a stop that was asked for before it', async () => {
    const [node, worker] = await started();
    const stopping = stopServer(node, worker, { reason: 'enough' });
    const behind = errorOf(node.call(worker, ask('behind')));
    await stopping;
    expect(await behind).toMatchObject({ code: 'ERR_SERVER_EXIT', reason: 'enough' });
  });

  it('waits while sys has the server suspended', async () => {
    const [node, worker] = await started();
    await sys.suspend(node, worker);
    const answer = node.call(worker, ask('held up'));
    await settle();
    expect(log).toStrictEqual([]);
    await sys.resume(node, worker);
    expect(await answer).toBe('held up');
  });

  it('leaves the event loop its turns, however many calls are made', async () => {
    const [node, worker] = await started();
    let turned = false;
    setImmediate(() => (turned = true));
    let calls = 0;
    while (!turned && calls < 1_000_000) {
      await node.call(worker, { type: 'do', work: (_, request) => reply(request, 1) });
      calls += 1;
    }
    expect(turned).toBe(true);
  });

  it('is no exception to the bound of a mailbox', async () => {
    const [node] = await started();
    const bounded = await node.start(Worker, { args: log, mailbox: { maxMessages: 1, policy: 'reject' } });
    await settle();
    const first = node.call(bounded, ask('at once'));
    node.cast(bounded, 'waits');
    const refused = errorOf(node.call(bounded, ask('one too many')));
    expect(await first).toBe('at once');
    expect(await refused).toMatchObject({ code: 'ERR_MAILBOX_FULL' });
  });
});
