import {
  childSpec,
  continueWith,
  GenServer,
  ignore,
  noReply,
  reply,
  type ServerExitError,
  startSupervisor,
  stop,
  stopServer,
  Supervisor,
  type CallResult,
  type InitResult,
  type Next,
  type Node,
  type TrestleError,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { inProcess, partsOf, reasonOf, startTestNode, watch } from '../support/test-node';

interface Script {
  readonly log?: unknown[];
  readonly init?: (server: Scripted) => InitResult | Promise<InitResult>;
  readonly terminate?: (reason: unknown) => unknown;
}

/** Does what its script says, and writes down what it handles. */
class Scripted extends GenServer<any, any, Script> {
  log: unknown[] = [];
  script!: Script;
  override init(script: Script): InitResult | Promise<InitResult> {
    this.script = script;
    this.log = script.log ?? this.log;
    return script.init?.(this);
  }
  override handleCall(request: any): CallResult {
    this.log.push(['call', request]);
    if (request === 'continue') return reply(request, 'ok', continueWith('after reply'));
    if (request === 'silent') return noReply(continueWith('after no reply'));
    if (request === 'stop') return stop('shutdown');
    return reply(request, request);
  }
  override handleCast(request: any): Next {
    this.log.push(['cast', request]);
    if (request === 'crash') throw new Error('crash');
    if (request === 'continue') return continueWith('after cast');
    return undefined;
  }
  override handleInfo(message: any): void {
    this.log.push(['info', message.type ?? message]);
  }
  override handleContinue(term: unknown): Next {
    this.log.push(['continue', term]);
    return term === 'twice' ? continueWith('second') : undefined;
  }
  override terminate(reason: unknown): Promise<void> {
    this.log.push(['terminate', reason]);
    return this.script.terminate?.(reason) as Promise<void>;
  }
}

const codeOf = (error: unknown): string => (error as TrestleError).code;
const causeOf = (error: unknown): unknown => (error as ServerExitError).reason;

describe('init', () => {
  inBothPlaces('keeps what arrives meanwhile waiting, in order, behind handleContinue', async (places) => {
    const { here, there } = places;
    const log: unknown[] = [];
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const started = there.start(Scripted, {
      name: 's',
      args: { log, init: () => gate.then(() => continueWith('twice')) },
    });
    const to = { name: 's', node: there.name };
    here.send(to, 'first');
    here.cast<any>(to, 'second');
    const third = here.call<any, any>(to, 'third');
    await quiet(places);
    expect(log).toStrictEqual([]);
    go();
    expect(await third).toBe('third');
    await started;
    expect(log).toEqual([
      ['continue', 'twice'],
      ['continue', 'second'],
      ['info', 'first'],
      ['cast', 'second'],
      ['call', 'third'],
    ]);
  });

  inBothPlaces('that fails fails the calls that wait for it, and calls no terminate', async (places) => {
    const { here, there } = places;
    const log: unknown[] = [];
    let fail!: () => void;
    const gate = new Promise<void>((resolve) => (fail = resolve));
    const started = there
      .start(Scripted, { name: 's', args: { log, init: () => gate.then(() => stop('no')) } })
      .catch((error: unknown) => [codeOf(error), causeOf(error), there.whereis('s')]);
    const call = here.call<any, any>({ name: 's', node: there.name }, 'x').catch(causeOf);
    await quiet(places);
    fail();
    expect(await started).toStrictEqual(['ERR_START', 'no', undefined]);
    expect(await call).toBe('no');
    expect(log).toStrictEqual([]);
  });
});

describe('startLink of a server that does not start', () => {
  const failures: [string, Script['init'], unknown][] = [
    ['stop(reason)', () => stop('no'), 'no'],
    ['an async stop', () => Promise.resolve(stop('no')), 'no'],
    ['an exit', (server) => server.self.exit('no'), 'no'],
  ];
  it.each(failures)(
    'by %s ends a starter that does not trap exits, with the reason',
    async (_how, init, reason) => {
      const node = await startTestNode();
      let went = false;
      const end = await reasonOf(node, async (self) => {
        await self.startLink(Scripted, { args: { init: init! } }).catch(() => undefined);
        went = true;
        await self.receive();
      });
      expect([end, went]).toEqual([reason, false]);
    },
  );

  it.each(failures)('by %s rejects for one that traps exits, without an EXIT', async (_how, init, reason) => {
    const node = await startTestNode();
    const [error, message] = await inProcess<any>(node, async (self) => {
      self.trapExit(true);
      const failure = await self.startLink(Scripted, { args: { init: init! } }).catch((e: unknown) => e);
      return [failure, await self.receive(undefined, { afterMs: 5 })];
    });
    expect(error).toMatchObject({ code: 'ERR_START', reason });
    expect(message).toBeUndefined();
  });

  it('by ignore() ends nobody', async () => {
    const node = await startTestNode();
    const outcome = await inProcess(node, (self) =>
      self.startLink(Scripted, { args: { init: () => ignore() } }).catch(causeOf),
    );
    expect(outcome).toBe('ignore');
  });
});

describe('a server', () => {
  inBothPlaces('handles handleContinue before the messages that wait', async (places) => {
    const { here, there } = places;
    const log: unknown[] = [];
    const server = await there.start(Scripted, { args: { log } });
    here.cast<any>(server, 'continue');
    here.send(server, 'a');
    const call = here.call<any, any>(server, 'continue');
    here.send(server, 'b');
    expect(await call).toBe('ok');
    await quiet(places);
    expect(log).toEqual([
      ['cast', 'continue'],
      ['continue', 'after cast'],
      ['info', 'a'],
      ['call', 'continue'],
      ['continue', 'after reply'],
      ['info', 'b'],
    ]);
  });

  inBothPlaces('that traps exits gets those of others as messages; a plain one ends', async (places) => {
    const { here, there } = places;
    const log: unknown[] = [];
    const trapping = await there.start(Scripted, {
      args: { log, init: (me) => void me.self.trapExit(true) },
    });
    const plainLog: unknown[] = [];
    const plain = await there.start(Scripted, { args: { log: plainLog } });
    const end = await watch(there, plain);
    const a = await puppet(here);
    a.self.exitSignal(trapping, 'shutdown');
    a.self.exitSignal(plain, 'shutdown');
    expect(await end.reason).toBe('shutdown');
    await quiet(places);
    expect(log).toEqual([['info', 'EXIT']]);
    expect(plainLog).toStrictEqual([]);
  });

  inBothPlaces('that is stopped calls terminate, has ended then, and its name is free', async (places) => {
    const { here, there } = places;
    for (const reason of ['normal', 'shutdown', { type: 'shutdown', detail: [1] }, { odd: true }]) {
      const log: unknown[] = [];
      const server = await there.start(Scripted, { name: 's', args: { log } });
      await stopServer(here, { name: 's', node: there.name }, { reason });
      expect([there.whereis('s'), there.isAlive(server)]).toStrictEqual([undefined, false]);
      expect(log).toEqual([['terminate', reason]]);
    }
    await expect(stopServer(here, { name: 's', node: there.name })).rejects.toMatchObject({
      code: 'ERR_NOPROC',
    });
  });

  inBothPlaces('that is killed in terminate is killed, and its calls fail', async (places) => {
    const { here, there } = places;
    const server = await there.start(Scripted, {
      args: { terminate: () => new Promise(() => undefined) },
    });
    const end = await watch(here, server);
    const stopping = stopServer(here, server).catch(causeOf);
    const waiting = here.call<any, any>(server, 'x', { timeoutMs: Infinity }).catch(causeOf);
    await quiet(places);
    expect(there.isAlive(server)).toBe(true);
    here.exitSignal(server, 'kill');
    expect(await Promise.all([end.reason, stopping, waiting])).toEqual(['killed', 'killed', 'killed']);
  });

  inBothPlaces(
    'that crashes tells its caller, its links and its monitors the error as data',
    async (places) => {
      const { here, there } = places;
      const server = await there.start(Scripted, { args: {} });
      const a = await puppet(here, true);
      a.self.link(server);
      a.self.monitor(server);
      await quiet(places);
      here.cast<any>(server, 'crash');
      await quiet(places);
      const error = { type: 'error', name: 'Error', message: 'crash' };
      expect(a.inbox).toMatchObject([
        { type: 'EXIT', reason: error },
        { type: 'DOWN', reason: error },
      ]);
    },
  );

  inBothPlaces('that stops without a reply fails the call with its reason', async (places) => {
    const { here, there } = places;
    const server = await there.start(Scripted, { args: {} });
    await expect(here.call<any, any>(server, 'stop')).rejects.toMatchObject({
      code: 'ERR_SERVER_EXIT',
      reason: 'shutdown',
    });
    await expect(here.call<any, any>(server, 'stop')).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  });

  it('whose starter ends is terminated with its reason if it traps exits, after what waits', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const starter = await puppet(node);
    const server = await starter.self.startLink(Scripted, {
      args: { log, init: (me) => void me.self.trapExit(true) },
    });
    const end = await watch(node, server);
    node.send(server, 'before');
    starter.self.exitSignal(starter.pid, 'over');
    node.send(server, 'behind');
    expect(await end.reason).toBe('over');
    expect(log).toEqual([
      ['info', 'before'],
      ['terminate', 'over'],
    ]);
  });
});

