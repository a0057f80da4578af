import {
  CallTimeoutError,
  childSpec,
  continueWith,
  GenServer,
  NodeDownError,
  NoProcessError,
  reply,
  ServerExitError,
  startSupervisor,
  stop,
  stopServer,
  sys,
  type ServerStatus,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster } from '../support/both-places';
import { Scripted, startScripted, type Script } from '../support/scripted-server';
import { inProcess, logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );
const never = (): Promise<never> => new Promise(() => undefined);

/** A promise that the test settles. */
function gate(): { wait: () => Promise<unknown>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { wait: () => opened, open };
}

describe('terminate is called', () => {
  inBothPlaces('after a stop of any callback, with its reason', async ({ here, there }) => {
    const script: Script = {
      call: () => stop('from call'),
      cast: () => stop('from cast'),
      info: () => stop('from info'),
    };
    const acts: [string, (pid: any) => unknown][] = [
      ['from call', (pid) => errorOf(here.call<any, any>(pid, 'x'))],
      ['from cast', (pid) => here.cast<any>(pid, 'x')],
      ['from info', (pid) => here.send(pid, 'x')],
    ];
    for (const [reason, act] of acts) {
      const { pid, log } = await startScripted(there, script);
      const end = await watch(here, pid);
      act(pid);
      expect(await end.reason).toBe(reason);
      expect(log.at(-1)).toEqual(['terminate', reason]);
    }
  });

  inBothPlaces('after an error, a raised exit and a bad return', async ({ here, there }) => {
    const faults: [Script['cast'], unknown][] = [
      [() => Promise.reject(new TypeError('oops')), { type: 'error', name: 'TypeError', message: 'oops' }],
      [(_request, me) => me.self.exit('left'), 'left'],
      [() => 'bad', { type: 'badReturnValue', callback: 'handleCast', value: 'bad' }],
    ];
    for (const [cast, reason] of faults) {
      const { pid, log } = await startScripted(there, { cast: cast! });
      const end = await watch(here, pid);
      here.cast(pid, 'x');
      await end.reason;
      expect(log).toMatchObject([
        ['cast', 'x'],
        ['terminate', reason],
      ]);
    }
  });

  it('by a supervisor that stops it, if it traps exits: with shutdown, and what it does is waited for', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const { wait, open } = gate();
    const args: Script = { log, traps: true, terminate: wait };
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [childSpec(Scripted, { args })],
    });
    let over = false;
    const stopped = stopServer(node, supervisor).then(() => (over = true));
    await settle();
    expect([log, over]).toEqual([[['terminate', 'shutdown']], false]);
    open();
    await stopped;
  });

  it('once, whatever comes while it runs', async () => {
    const node = await startTestNode();
    const { wait, open } = gate();
    const { pid, log } = await startScripted(node, {
      traps: true,
      cast: () => stop('first'),
      terminate: wait,
    });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    await settle();
    const stopping = errorOf(stopServer(node, pid, { reason: 'second' }));
    node.exitSignal(pid, 'third');
    node.cast(pid, 'fourth');
    await settle();
    open();
    expect(await end.reason).toBe('first');
    expect(await stopping).toMatchObject({ reason: 'first' });
    expect(log).toEqual([
      ['cast', 'x'],
      ['terminate', 'first'],
    ]);
  });

  it('before the name is free, and before anybody hears of the end', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const { pid } = await startScripted(
      node,
      {
        cast: () => stop('normal'),
        terminate: (_reason, me) => seen.push(node.whereis('s'), node.isAlive(me.self.pid)),
      },
      { name: 's' },
    );
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    await end.reason;
    expect(seen).toEqual([pid, true]);
    expect(node.whereis('s')).toBeUndefined();
  });

  it('in the server: it can send, cast, call others and start them', async () => {
    const node = await startTestNode();
    const other = await startScripted(node);
    const heir = await puppet(node);
    const { pid } = await startScripted(node, {
      cast: () => stop('normal'),
      terminate: async (_reason, me) => {
        me.self.cast(other.pid, 'cast');
        heir.self.node.send(heir.pid, await me.self.call(other.pid, 'called'));
      },
    });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    await end.reason;
    await settle();
    expect(other.log).toEqual([
      ['cast', 'cast'],
      ['call', 'called'],
    ]);
    expect(heir.inbox).toEqual(['called']);
  });
});

