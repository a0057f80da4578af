import {
  CallTimeoutError,
  childSpec,
  continueWith,
  decline,
  ignore,
  NameTakenError,
  noReply,
  StartError,
  startSupervisor,
  stop,
  type Pid,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { Scripted, startScripted, type Script } from '../support/scripted-server';
import { inProcess, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';
import { createTestNode, VirtualClock } from '@trestle/runtime/testing';

/** An `init` that takes until the test says what it returns, and the server in it. */
function gate(): { init: () => Promise<unknown>; open: (result?: unknown) => void } {
  let open!: (result?: unknown) => void;
  const opened = new Promise((resolve) => (open = resolve));
  return { init: () => opened, open };
}

const errorOf = (started: Promise<unknown>): Promise<any> =>
  started.then(
    () => 'started',
    (error: unknown) => error,
  );

/** Every way a start can fail by its `init`, with the reason it fails with. */
const failures: [string, Script['init'], unknown][] = [
  ['stops', () => stop('no'), 'no'],
  ['stops with normal', () => stop('normal'), 'normal'],
  ['exits', (me) => me.self.exit('no'), 'no'],
  ['exits with normal', (me) => me.self.exit('normal'), 'normal'],
  ['throws', () => Promise.reject(new Error('no')), { type: 'error', message: 'no' }],
  ['returns no result', () => 'state', { type: 'badReturnValue', callback: 'init', value: 'state' }],
  ['stops itself by a signal', (me) => me.self.exitSignal(me.self.pid, 'no'), 'no'],
  ['is to be ignored', () => ignore(), 'ignore'],
  ['declines', () => decline('declined'), 'declined'],
];

describe('a server in its init', () => {
  inBothPlaces('has its name already, which no other can be started with', async (places) => {
    const { here, there } = places;
    const { init, open } = gate();
    const first = there.start(Scripted, { name: 's', args: { init } });
    const second = await errorOf(there.start(Scripted, { name: 's', args: {} }));
    expect(second).toBeInstanceOf(NameTakenError);
    expect(second.pid).toBe(there.whereis('s'));
    const end = await watch(here, second.pid as Pid);
    open();
    expect(await first).toBe(second.pid);
    here.exitSignal(second.pid as Pid, 'over');
    expect(await end.reason).toBe('over');
  });

  inBothPlaces(
    'is killed like any process: its start fails with that, and the name is free',
    async (places) => {
      const { here, there } = places;
      const started = errorOf(startScripted(there, { init: gate().init }, { name: 's' }));
      await quiet(places);
      here.exitSignal({ name: 's', node: there.name }, 'kill');
      expect(await started).toMatchObject({ code: 'ERR_START', reason: 'killed' });
      expect(there.whereis('s')).toBeUndefined();
    },
  );

  inBothPlaces('is ended by an exit signal, unless it traps exits: then that waits', async (places) => {
    const { here, there } = places;
    const plain = errorOf(startScripted(there, { init: gate().init }, { name: 'plain' }));
    const { init, open } = gate();
    const trapping = startScripted(there, { init, traps: true }, { name: 'trapping' });
    await quiet(places);
    for (const name of ['plain', 'trapping']) here.exitSignal({ name, node: there.name }, 'now');
    expect(await plain).toMatchObject({ reason: 'now' });
    await quiet(places);
    open();
    const { pid, log } = await trapping;
    await quiet(places);
    expect(log).toMatchObject([['info', { type: 'EXIT', reason: 'now' }]]);
    expect(there.isAlive(pid)).toBe(true);
  });

  inBothPlaces(
    'may be monitored, linked and called by its name: all hear why it did not start',
    async (places) => {
      const { here, there } = places;
      const { init, open } = gate();
      const started = errorOf(startScripted(there, { init }, { name: 's' }));
      const a = await puppet(here, true);
      a.self.monitor({ name: 's', node: there.name });
      a.self.link(there.whereis('s')!);
      const call = a.self
        .call<any, any>({ name: 's', node: there.name }, 'x')
        .catch((error: unknown) => error);
      await quiet(places);
      open(stop('no'));
      expect(await started).toMatchObject({ reason: 'no' });
      expect(await call).toMatchObject({ code: 'ERR_SERVER_EXIT', reason: 'no' });
      await quiet(places);
      expect(a.inbox.map(({ type, reason }) => [type, reason]).sort()).toEqual([
        ['DOWN', 'no'],
        ['EXIT', 'no'],
      ]);
    },
  );

  inBothPlaces('that links a process and then fails takes it along', async (places) => {
    const { here, there } = places;
    const a = await puppet(here);
    const end = await watch(here, a.pid);
    const init: Script['init'] = (me) => (me.self.link(a.pid), stop('no'));
    expect(await errorOf(startScripted(there, { init }))).toMatchObject({ reason: 'no' });
    expect(await end.reason).toBe('no');
  });

  inBothPlaces(
    'lets a call time out that does not want to wait; it is handled all the same',
    async (places) => {
      const { here, there } = places;
      const { init, open } = gate();
      const started = startScripted(there, { init }, { name: 's' });
      const to = { name: 's', node: there.name } as any;
      expect(await errorOf(here.call<any, any>(to, 'x', { timeoutMs: 1 }))).toBeInstanceOf(CallTimeoutError);
      open();
      const { log } = await started;
      await quiet(places);
      expect(log).toEqual([['call', 'x']]);
    },
  );

  it('cannot call itself, but can send to itself: that is handled when it has started', async () => {
    const node = await startTestNode();
    const { log } = await startScripted(node, {
      init: async (me) => {
        me.self.send(me.self.pid, 'sent');
        me.self.cast<any>(me.self.pid as any, 'cast');
        me.log.push(
          await errorOf(me.self.call<any, any>(me.self.pid as any, 'x')).then((error) => error.code),
        );
      },
    });
    await settle();
    expect(log).toEqual(['ERR_CALLING_SELF', ['info', 'sent'], ['cast', 'cast']]);
  });

  it('can start others, which end with it if it links them and fails', async () => {
    const node = await startTestNode();
    let linked!: Pid;
    let other!: Pid;
    const init: Script['init'] = async (me) => {
      linked = (await startScripted(me.self)).pid;
      other = (await startScripted(me.self.node)).pid;
      return stop('no');
    };
    await errorOf(startScripted(node, { init }));
    expect([node.isAlive(linked), node.isAlive(other)]).toEqual([false, true]);
  });

  it('keeps its starter waiting, and nobody else', async () => {
    const node = await startTestNode();
    const { init, open } = gate();
    let done = false;
    const started = startScripted(node, { init }).then(() => (done = true));
    const other = await startScripted(node);
    expect(await node.call(other.pid, 'x')).toBe('x');
    expect(done).toBe(false);
    open();
    await started;
  });
});

describe('a start that fails', () => {
  it.each(failures)('because init %s calls no terminate', async (_how, init, reason) => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const error = await errorOf(startScripted(node, { init: init!, log }, { name: 's' }));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ reason, mayHaveBeenHandled: false });
    expect([log, node.whereis('s'), node.processes().length]).toStrictEqual([[], undefined, 1]);
  });

  const harmless = ['normal', 'ignore', 'declined'];

  it.each(failures)(
    'because init %s is reported as a crash unless it is in order, or came by a signal',
    async (how, init, reason) => {
      const node = await startTestNode();
      await errorOf(startScripted(node, { init: init! }));
      const quiet = harmless.includes(reason as string) || how === 'stops itself by a signal';
      expect(logOf(node).map(({ report }) => report)).toMatchObject(quiet ? [] : [{ type: 'crash', reason }]);
    },
  );

  it.each(failures)(
    'because init %s ends a linked starter unless that is in order',
    async (_how, init, reason) => {
      const node = await startTestNode();
      const end = await reasonOf(node, async (self) => {
        await startScripted(self, { init: init! }).catch(() => undefined);
        await settle();
        return self.exit('lived on');
      });
      if (harmless.includes(reason as string)) expect(end).toBe('lived on');
      else if (typeof reason === 'object') expect(end).toMatchObject(reason as object);
      else expect(end).toBe(reason);
    },
  );

  it.each(failures)('because init %s leaves a starter that trusts in a node alone', async (_how, init) => {
    const node = await startTestNode();
    const end = await reasonOf(node, async (self) => {
      await startScripted(self.node, { init: init! }).catch(() => undefined);
      await settle();
      return self.exit('lived on');
    });
    expect(end).toBe('lived on');
  });

  inBothPlaces('because init declines is a normal end to everybody but the starter', async (places) => {
    const { here, there } = places;
    const { init, open } = gate();
    const started = errorOf(startScripted(there, { init }, { name: 's' }));
    const end = await watch(here, there.whereis('s')!);
    const call = errorOf(here.call<any, any>({ name: 's', node: there.name } as never, 'x'));
    await quiet(places);
    open(decline({ why: 'not here' }));
    expect(await started).toMatchObject({ code: 'ERR_START', reason: { why: 'not here' } });
    expect(await end.reason).toBe('normal');
    expect(await call).toMatchObject({ reason: 'normal' });
  });

  it('because init declines keeps a tree from starting, with that reason', async () => {
    const node = await startTestNode();
    const args: Script = { init: () => decline('not here') };
    const children = [childSpec(Scripted, { id: 'child', args })];
    expect(await errorOf(startSupervisor(node, { strategy: 'oneForOne', children }))).toMatchObject({
      reason: { type: 'shutdown', detail: { type: 'failedToStartChild', id: 'child', reason: 'not here' } },
    });
  });

  inBothPlaces('has freed its name before anybody hears of the end', async (places) => {
    const { here, there } = places;
    const { init, open } = gate();
    const started = errorOf(startScripted(there, { init }, { name: 's' }));
    const seen = inProcess(here, async (self) => {
      self.monitor({ name: 's', node: there.name });
      await self.receive('DOWN');
      return there.whereis('s');
    });
    await quiet(places);
    open(stop('no'));
    await started;
    expect(await seen).toBeUndefined();
  });

  it('because its name is taken neither links nor ends the starter, and leaves no message', async () => {
    const node = await startTestNode();
    const owner = await puppet(node);
    owner.self.register('taken');
    for (const traps of [true, false]) {
      const [error, message] = await inProcess<any>(node, async (self) => {
        self.trapExit(traps);
        const failure = await errorOf(startScripted(self, {}, { name: 'taken' }));
        return [failure, await self.receive(undefined, { afterMs: 1 })];
      });
      expect(error).toMatchObject({ code: 'ERR_NAME_TAKEN', pid: owner.pid });
      expect(message).toBeUndefined();
    }
    expect(node.isAlive(owner.pid)).toBe(true);
  });

  it('for all but one, if several start under one name at once: the others are told which', async () => {
    const node = await startTestNode();
    const starts = Array.from({ length: 5 }, () => startScripted(node, {}, { name: 's' }));
    const results = await Promise.allSettled(starts);
    const pid = node.whereis('s');
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value.pid : result.reason.pid)),
    ).toEqual(Array(5).fill(pid));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });
});