describe('a supervisor', () => {
  const child = (id: string, log: unknown[], options: object = {}, script: Script = {}) =>
    childSpec(Scripted, {
      id,
      name: id,
      args: {
        log: [],
        ...script,
        init: (me: Scripted) => (log.push(`+${id}`), me.self.trapExit(true), undefined),
        terminate: () => void log.push(`-${id}`),
      },
      ...options,
    } as never);
  const settledUntil = async (node: Node, done: () => boolean): Promise<void> => {
    while (!done()) await quiet({ here: node, there: node });
  };

  inBothPlaces('restarts by its strategy what another node ends', async (places) => {
    const { here, there } = places;
    const expected = {
      oneForOne: ['+b'],
      oneForAll: ['-c', '-a', '+a', '+b', '+c'],
      restForOne: ['-c', '+b', '+c'],
    } as const;
    for (const strategy of ['oneForOne', 'oneForAll', 'restForOne'] as const) {
      const log: string[] = [];
      const supervisor = await startSupervisor(there, {
        strategy,
        children: ['a', 'b', 'c'].map((id) => child(id, log)),
      });
      log.length = 0;
      const before = there.whereis('b');
      here.exitSignal({ name: 'b', node: there.name }, 'kill');
      await settledUntil(there, () => log.length === expected[strategy].length);
      expect(log).toEqual(expected[strategy]);
      expect(there.whereis('b')).not.toBe(before);
      log.length = 0;
      await stopServer(here, supervisor, { reason: 'shutdown' });
      expect(log).toEqual(['-c', '-b', '-a']);
    }
  });

  it('restarts a permanent child always, a transient one after a failure, a temporary one never', async () => {
    const node = await startTestNode();
    const ends: [string, unknown, boolean][] = [
      ['permanent', 'normal', true],
      ['permanent', 'shutdown', true],
      ['transient', 'normal', false],
      ['transient', 'shutdown', false],
      ['transient', { type: 'shutdown', detail: 1 }, false],
      ['transient', 'oops', true],
      ['temporary', 'oops', false],
    ];
    for (const [restart, reason, comesBack] of ends) {
      const supervisor = await startSupervisor(node, {
        strategy: 'oneForOne',
        children: [child('x', [], { restart })],
      });
      const before = node.whereis('x')!;
      await stopServer(node, before as never, { reason });
      await quiet({ here: node, there: node });
      const now = node.whereis('x');
      expect([restart, reason, now !== undefined && now !== before]).toEqual([restart, reason, comesBack]);
      const specs = (await Supervisor.countChildren(node, supervisor)).specs;
      expect(specs).toBe(restart === 'temporary' ? 0 : 1);
      await stopServer(node, supervisor);
    }
  });

  it('gives up after too many restarts, with shutdown, when its children have stopped', async () => {
    const node = await startTestNode();
    const log: string[] = [];
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      intensity: { restarts: 2, withinMs: 60_000 },
      children: [child('a', log), child('b', log)],
    });
    const end = await watch(node, supervisor);
    for (let n = 0; n < 3; n++) {
      const pid = node.whereis('b')!;
      node.exitSignal('b', 'kill');
      await settledUntil(
        node,
        () => ![pid, undefined].includes(node.whereis('b')) || !node.isAlive(supervisor),
      );
    }
    expect(await end.reason).toBe('shutdown');
    expect(log).toEqual(['+a', '+b', '+b', '+b', '-a']);
    expect(partsOf(node).registry.names()).toEqual(['rpc']);
  });

  it('kills a child that does not end in time, and one with brutalKill at once', async () => {
    const node = await startTestNode();
    const stuck = { terminate: () => new Promise(() => undefined) };
    const reasons: unknown[] = [];
    const specs = [
      { id: 'slow', shutdownMs: 5 },
      { id: 'brutal', shutdownMs: 'brutalKill' as const },
    ].map(({ id, shutdownMs }) =>
      childSpec(Scripted, {
        id,
        name: id,
        shutdownMs,
        args: { ...stuck, init: (me) => void me.self.trapExit(true) },
      }),
    );
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children: specs });
    const ends = await Promise.all([
      watch(node, node.whereis('slow')!),
      watch(node, node.whereis('brutal')!),
    ]);
    await stopServer(node, supervisor, { reason: 'shutdown' }).catch(codeOf);
    for (const end of ends) reasons.push(await end.reason);
    expect(reasons).toEqual(['killed', 'killed']);
  });
});