describe('terminate is not called', () => {
  inBothPlaces('after an exit signal that is not trapped', async ({ here, there }) => {
    for (const reason of ['shutdown', 'odd', 'kill']) {
      const { pid, log } = await startScripted(there);
      const end = await watch(here, pid);
      here.exitSignal(pid, reason);
      expect(await end.reason).toBe(reason === 'kill' ? 'killed' : reason);
      expect(log).toStrictEqual([]);
    }
  });

  inBothPlaces('after kill, though exits are trapped', async ({ here, there }) => {
    const { pid, log } = await startScripted(there, { traps: true });
    const end = await watch(here, pid);
    here.exitSignal(pid, 'kill');
    expect(await end.reason).toBe('killed');
    expect(log).toStrictEqual([]);
  });

  inBothPlaces('for the exit of a process that is only linked: that is a message', async (places) => {
    const { here, there } = places;
    const { pid, log } = await startScripted(there, { traps: true });
    const a = await puppet(here);
    a.self.link(pid);
    a.self.exitSignal(a.pid, 'bye');
    await quiet(places);
    expect(log).toEqual([['info', { type: 'EXIT', from: a.pid, reason: 'bye' }]]);
  });

  it('for a normal end of who started it, if exits are not trapped: the server goes on', async () => {
    const node = await startTestNode();
    const { pid, log } = await inProcess(node, (self) => startScripted(self));
    await settle();
    expect([node.isAlive(pid), log]).toEqual([true, []]);
  });
});

describe('terminate that fails', () => {
  inBothPlaces('gives its own error as the reason, to everybody', async (places) => {
    const { here, there } = places;
    const { pid } = await startScripted(there, {
      call: () => stop('normal'),
      terminate: () => Promise.reject(new Error('in terminate')),
    });
    const end = await watch(here, pid);
    const error = await errorOf(here.call(pid, 'x'));
    expect(error.reason).toMatchObject({ message: 'in terminate' });
    expect(await end.reason).toMatchObject({ message: 'in terminate' });
    expect(logOf(there)).toMatchObject([{ report: { reason: { message: 'in terminate' } } }]);
  });

  it('by an exit gives the reason of that', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, {
      cast: () => stop('first'),
      terminate: (_reason, me) => me.self.exit('second'),
    });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    expect(await end.reason).toBe('second');
  });

  it('after an error in a callback hides that: the last error counts', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, {
      cast: () => Promise.reject(new Error('first')),
      terminate: () => Promise.reject(new Error('second')),
    });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    expect(await end.reason).toMatchObject({ message: 'second' });
    expect(logOf(node).length).toBe(1);
  });
});

describe('the exit of the process that started a server', () => {
  const startedBy = async (traps: boolean): Promise<any> => {
    const node = await startTestNode();
    const starter = await puppet(node);
    const server = await startScripted(starter.self, { traps });
    return { node, starter, ...server, end: await watch(node, server.pid) };
  };

  it.each(['normal', 'shutdown', { type: 'shutdown', detail: 1 }, 'odd'])(
    'with %j terminates one that traps exits, with that reason',
    async (reason) => {
      const { starter, end, log } = await startedBy(true);
      starter.self.exitSignal(starter.pid, reason);
      expect(await end.reason).toEqual(reason);
      expect(log).toEqual([['terminate', reason]]);
    },
  );

  it('is told by its sender alone: a signal of it is as good as its end', async () => {
    const { starter, pid, end, log } = await startedBy(true);
    starter.self.exitSignal(pid, 'asked');
    expect(await end.reason).toBe('asked');
    expect(log).toEqual([['terminate', 'asked']]);
  });

  it('comes behind the messages that wait, which are handled', async () => {
    const { node, starter, pid, end, log } = await startedBy(true);
    node.send(pid, 'before');
    starter.self.exitSignal(pid, 'over');
    node.send(pid, 'behind');
    expect(await end.reason).toBe('over');
    expect(log).toEqual([
      ['info', 'before'],
      ['terminate', 'over'],
    ]);
  });

  it('interrupts no callback that runs', async () => {
    const node = await startTestNode();
    const starter = await puppet(node);
    const { wait, open } = gate();
    const { pid, log } = await startScripted(starter.self, { traps: true, cast: wait as never });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    await settle();
    node.exitSignal(starter.pid, 'over');
    await settle();
    expect(node.isAlive(pid)).toBe(true);
    open();
    expect(await end.reason).toBe('over');
    expect(log).toEqual([
      ['cast', 'x'],
      ['terminate', 'over'],
    ]);
  });
});