describe('a start that takes longer than its timeoutMs', () => {
  async function late(traps: boolean): Promise<any> {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { init, open } = gate();
    const log: unknown[] = [];
    const outcome = inProcess(node, async (self) => {
      self.trapExit(traps);
      const error = await errorOf(startScripted(self, { init, log }, { name: 's', timeoutMs: 50 }));
      const free = self.whereis('s') === undefined;
      return { error, free, message: await self.receive(undefined, { afterMs: 1 }) };
    });
    await clock.advance(50);
    await clock.advance(1);
    return { ...(await outcome), open, log, node };
  }

  it.each([true, false])('fails with timeout, unlinked and without an EXIT (trapping: %s)', async (traps) => {
    expect(await late(traps)).toMatchObject({ error: { reason: 'timeout' }, free: true, message: undefined });
  });

  it('fails with timeout, and not with the end that it brings about, in whatever order things happen', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const test = await createTestNode({ seed });
      const started = errorOf(startScripted(test.node, { init: gate().init }, { timeoutMs: 50 }));
      await test.advance(50);
      expect([seed, (await started).reason]).toEqual([seed, 'timeout']);
      await test.stop();
    }
  });

  it('drops what init returns after that', async () => {
    const { open, log, node } = await late(true);
    open(continueWith('too late'));
    await settle();
    expect(log).toStrictEqual([]);
    expect(logOf(node)).toStrictEqual([]);
  });

  it('is killed for everybody else', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const started = errorOf(
      startScripted(node, { init: gate().init, traps: true }, { name: 's', timeoutMs: 50 }),
    );
    await settle();
    const end = await watch(node, node.whereis('s')!);
    const call = errorOf(node.call<any, any>('s' as any, 'x', { timeoutMs: Infinity }));
    await clock.advance(50);
    expect(await end.reason).toBe('killed');
    expect(await call).toMatchObject({ reason: 'killed' });
    expect(await started).toMatchObject({ reason: 'timeout' });
  });
});

