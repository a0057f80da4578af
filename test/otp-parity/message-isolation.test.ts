import {
  Agent,
  DynamicSupervisor,
  GenServer,
  noReply,
  RemoteError,
  receiveResponse,
  reply,
  replyPort,
  sendRequest,
  startAgent,
  startDynamicSupervisor,
  startRegistry,
  stopServer,
  sys,
  Task,
  TaskExitError,
  timer,
  UnsendableError,
  type CallResult,
  type From,
  type MessageIsolation,
  type Node,
  type Self,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { idle, inProcess, logOf, reasonOf, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

const start = (messageIsolation: MessageIsolation): Promise<Node> => startTestNode({ messageIsolation });

/** Keeps a list, and hands it out: a mistake of sharing. */
class Keeper extends GenServer<any, any> {
  readonly list: unknown[] = [];
  override handleCall(request: any): CallResult {
    if (request === 'list') return reply(request, this.list as never);
    if (request.add !== undefined) this.list.push(request.add);
    if (request.reply !== undefined) return reply(request, request.reply as never);
    return reply(request, (request.unsendable === true ? () => 1 : this.list.length) as never);
  }
  override handleCast(request: any): void {
    this.list.push(request);
  }
  override handleInfo(message: unknown): void {
    this.list.push(message);
  }
}

describe("a node whose messages are passed by 'share', which is the default", () => {
  it('hands on the very object, and it can be changed', async () => {
    for (const node of [
      await start('share'),
      await startTestNode({ messageIsolation: undefined as never }),
    ]) {
      const message = { list: [1] };
      const { pid, inbox } = idle(node);
      node.send(pid, message);
      await settle();
      expect(inbox[0]).toBe(message);
      expect(Object.isFrozen(message)).toBe(false);
    }
  });
});

/** Every way in which a value gets from one process to another, and where it is then. */
const ways: [string, (node: Node, value: object) => Promise<unknown>][] = [
  ['a message', (node, value) => received(node, (pid) => node.send(pid, value))],
  [
    'a message to a name',
    async (node, value) => {
      const { pid, inbox } = idle(node, (self) => self.register('there'));
      await settle();
      node.send('there', value);
      await settle();
      node.exitSignal(pid, 'kill');
      return inbox[0];
    },
  ],
  [
    'a message to an alias',
    async (node, value) => {
      const { self, inbox } = await puppet(node);
      node.send(self.alias(), value);
      await settle();
      return inbox[0];
    },
  ],
  ['a cast', (node, value) => received(node, (pid) => node.cast<any>(pid, value)).then((m) => m.request)],
  [
    'a request',
    (node, value) =>
      received(node, (pid) => void node.call<any, any>(pid, value, { timeoutMs: 5 }).catch(() => 0)).then(
        (m) => m.request,
      ),
  ],
  [
    'the request of sendRequest',
    (node, value) =>
      received(node, (pid) => {
        node.spawn((self) => void sendRequest(self, pid, value as never));
      }).then((m) => m.request),
  ],
  [
    'the response to sendRequest',
    async (node, value) => {
      const server = await node.start(Echo);
      return inProcess(node, async (self) => {
        const outcome = await receiveResponse(self, sendRequest(self, server, { reply: value }));
        return outcome.status === 'reply' ? (outcome.reply as unknown) : outcome;
      });
    },
  ],
  ['a reply', async (node, value) => node.call(await node.start(Echo), { reply: value })],
  ['a later reply', async (node, value) => node.call(await node.start(Echo), { later: value })],
  ['the message of a timer', (node, value) => received(node, (pid) => node.sendAfter(pid, value, 0))],
  [
    'the message of startTimer',
    (node, value) => received(node, (pid) => node.startTimer(pid, value, 0)).then((m) => m.message),
  ],
  [
    'the message of an interval',
    (node, value) => received(node, (pid) => timer.sendInterval(node, pid, value, 1)),
  ],
  ['the reason of an exit signal', (node, value) => exitSeen(node, value)],
  ['the reason of an exit', (node, value) => reasonOf(node, (self) => self.exit(value))],
  ['the result of a task', (node, value) => inProcess(node, (self) => Task.await(self, taskOf(self, value)))],
  [
    'the message of a task',
    (node, value) =>
      inProcess(node, async (self) => {
        taskOf(self, value);
        return (await self.receive('taskReply')).value;
      }),
  ],
  [
    'the reason of a call that fails',
    async (node, value) => {
      const server = await node.start(Keeper);
      await sys.suspend(node, server);
      const call = node.call(server, 'list').catch((error: unknown) => (error as { reason: unknown }).reason);
      node.exitSignal(server, value);
      return call;
    },
  ],
];

const taskOf = (self: Self<any>, value: unknown): Task<unknown> => Task.async(self, () => value);

class Echo extends GenServer<any> {
  override handleCall(request: any, from: From): CallResult {
    if ('reply' in request) return reply(request, request.reply as never);
    this.self.spawn(() => this.self.reply(from, request.later));
    return noReply();
  }
}

async function received(node: Node, sendTo: (pid: never) => unknown): Promise<any> {
  return new Promise((resolve) => {
    node.spawn<any>(async (self) => {
      sendTo(self.pid as never);
      resolve(await self.receive());
    });
  });
}

function exitSeen(node: Node, reason: unknown): Promise<unknown> {
  return inProcess(node, async (self) => {
    self.trapExit(true);
    node.exitSignal(self.pid, reason);
    return (await self.receive('EXIT')).reason;
  });
}

describe("a node whose messages are passed by 'freeze'", () => {
  it.each(ways)('freezes %s, and hands on the very object', async (_, pass) => {
    const node = await start('freeze');
    const value = { list: [{ inner: 1 }] };
    expect(await pass(node, value)).toBe(value);
    expect([value, value.list, value.list[0]].map((part) => Object.isFrozen(part))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('lets a sender know at once that it changes what it sent', async () => {
    const node = await start('freeze');
    const { pid } = idle(node);
    const end = await reasonOf(node, (self) => {
      const message = { n: 1 };
      self.send(pid, message);
      message.n = 2;
    });
    expect(end).toMatchObject({ type: 'error', name: 'TypeError' });
  });

  it('lets a server know that it handed out its own state', async () => {
    const node = await start('freeze');
    const keeper = await node.start(Keeper);
    await node.call(keeper, 'list');
    await expect(node.call(keeper, { add: 1 })).rejects.toMatchObject({
      reason: { name: 'TypeError', message: expect.stringContaining('not extensible') },
    });
  });

  it('freezes no state by looking at it', async () => {
    const node = await start('freeze');
    const keeper = await node.start(Keeper);
    expect(await sys.getState(node, keeper)).toEqual({ list: [] });
    await sys.getStatus(node, keeper);
    await sys.replaceState(node, keeper, (state) => state);
    expect(await node.call(keeper, { add: 1 })).toBe(1);
  });

  it('passes living objects as they are: instances, functions, callers', async () => {
    const node = await start('freeze');
    const counter = new (class {
      count = 0;
    })();
    const { pid, inbox } = idle(node);
    node.send(pid, { counter, increment: () => (counter.count += 1) });
    await settle();
    (inbox[0] as { increment(): void }).increment();
    expect(counter.count).toBe(1);
  });

  it('leaves specs, agents and their functions alone, which hold living objects', async () => {
    const node = await start('freeze');
    const supervisor = await startDynamicSupervisor(node);
    const spec = { id: 'child', start: (parent: any) => parent.startLink(Keeper) as Promise<never> };
    await DynamicSupervisor.startChild(node, supervisor, spec);
    expect(Object.isFrozen(spec)).toBe(false);
    const agent = await startAgent(node, () => [1]);
    await agent.update((list) => {
      list.push(2);
      return list;
    });
    expect(await agent.get((list) => list.length)).toBe(2);
  });

  it('freezes nothing that goes to another node', async () => {
    const node = await start('freeze');
    const message = { n: 1 };
    node.send({ name: 'x', node: 'nobody@127.0.0.1' }, message);
    expect(Object.isFrozen(message)).toBe(false);
  });
});

describe("a node whose messages are passed by 'clone'", () => {
  it.each(ways)('copies %s', async (_, pass) => {
    const node = await start('clone');
    const value = { list: [{ inner: 1 }], when: new Date(0), bytes: new Uint8Array([1]) };
    const copy = (await pass(node, value)) as typeof value;
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
    expect(copy.list[0]).not.toBe(value.list[0]);
    expect(copy.bytes).not.toBe(value.bytes);
    expect(Object.isFrozen(value)).toBe(false);
  });

  it('copies when it is sent: a later change does not arrive', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ messageIsolation: 'clone', clock });
    const { pid, inbox } = idle(node);
    const message = { n: 1 };
    node.send(pid, message);
    node.sendAfter(pid, message, 10);
    node.sendAfter('late', message, 10);
    message.n = 2;
    node.register('late', pid);
    await clock.advance(10);
    expect(inbox).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  });

  const options = { messageIsolation: 'clone' } as const;

  inBothPlaces(
    'refuses at the sender what cannot travel, with its path, as between nodes',
    async ({ here, there }) => {
      const { pid, inbox } = idle(there);
      const server = await there.start(Keeper);
      const wrong = { deep: [{ fn: () => 1 }] };
      const text = (what: string): string =>
        `${what}.deep[0].fn: a function (fn) cannot be sent to another node`;
      expect(() => here.send(pid, wrong)).toThrow(
        new UnsendableError('message.deep[0].fn', 'a function (fn)'),
      );
      expect(() => here.send(pid, wrong)).toThrow(text('message'));
      expect(() => here.cast(server, wrong)).toThrow(text('request'));
      await expect(here.call(server, wrong)).rejects.toThrow(text('request'));
      await quiet({ here, there });
      expect(inbox).toStrictEqual([]);
      expect(await here.call(server, 'list')).toStrictEqual([]);
    },
    options,
  );

  inBothPlaces(
    'refuses it though nobody is there',
    async ({ here, there }) => {
      const gone = there.spawn(() => undefined);
      await quiet({ here, there });
      expect(() => here.send(gone, () => 1)).toThrow(UnsendableError);
      expect(() => here.cast<any>(gone, () => 1)).toThrow(UnsendableError);
      expect(() => here.send({ name: 'nobody', node: there.name }, Symbol('s'))).toThrow(UnsendableError);
    },
    options,
  );

  inBothPlaces(
    'fails the call whose reply cannot travel, and the server lives on',
    async ({ here, there }) => {
      const server = await there.start(Keeper);
      const error: unknown = await here.call(server, { unsendable: true }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RemoteError);
      expect((error as RemoteError).cause).toMatchObject({ code: 'ERR_UNSENDABLE' });
      expect(await here.call(server, 'list')).toStrictEqual([]);
      expect(logOf(there)).toMatchObject([{ level: 'error', report: { type: 'reply' } }]);
    },
    options,
  );

  inBothPlaces(
    'tells an exit reason that cannot travel as text',
    async ({ here, there }) => {
      const linked = await puppet(here, true);
      const other = await puppet(there);
      linked.self.link(other.pid);
      linked.self.monitor(other.pid);
      await quiet({ here, there });
      there.exitSignal(other.pid, { why: () => 1 });
      await quiet({ here, there });
      expect(linked.inbox.map(({ reason }) => typeof reason)).toEqual(['string', 'string']);
    },
    options,
  );

  inBothPlaces(
    'lets a caller be handed on and answered by another process',
    async (places) => {
      const { here, there } = places;
      const answerer = await puppet(here);
      const delegate = await there.start(Delegate, { args: answerer.pid });
      const call = here.call<any, any>(delegate, { n: 1 });
      await quiet(places);
      answerer.inbox[0].port.send(['answer']);
      expect(await call).toEqual(['answer']);
    },
    options,
  );

  inBothPlaces(
    'makes of errors what the wire makes of them',
    async ({ here, there }) => {
      const server = await there.start(Keeper);
      const error = Object.assign(new TypeError('wrong'), { code: 'E', extra: 1 });
      const back: unknown = await here.call(server, { reply: error });
      expect(back).toBeInstanceOf(TypeError);
      expect(back).toMatchObject({ message: 'wrong', code: 'E' });
      expect(back).not.toHaveProperty('extra');
    },
    options,
  );

  it('refuses what is deeper than the wire carries, and what contains itself', async () => {
    const node = await start('clone');
    const { pid } = idle(node);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => node.send(pid, cycle)).toThrow('a value that contains itself cannot be sent');
    let deep: unknown = 1;
    for (let i = 0; i < 300; i++) deep = [deep];
    expect(() => node.send(pid, deep)).toThrow(UnsendableError);
  });

  it('keeps to the limits of the node', async () => {
    const node = await startTestNode({
      name: 'small@127.0.0.1',
      cookie: 'c',
      resolve: () => undefined,
      limits: { maxFrameBytes: 100 },
      messageIsolation: 'clone',
    });
    expect(() => node.send(idle(node).pid, 'x'.repeat(50))).not.toThrow();
    expect(() => node.send(idle(node).pid, ['x'.repeat(200)])).toThrow('more than 100 bytes');
  });

  it('copies what a getter sends while its object is read', async () => {
    const node = await start('clone');
    const { pid, inbox } = idle(node);
    const message = {
      before: 1,
      get sent(): number {
        node.send(pid, { inner: 'message' });
        return 2;
      },
      after: 3,
    };
    node.send(pid, message);
    await settle();
    expect(inbox).toEqual([{ inner: 'message' }, { before: 1, sent: 2, after: 3 }]);
  });

  it('ends a task whose result cannot travel', async () => {
    const node = await start('clone');
    const outcome = await inProcess(node, async (self) => {
      self.trapExit(true);
      return Task.await(
        self,
        Task.async(self, () => () => 1),
      ).catch((error: unknown) => error);
    });
    expect(outcome).toBeInstanceOf(TaskExitError);
    expect(outcome).toMatchObject({ reason: { code: 'ERR_UNSENDABLE' } });
  });

  it('runs supervisors, agents and sys, whose functions stay on the node', async () => {
    const node = await start('clone');
    const supervisor = await startDynamicSupervisor(node);
    const child = await DynamicSupervisor.startChild(node, supervisor, {
      id: 'child',
      start: (parent) => parent.startLink(Keeper),
    });
    expect(node.isAlive(child!)).toBe(true);
    await sys.replaceState(node, child as never, (state) => state);
    await stopServer(node, child as never);
    const agent = await startAgent(node, () => ({ n: 1 }));
    const first = await agent.get((state) => state);
    first.n = 5;
    expect(await agent.get(({ n }) => n)).toBe(1);
    expect(agent).toBeInstanceOf(Agent);
    const call = node.call<unknown, never>(agent.address, { type: 'get', fn: () => 1 } as never);
    await expect(call).rejects.toThrow(UnsendableError);
  });
});

describe('what a registry keeps', () => {
  it.each(['freeze', 'clone'] as const)('is found as it was registered, with %s', async (isolation) => {
    const node = await start(isolation);
    const registry = await startRegistry<object, { open: () => string }>(node, { name: 'r', keys: 'unique' });
    const [key, value] = [{}, { open: () => 'door' }];
    registry.register((await puppet(node)).self, key, value);
    expect(registry.lookup(key)[0]?.value).toBe(value);
    expect(Object.isFrozen(value)).toBe(false);
  });

  it('is refused before it is registered if its listeners cannot be told of it', async () => {
    const node = await start('clone');
    const listener = await puppet(node);
    listener.self.register('listener');
    const registry = await startRegistry(node, { name: 'r', keys: 'unique', listeners: ['listener'] });
    const { self } = await puppet(node);
    const fn = (): void => {};
    expect(() => {
      registry.register(self, 'key', { fn });
    }).toThrow('value.fn: a function (fn) cannot be sent');
    expect(() => {
      registry.register(self, { fn }, 'value');
    }).toThrow('key.fn: a function (fn) cannot be sent');
    expect([registry.count(), registry.keys(self.pid)]).toStrictEqual([0, []]);
    registry.register(self, 'key', 'value');
    await listener.has(1);
    expect(listener.inbox).toMatchObject([{ type: 'register', key: 'key', value: 'value' }]);
  });
});

/** Hands the port for its answer on to another process. */
class Delegate extends GenServer<any, never, any> {
  private to!: never;
  override init(to: any): void {
    this.to = to as never;
  }
  override handleCall(request: any, from: From): CallResult {
    this.self.send(this.to, { port: replyPort(request, from) });
    return noReply();
  }
}