describe('stopServer', () => {
  inBothPlaces('with a reason waits until the server has ended with it', async ({ here, there }) => {
    for (const reason of ['normal', 'shutdown', { type: 'shutdown', detail: 1 }, 'odd', { a: [1] }]) {
      const { pid, log } = await startScripted(there);
      const end = await watch(here, pid);
      await stopServer(here, pid, { reason });
      expect(there.isAlive(pid)).toBe(false);
      expect(await end.reason).toEqual(reason);
      expect(log).toEqual([['terminate', reason]]);
    }
  });

  inBothPlaces('stops one that is busy when it is done, after what was sent before', async (places) => {
    const { here, there } = places;
    const { wait, open } = gate();
    const { pid, log } = await startScripted(there, { cast: wait as never });
    here.cast(pid, 'slow');
    here.send(pid, 'waits');
    const stopping = stopServer(here, pid);
    await quiet(places);
    expect(there.isAlive(pid)).toBe(true);
    open();
    await stopping;
    expect(log).toEqual([
      ['cast', 'slow'],
      ['info', 'waits'],
      ['terminate', 'normal'],
    ]);
  });

  inBothPlaces('of one that never ends fails after its timeout, and the server goes on', async (places) => {
    const { here, there } = places;
    const { pid } = await startScripted(there, { terminate: never });
    const end = await watch(here, pid);
    expect(await errorOf(stopServer(here, pid, { timeoutMs: 1 }))).toBeInstanceOf(CallTimeoutError);
    expect(there.isAlive(pid)).toBe(true);
    here.exitSignal(pid, 'kill');
    expect(await end.reason).toBe('killed');
  });

  inBothPlaces('of one that is gone fails with noproc, by pid and by name', async ({ here, there }) => {
    const { pid } = await startScripted(there, {}, { name: 's' });
    await stopServer(here, { name: 's', node: there.name });
    expect(await errorOf(stopServer(here, pid))).toBeInstanceOf(NoProcessError);
    expect(await errorOf(stopServer(here, { name: 's', node: there.name }))).toBeInstanceOf(NoProcessError);
  });

  inBothPlaces('fails with the reason if the server ends otherwise meanwhile', async (places) => {
    const { here, there } = places;
    const { pid } = await startScripted(there, { terminate: never });
    const stopping = errorOf(stopServer(here, pid));
    await quiet(places);
    here.exitSignal(pid, 'kill');
    const error = await stopping;
    expect(error).toBeInstanceOf(ServerExitError);
    expect(error.reason).toBe('killed');
  });

  it('fails with NodeDownError if the node of the server is lost meanwhile, or is out of reach', async () => {
    const cluster = await startCluster();
    const here = await cluster('here');
    const there = await cluster('there');
    await here.connect(there.name);
    const { pid } = await startScripted(there, { terminate: never });
    const stopping = errorOf(stopServer(here, pid));
    await quiet({ here, there });
    await here.disconnect(there.name);
    expect(await stopping).toBeInstanceOf(NodeDownError);
    expect(await errorOf(stopServer(here, { name: 's', node: 'nobody@127.0.0.1' }))).toBeInstanceOf(
      NodeDownError,
    );
  });

  inBothPlaces('by several at once is done for all of them', async (places) => {
    const { here, there } = places;
    const { wait, open } = gate();
    const { pid, log } = await startScripted(there, { terminate: wait });
    const all = [here, there, here].map((node) => stopServer(node, pid));
    await quiet(places);
    open();
    await Promise.all(all);
    expect(log).toEqual([['terminate', 'normal']]);
  });

  inBothPlaces('stops one that is suspended', async ({ here, there }) => {
    const { pid, log } = await startScripted(there);
    await sys.suspend(here, pid);
    await stopServer(here, pid);
    expect(log).toEqual([['terminate', 'normal']]);
  });

  it('waits for as long as it takes, unless told otherwise', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { wait, open } = gate();
    const { pid } = await startScripted(node, { terminate: wait });
    let over = false;
    const stopping = stopServer(node, pid).then(() => (over = true));
    await clock.advance(86_400_000);
    expect(over).toBe(false);
    open();
    await stopping;
  });

  it('of a permanent child has it restarted', async () => {
    const node = await startTestNode();
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [childSpec(Scripted, { name: 's', args: {} })],
    });
    const before = node.whereis('s')!;
    await stopServer(node, before as never);
    await settle();
    expect(node.whereis('s')).not.toBe(before);
    expect(node.whereis('s')).toBeDefined();
  });
});