describe('the starter of a server that ends while it starts', () => {
  it('ends it if it is linked, with its own reason', async () => {
    const node = await startTestNode();
    const starter = await puppet(node);
    void starter.self.startLink(Scripted, { name: 's', args: { init: gate().init } });
    const end = await watch(node, node.whereis('s')!);
    node.exitSignal(starter.pid, 'gone');
    expect(await end.reason).toBe('gone');
    expect(node.whereis('s')).toBeUndefined();
  });

  it('has it terminated when it has started, if it traps exits: what it continues with comes first', async () => {
    const node = await startTestNode();
    const starter = await puppet(node);
    const { init, open } = gate();
    const log: unknown[] = [];
    void starter.self.startLink(Scripted, { name: 's', args: { init, traps: true, log } });
    const end = await watch(node, node.whereis('s')!);
    node.exitSignal(starter.pid, 'gone');
    await settle();
    open(continueWith('on'));
    expect(await end.reason).toBe('gone');
    expect(log).toEqual([
      ['continue', 'on'],
      ['terminate', 'gone'],
    ]);
  });

  it('leaves it alone if it started it on the node', async () => {
    const node = await startTestNode();
    const starter = await puppet(node);
    const { init, open } = gate();
    void starter.self.node.start(Scripted, { name: 's', args: { init } });
    const pid = node.whereis('s')!;
    node.exitSignal(starter.pid, 'kill');
    await settle();
    open(noReply());
    await settle();
    expect(node.isAlive(pid)).toBe(true);
  });
});
