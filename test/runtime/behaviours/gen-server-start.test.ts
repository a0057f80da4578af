import {
  BadArgumentError,
  continueWith,
  GenServer,
  ignore,
  localName,
  NameTakenError,
  reply,
  StartError,
  stop,
  type CallResult,
  type InitResult,
  type Node,
  type Pid,
  type ReceiveOptions,
  type Self,
} from '@trestle/runtime';
import { idle, inProcess, leftovers, partsOf, settle, startTestNode, watch } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** A server whose `init` is what it is started with. */
class Scripted extends GenServer<any, never, (self: Self) => unknown> {
  static terminated: unknown[] = [];
  override init(script: (self: Self) => unknown): InitResult | Promise<InitResult> {
    return script(this.self) as InitResult;
  }
  override handleCall(request: any): CallResult {
    return reply(request, request as never);
  }
  override terminate(reason: unknown): void {
    Scripted.terminated.push(reason);
  }
}

const failures: [string, (self: Self) => unknown, unknown][] = [
  [
    'throws',
    () => {
      throw new Error('broken');
    },
    { type: 'error', message: 'broken' },
  ],
  ['throws later', () => Promise.reject(new Error('broken')), { type: 'error', message: 'broken' }],
  ['throws a value', () => Promise.reject('value'), 'value'],
  ['stops', () => stop('refused'), 'refused'],
  ['stops later', async () => stop({ type: 'shutdown', detail: 1 }), { type: 'shutdown', detail: 1 }],
  ['exits', (self) => self.exit('left'), 'left'],
  ['is killed by itself', (self) => self.exitSignal(self.pid, 'kill'), 'killed'],
  ['returns something else', () => 5, { type: 'badReturnValue', callback: 'init', value: 5 }],
  [
    'returns a reply',
    () => reply({}, undefined as never),
    { type: 'badReturnValue', callback: 'init', value: 'reply' },
  ],
];