describe('the report of a server that ends by a failure', () => {
  class Secretive extends GenServer<any, any> {
    token = 'secret';
    override handleCall(request: any): never {
      throw new Error(`bad ${String(request.what)}`);
    }
    override formatStatus(status: ServerStatus): ServerStatus {
      return {
        ...status,
        state: { token: '***' },
        ...('lastMessage' in status ? { lastMessage: '***' } : {}),
      };
    }
  }

  inBothPlaces(
    'is written where the server is, with what formatStatus leaves',
    async ({ here, there, apart }) => {
      const pid = await there.start(Secretive, { name: 'secretive' });
      await errorOf(here.call<any, any>(pid, { what: 'secret' }));
      expect(logOf(there)).toMatchObject([
        {
          level: 'error',
          report: { state: { token: '***' }, lastMessage: '***', reason: { message: 'bad secret' } },
        },
      ]);
      if (apart) expect(logOf(here)).toStrictEqual([]);
    },
  );

  inBothPlaces(
    'tells nothing of the state to the caller: it hears the reason alone',
    async ({ here, there }) => {
      const pid = await there.start(Secretive);
      const error = await errorOf(here.call<any, any>(pid, { what: 'x' }));
      expect(JSON.stringify(error)).not.toContain('secret');
    },
  );

  it.each(['normal', 'shutdown', { type: 'shutdown', detail: 'x' }])(
    'is not written after %j',
    async (reason) => {
      const node = await startTestNode();
      const { pid } = await startScripted(node, { cast: () => stop(reason) });
      const end = await watch(node, pid);
      node.cast(pid, 'x');
      await end.reason;
      expect(logOf(node)).toStrictEqual([]);
    },
  );

  it('has no last message if it was told to stop', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node);
    await node.call(pid, 'x');
    await stopServer(node, pid, { reason: 'odd' });
    expect(logOf(node)).toMatchObject([{ report: { reason: 'odd' } }]);
    expect(logOf(node)[0]!.report).not.toHaveProperty('lastMessage');
  });

  it('says of a failure in handleContinue with what it went on', async () => {
    const node = await startTestNode();
    const fail = (): never => {
      throw new Error('cannot go on');
    };
    const { pid } = await startScripted(node, { cast: () => continueWith('on'), goOn: fail });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    await end.reason;
    expect(logOf(node)).toMatchObject([{ report: { lastMessage: { type: 'continue', term: 'on' } } }]);
  });

  it('is not written for a server that is killed: there is nobody left to write it', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, { call: (request) => reply(request, 1) });
    node.exitSignal(pid, 'kill');
    await settle();
    expect(logOf(node)).toStrictEqual([]);
  });
});
