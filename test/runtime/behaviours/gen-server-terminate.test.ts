import {
  BadArgumentError,
  CallingSelfError,
  CallTimeoutError,
  GenServer,
  NoProcessError,
  reply,
  ServerExitError,
  stop,
  stopServer,
  type CallResult,
  type Next,
  type Pid,
  type ServerRef,
} from '@trestle/runtime';
import { idle, inProcess, logOf, settle, startTestNode, watch } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

interface Terminating {
  readonly log: unknown[];
  readonly traps?: boolean;
  readonly onTerminate?: (reason: unknown) => unknown;
}

class Server extends GenServer<any, (server: Server) => unknown, Terminating> {
  log: unknown[] = [];
  onTerminate: ((reason: unknown) => unknown) | undefined;
  override init({ log, traps = false, onTerminate }: Terminating): undefined {
    this.log = log;
    this.onTerminate = onTerminate;
    this.self.trapExit(traps);
    return undefined;
  }
  override handleCall(request: (server: Server) => unknown): CallResult {
    return request(this) as CallResult;
  }
  override handleCast(request: (server: Server) => unknown): Next {
    return request(this) as Next;
  }
  override handleInfo(message: any): void {
    this.log.push(message.type ?? message);
  }
  override terminate(reason: unknown): void | Promise<void> {
    this.log.push(['terminate', reason]);
    return this.onTerminate?.(reason) as Promise<void>;
  }
}

describe('terminate', () => {
  it('is called with the reason of a stop, which then ends the server', async () => {
    const node = await startTestNode();
    for (const reason of ['normal', 'shutdown', { type: 'shutdown', detail: 1 }, 'odd']) {
      const log: unknown[] = [];
      const server = await node.start(Server, { args: { log } });
      const ended = await watch(node, server);
      node.cast(server, () => stop(reason));
      node.send(server, 'not handled any more');
      expect(await ended.reason).toEqual(reason);
      expect(log).toEqual([['terminate', reason]]);
    }
    // Only the end that is none of order is logged.
    expect(logOf(node)).toMatchObject([{ level: 'error', report: { reason: 'odd' } }]);
  });

  it('is called after an error in a callback, with the error as data', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log } });
    await expect(
      node.call(server, () => {
        throw new Error('crash');
      }),
    ).rejects.toBeInstanceOf(ServerExitError);
    expect(log).toMatchObject([['terminate', { type: 'error', message: 'crash' }]]);
  });

  it('is called when a callback exits', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log } });
    const { reason } = await watch(node, server);
    node.cast(server, (me) => me.self.exit('normal'));
    expect(await reason).toBe('normal');
    expect(log).toEqual([['terminate', 'normal']]);
  });

  it('is awaited; messages wait, and calls fail when it is done', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    let finish!: () => void;
    const server = await node.start(Server, {
      args: { log, onTerminate: () => new Promise<void>((resolve) => (finish = resolve)) },
    });
    node.cast(server, () => stop('normal'));
    await settle();
    let failed: unknown;
    node.call(server, () => reply({}, 1)).catch((error: unknown) => (failed = error));
    node.send(server, 'x');
    await settle();
    expect(node.isAlive(server)).toBe(true);
    expect(failed).toBeUndefined();
    finish();
    await settle();
    expect(node.isAlive(server)).toBe(false);
    expect(failed).toMatchObject({ reason: 'normal' });
    expect(log).toEqual([['terminate', 'normal']]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('in terminate');
      },
    ],
    ['rejects', () => Promise.reject(new Error('in terminate'))],
  ])('that %s gives its error as the reason', async (_how, onTerminate) => {
    const node = await startTestNode();
    const server = await node.start(Server, { args: { log: [], onTerminate } });
    const { reason } = await watch(node, server);
    node.cast(server, () => stop('normal'));
    expect(await reason).toMatchObject({ type: 'error', message: 'in terminate' });
    expect(logOf(node).length).toBe(1);
  });

  it('is not called after an exit signal that is not trapped, nor after kill', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const plain = await node.start(Server, { args: { log } });
    const trapping = await node.start(Server, { args: { log, traps: true } });
    node.exitSignal(plain, 'shutdown');
    node.exitSignal(trapping, 'kill');
    await settle();
    expect([node.isAlive(plain), node.isAlive(trapping)]).toEqual([false, false]);
    expect(log).toStrictEqual([]);
  });

  it('is not called in a server that was killed by its own callback, whatever that returns', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const endings: ((server: Server) => unknown)[] = [
      () => undefined,
      () => stop('normal'),
      () => 5,
      () => {
        throw new Error('after its end');
      },
      (server) => server.self.send(server.self.pid, 'x'),
    ];
    for (const ending of endings) {
      const server = await node.start(Server, { args: { log } });
      node.cast(server, (me) => {
        me.self.exitSignal(me.self.pid, 'kill');
        return ending(me);
      });
      await settle();
      expect(node.isAlive(server)).toBe(false);
    }
    expect(log).toStrictEqual([]);
    expect(logOf(node)).toStrictEqual([]);
  });

  it('is cut short by kill', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log, onTerminate: () => new Promise(() => {}) } });
    const { reason } = await watch(node, server);
    node.cast(server, () => stop('normal'));
    await settle();
    node.exitSignal(server, 'kill');
    expect(await reason).toBe('killed');
  });
});