async function startError(node: Node, init: (self: Self) => unknown): Promise<StartError> {
  const error: unknown = await node
    .start(Scripted, { args: init, name: 'scripted' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return error as StartError;
}

beforeEach(() => {
  Scripted.terminated = [];
});

describe('a server that starts', () => {
  it('has done its init and has its name when start resolves', async () => {
    const node = await startTestNode();
    const steps: unknown[] = [];
    const pid = await node.start(Scripted, {
      name: localName('scripted'),
      args: async (self) => {
        steps.push(self.whereis('scripted') === self.pid);
        await settle();
        steps.push('done');
      },
    });
    expect(steps).toEqual([true, 'done']);
    expect(node.whereis('scripted')).toBe(pid);
  });

  it('handles nothing before its init is done', async () => {
    const node = await startTestNode();
    let release!: () => void;
    const started = node.start(Scripted, {
      name: 's',
      args: () => new Promise<void>((resolve) => (release = resolve)),
    });
    await settle();
    let answer: unknown;
    void node.call('s' as never, 'early' as never).then((value) => (answer = value));
    await settle();
    expect(answer).toBeUndefined();
    release();
    await started;
    await settle();
    expect(answer).toBe('early');
  });

  it('goes on with continueWith after start has resolved and before any message', async () => {
    const node = await startTestNode();
    const order: unknown[] = [];
    class Continuing extends GenServer<any> {
      override init(): InitResult {
        this.self.send(this.self.pid, 'message');
        return continueWith('more');
      }
      override async handleContinue(term: unknown) {
        await Promise.resolve();
        order.push(term);
        return order.length < 2 ? continueWith('still more') : undefined;
      }
      override handleInfo(message: unknown): void {
        order.push(message);
      }
    }
    await node.start(Continuing);
    expect(order).toStrictEqual([]);
    await settle();
    expect(order).toEqual(['more', 'still more', 'message']);
  });

  it('gets its own instance, and self only then', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    class Looking extends GenServer {
      atConstruction = (this as { self?: Self }).self;
      override init(): undefined {
        seen.push(this.atConstruction, this.self.pid);
        return undefined;
      }
    }
    const first = await node.start(Looking);
    const second = await node.start(Looking);
    expect(seen).toStrictEqual([undefined, first, undefined, second]);
  });

  it('is no process with a receive', async () => {
    const node = await startTestNode();
    let error: unknown;
    await node.start(Scripted, {
      args: async (self) => {
        error = await (self.receive as (o?: ReceiveOptions<unknown>) => Promise<unknown>)().catch(
          (e: unknown) => e,
        );
      },
    });
    expect((error as Error).message).toMatch(/^receive: expected a process with a body/);
  });
});

describe('a server that does not start', () => {
  it.each(failures)(
    'because its init %s: the promise rejects with the reason',
    async (_how, init, reason) => {
      const node = await startTestNode();
      const before = node.processes();
      const error = await startError(node, init);
      if (typeof reason === 'object') expect(error.reason).toMatchObject(reason as object);
      else expect(error.reason).toBe(reason);
      expect(error.message).toMatch(/^start Scripted: /);
      expect(node.whereis('scripted')).toBeUndefined();
      expect(node.processes()).toEqual(before);
      expect(Scripted.terminated).toStrictEqual([]);
    },
  );

  it.each(failures)('because its init %s: the name can be taken again at once', async (_how, init) => {
    const node = await startTestNode();
    const again = node
      .start(Scripted, { args: init, name: 'scripted' })
      .catch(() => node.start(Scripted, { args: () => undefined, name: 'scripted' }));
    const pid = await again;
    expect(node.whereis('scripted')).toBe(pid);
  });

  it.each(failures)(
    'because its init %s: a linked starter that traps exits sees no EXIT',
    async (_how, init) => {
      const node = await startTestNode();
      const [failed, message, links] = await inProcess(node, async (self) => {
        self.trapExit(true);
        const error: unknown = await self.startLink(Scripted, { args: init }).catch((e: unknown) => e);
        const relations = (partsOf(node).table.get(self.pid) as any).relations;
        return [
          error instanceof StartError,
          await self.receive(undefined, { afterMs: 0 }),
          relations.links.size,
        ];
      });
      expect([failed, message, links]).toStrictEqual([true, undefined, 0]);
    },
  );

  it.each(failures)(
    'because its init %s: a linked starter that does not trap ends with it',
    async (_how, init, reason) => {
      const node = await startTestNode();
      let went = false;
      const starter = node.spawn<any>(async (self) => {
        await self.receive('go');
        await self.startLink(Scripted, { args: init }).catch(() => (went = true));
      });
      const { reason: ended } = await watch(node, starter);
      node.send(starter, { type: 'go' });
      if (typeof reason === 'object') expect(await ended).toMatchObject(reason as object);
      else expect(await ended).toBe(reason);
      expect(went).toBe(false);
    },
  );

  it('because its constructor throws: as if its init had', async () => {
    const node = await startTestNode();
    class Broken extends GenServer {
      value = (() => {
        throw new Error('in a field');
      })();
    }
    await expect(node.start(Broken, { name: 'b' })).rejects.toMatchObject({
      reason: { message: 'in a field' },
    });
    expect(node.whereis('b')).toBeUndefined();
    const starter = node.spawn<any>(async (self) => {
      await self.receive('go');
      await self.startLink(Broken).catch(() => {});
      await self.receive();
    });
    const { reason } = await watch(node, starter);
    node.send(starter, { type: 'go' });
    expect(await reason).toMatchObject({ message: 'in a field' });
    const trapped = await inProcess(node, async (self) => {
      self.trapExit(true);
      await self.startLink(Broken).catch(() => {});
      return self.receive(undefined, { afterMs: 0 });
    });
    expect(trapped).toBeUndefined();
  });

  it('because it is to be ignored: that is no failure, and a linked starter lives on', async () => {
    const node = await startTestNode();
    const reason = await inProcess(node, async (self) => {
      const error: unknown = await self
        .startLink(Scripted, { args: () => ignore(), name: 'i' })
        .catch((e: unknown) => e);
      await settle();
      self.whereis('i');
      return (error as StartError).reason;
    });
    expect(reason).toBe('ignore');
    expect(node.whereis('i')).toBeUndefined();
    await expect(node.start(Scripted, { args: async () => ignore() })).rejects.toMatchObject({
      reason: 'ignore',
    });
  });

  it('because its init takes too long: it is killed, and a linked starter lives on', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    let pid!: Pid;
    let error: unknown;
    const { pid: starter, inbox } = idle(node);
    const linked = node.spawn<any>(async (self) => {
      await self
        .startLink(Scripted, {
          timeoutMs: 100,
          name: 'slow',
          args: (me) => {
            pid = me.pid;
            return new Promise(() => {});
          },
        })
        .catch((thrown: unknown) => (error = thrown));
      self.send(starter, 'lives on');
      await self.receive();
    });
    await settle();
    const { reason } = await watch(node, pid);
    await clock.advance(99);
    expect(error).toBeUndefined();
    await clock.advance(1);
    expect(error).toMatchObject({ reason: 'timeout' });
    expect((error as Error).message).toBe('start Scripted: timeout');
    expect(await reason).toBe('killed');
    await settle();
    expect(inbox).toEqual(['lives on']);
    expect(node.isAlive(linked)).toBe(true);
    expect(node.whereis('slow')).toBeUndefined();
    expect(clock.runningTimers).toBe(0);
  });

  it('because it was killed while it started', async () => {
    const node = await startTestNode();
    const started = node
      .start(Scripted, { name: 's', args: () => new Promise(() => {}) })
      .catch((e: unknown) => e);
    await settle();
    node.exitSignal('s', 'kill');
    expect(await started).toMatchObject({ code: 'ERR_START', reason: 'killed' });
  });

  it('because its name is taken: nothing of it runs, and the owner is named', async () => {
    const node = await startTestNode();
    const owner = await node.start(Scripted, { name: 's', args: () => undefined });
    let ran = false;
    const before = node.processes();
    const error: unknown = await node
      .start(Scripted, { name: 's', args: () => void (ran = true) })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NameTakenError);
    expect(error).toMatchObject({ code: 'ERR_NAME_TAKEN', pid: owner });
    expect((error as Error).message).toBe(`start Scripted as 's': the name is taken by ${owner}`);
    expect(ran).toBe(false);
    expect(node.processes()).toEqual(before);
  });

  it('when its linked starter ends while it starts: it ends too, and nobody goes on', async () => {
    const node = await startTestNode();
    let went = false;
    const starter = node.spawn(async (self) => {
      await self
        .startLink(Scripted, { name: 's', args: () => new Promise(() => {}) })
        .catch(() => {})
        .finally(() => (went = true));
    });
    await settle();
    node.exitSignal(starter, 'kill');
    await settle();
    expect(node.whereis('s')).toBeUndefined();
    expect(went).toBe(false);
  });

  it.each([
    [{ nme: 'x' }, "start Scripted: expected options to have no 'nme', got { nme: 'x' }"],
    [{ name: 5 }, 'start Scripted: expected name to be a string, a local name or a via name, got 5'],
    [
      { name: '' },
      "start Scripted: expected a name: a non-empty string that does not start with '<', got ''",
    ],
    [
      { timeoutMs: -1 },
      'start Scripted: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
    ],
    [null, 'start Scripted: expected options to be of type object, got null'],
  ])('because its options are wrong: %j', async (options, message) => {
    const node = await startTestNode();
    const before = node.processes();
    const error: unknown = await node.start(Scripted, options as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadArgumentError);
    expect((error as Error).message).toBe(message);
    expect(node.processes()).toEqual(before);
    expect(leftovers(node)).toMatchObject({ timers: 0 });
  });
});