describe('the exit of the process that started a server', () => {
  async function startedBy(traps: boolean, reason: unknown) {
    const node = await startTestNode();
    const log: unknown[] = [];
    let server!: Pid;
    const parent = node.spawn<any>(async (self) => {
      server = await self.startLink(Server, { args: { log, traps } });
      await self.receive('go');
      self.exit(reason);
    });
    await settle();
    const ended = await watch(node, server);
    node.send(parent, { type: 'go' });
    return { node, log, server, ended };
  }

  it.each(['normal', 'shutdown', 'odd'])(
    'ends a linked server that traps exits, by terminate: %s',
    async (reason) => {
      const { log, ended } = await startedBy(true, reason);
      expect(await ended.reason).toBe(reason);
      expect(log).toEqual([['terminate', reason]]);
    },
  );

  it('ends one that does not trap them at once, unless it is normal', async () => {
    const { log, ended } = await startedBy(false, 'odd');
    expect(await ended.reason).toBe('odd');
    expect(log).toStrictEqual([]);
    const other = await startedBy(false, 'normal');
    await settle();
    expect(other.node.isAlive(other.server)).toBe(true);
  });

  it('is told from the exits of others, which are messages', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log, traps: true } });
    const other = idle(node).pid;
    node.exitSignal(server, 'odd');
    await node.call(server, (me: Server) => {
      me.self.link(other);
      return reply({}, 1);
    });
    node.exitSignal(other, 'odd');
    await settle();
    expect(log).toEqual(['EXIT', 'EXIT']);
    expect(node.isAlive(server)).toBe(true);
  });
});

describe('stop from handleCall', () => {
  it('with a reply answers the caller, who does not fail', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log } });
    expect(await node.call(server, (request: unknown) => stop('normal', reply(request, 'bye')))).toBe('bye');
    await settle();
    expect(node.isAlive(server)).toBe(false);
    expect(log).toEqual([['terminate', 'normal']]);
  });

  it('without one fails the caller with the reason', async () => {
    const node = await startTestNode();
    const server = await node.start(Server, { args: { log: [] } });
    await expect(node.call(server, async () => stop('normal'))).rejects.toMatchObject({ reason: 'normal' });
  });
});

describe('stopServer', () => {
  it('stops a server in order, after what was sent before, and waits for its end', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const server = await node.start(Server, { args: { log }, name: 's' });
    node.send(server, 'before');
    await stopServer(node, server);
    expect(node.isAlive(server)).toBe(false);
    expect(node.whereis('s')).toBeUndefined();
    expect(log).toEqual(['before', ['terminate', 'normal']]);
    expect(logOf(node)).toStrictEqual([]);
  });

  it('stops it with a reason, compared as data, from a process too', async () => {
    const node = await startTestNode();
    for (const reason of ['shutdown', { type: 'shutdown', detail: [1n] }]) {
      const server = await node.start(Server, { args: { log: [] } });
      const { reason: ended } = await watch(node, server);
      await inProcess(node, (self) => stopServer(self, server, { reason }));
      expect(await ended).toEqual(reason);
    }
  });

  it('fails if there is no such server, or it ends otherwise', async () => {
    const node = await startTestNode();
    await expect(stopServer(node, 'nobody' as unknown as ServerRef<Server>)).rejects.toBeInstanceOf(
      NoProcessError,
    );
    const server = await node.start(Server, {
      args: {
        log: [],
        onTerminate: () => {
          throw 'something else';
        },
      },
    });
    await expect(stopServer(node, server)).rejects.toMatchObject({ reason: 'something else' });
  });

  it('fails if it takes too long', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const server = await node.start(Server, { args: { log: [], onTerminate: () => new Promise(() => {}) } });
    let error: unknown;
    stopServer(node, server, { timeoutMs: 100 }).catch((thrown: unknown) => (error = thrown));
    await clock.advance(99);
    expect(error).toBeUndefined();
    await clock.advance(10);
    expect(error).toBeInstanceOf(CallTimeoutError);
  });

  it('cannot be told by the server itself', async () => {
    const node = await startTestNode();
    const server = await node.start(Server, { args: { log: [] } });
    const answer = node.call(server, async (me: Server) => {
      const error: unknown = await stopServer(me.self, me.self.pid).catch((thrown: unknown) => thrown);
      return reply({}, (error instanceof CallingSelfError) as never);
    });
    expect(await answer).toBe(true);
  });

  it('refuses wrong options by name', async () => {
    const node = await startTestNode();
    const server = await node.start(Server, { args: { log: [] } });
    await expect(stopServer(node, server, { timeout: 5 } as never)).rejects.toThrow(
      "stopServer: expected options to have no 'timeout', got { timeout: 5 }",
    );
    await expect(stopServer(node, server, { timeoutMs: -1 })).rejects.toBeInstanceOf(BadArgumentError);
    expect(node.isAlive(server)).toBe(true);
  });
});
