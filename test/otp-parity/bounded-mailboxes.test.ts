import {
  GenServer,
  hibernate,
  MailboxFullError,
  noReply,
  reply,
  ServerExitError,
  stopServer,
  sys,
  Task,
  type CallResult,
  type LogRecord,
  type MailboxOptions,
  type MailboxPolicy,
  type Next,
  type Node,
  type Pid,
  type Self,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { logOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** A process that takes nothing out of its mailbox until it is told to, and what it took out then. */
interface Stalled {
  readonly pid: Pid;
  readonly self: Self<any>;
  readonly inbox: any[];
  /** From now on it receives. */
  go(): Promise<void>;
}

function stalled(node: Node, mailbox: MailboxOptions): Promise<Stalled> {
  return new Promise((resolve) => {
    const inbox: unknown[] = [];
    let start!: () => void;
    const started = new Promise<void>((goOn) => (start = goOn));
    const go = (): Promise<void> => {
      start();
      return settle();
    };
    node.spawn<any>(
      async (self) => {
        resolve({ pid: self.pid, self, inbox, go });
        await started;
        for (;;) inbox.push(await self.receive());
      },
      { mailbox },
    );
  });
}

/** Keeps what it handled. */
class Recorder extends GenServer<any, any> {
  readonly handled: unknown[] = [];
  hasTerminated = false;
  override handleCall(request: unknown): CallResult {
    this.handled.push(request);
    return request === 'silent' ? noReply() : reply(request as never, 'ok' as never);
  }
  override handleCast(request: unknown): void {
    this.handled.push(request);
  }
  override handleInfo(message: unknown): void {
    this.handled.push(message);
  }
  override terminate(): void {
    this.hasTerminated = true;
  }
}

const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

/** What arrives at a full mailbox is not taken in. */
const refusing: MailboxPolicy[] = ['reject', 'dropNewest'];

describe.each(refusing)("a full mailbox of policy '%s'", (policy) => {
  inBothPlaces('fails a call at once, which was not handled', async (places) => {
    const { here, there } = places;
    const { pid, inbox, go } = await stalled(there, { maxMessages: 1, policy });
    here.send(pid, 'first');
    const error = await outcomeOf(here.call<any, any>(pid, { type: 'get' }, { timeoutMs: Infinity }));
    expect(error).toBeInstanceOf(MailboxFullError);
    expect(error).toMatchObject({
      code: 'ERR_MAILBOX_FULL',
      mayHaveBeenHandled: false,
      message: `call ${pid} 'get': the mailbox of the server is full`,
    });
    await go();
    expect(inbox).toEqual(['first']);
    expect(there.processInfo(pid)?.mailbox).toMatchObject({ rejectedCalls: 1, droppedMessages: 0 });
  });

  inBothPlaces('drops messages and casts without a word, and counts them', async (places) => {
    const { here, there } = places;
    const { pid, inbox, go } = await stalled(there, { maxMessages: 2, policy });
    for (let i = 0; i < 4; i++) here.send(pid, i);
    here.cast<any>(pid, 'cast');
    await quiet(places);
    expect(there.processInfo(pid)?.mailbox).toEqual({
      messages: 2,
      maxMessages: 2,
      policy,
      rejectedCalls: 0,
      droppedMessages: 3,
    });
    await go();
    expect(inbox).toEqual([0, 1]);
  });

  inBothPlaces('takes messages in again when some were handled', async (places) => {
    const { here, there } = places;
    const { pid, inbox, go } = await stalled(there, { maxMessages: 1, policy });
    here.send(pid, 1);
    here.send(pid, 'lost');
    await quiet(places);
    await go();
    here.send(pid, 2);
    await quiet(places);
    expect(inbox).toEqual([1, 2]);
  });
});

describe("a full mailbox of policy 'dropOldest'", () => {
  const policy = 'dropOldest';

  inBothPlaces('keeps the newest messages, in order', async (places) => {
    const { here, there } = places;
    const { pid, inbox, go } = await stalled(there, { maxMessages: 3, policy });
    for (let i = 0; i < 10; i++) here.send(pid, i);
    await quiet(places);
    await go();
    expect(inbox).toEqual([7, 8, 9]);
    expect(there.processInfo(pid)?.mailbox).toMatchObject({ rejectedCalls: 0, droppedMessages: 7 });
  });

  inBothPlaces('fails the open call it drops, which was not handled', async (places) => {
    const { here, there } = places;
    const { pid, inbox, go } = await stalled(there, { maxMessages: 1, policy });
    const call = outcomeOf(here.call<any, any>(pid, 'first', { timeoutMs: Infinity }));
    here.send(pid, 'second');
    expect(await call).toBeInstanceOf(MailboxFullError);
    await quiet(places);
    await go();
    expect(inbox).toEqual(['second']);
    expect(there.processInfo(pid)?.mailbox).toMatchObject({ rejectedCalls: 1, droppedMessages: 0 });
  });

  inBothPlaces('keeps what the runtime owes the process, wherever it waits', async (places) => {
    const { here, there } = places;
    const { pid, self, inbox, go } = await stalled(there, { maxMessages: 2, policy });
    const other = await puppet(here);
    self.monitor(other.pid);
    await quiet(places);
    here.exitSignal(other.pid, 'kill');
    await quiet(places);
    for (let i = 0; i < 5; i++) here.send(pid, i);
    await quiet(places);
    await go();
    expect(inbox).toEqual([expect.objectContaining({ type: 'DOWN', reason: 'killed' }), 4]);
  });

  inBothPlaces('takes nothing in while all that waits is owed to the process', async (places) => {
    const { here, there } = places;
    const { pid, self, inbox, go } = await stalled(there, { maxMessages: 2, policy });
    self.monitor('nobody');
    self.monitor('nobody');
    here.send(pid, 'lost');
    const call = outcomeOf(here.call<any, any>(pid, 'lost'));
    expect(await call).toBeInstanceOf(MailboxFullError);
    await go();
    expect(inbox.map(({ type }) => type)).toEqual(['DOWN', 'DOWN']);
  });

  it('drops a message that a receive has looked at already, without losing its place', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const pid = node.spawn<any>(
      async (self) => {
        seen.push(await self.receive('wanted'), await self.receive(), await self.receive());
      },
      { mailbox: { maxMessages: 3, policy } },
    );
    for (const type of ['a', 'b', 'c']) node.send(pid, { type });
    await settle();
    node.send(pid, { type: 'd' });
    node.send(pid, { type: 'wanted' });
    await settle();
    expect(seen).toEqual([{ type: 'wanted' }, { type: 'c' }, { type: 'd' }]);
  });

  it('drops the very message that a guard looks at, if the guard fills the mailbox: then it is not received', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const pid = node.spawn<any>(
      async (self) => {
        const where = ({ type }: { type: unknown }): boolean => {
          if (type === 'a') self.send(self.pid, { type: 'c' });
          return true;
        };
        seen.push(await self.receive(undefined, { where }), await self.receive());
      },
      { mailbox: { maxMessages: 2, policy } },
    );
    node.send(pid, { type: 'a' });
    node.send(pid, { type: 'b' });
    await settle();
    expect(seen).toEqual([{ type: 'b' }, { type: 'c' }]);
  });

  it('drops several, while a guard looks at one of them, and the receive looks at every other one once', async () => {
    const node = await startTestNode();
    const asked: unknown[] = [];
    node.spawn<any>(
      async (self) => {
        const where = (message: number): boolean => {
          asked.push(message);
          if (message === 1) for (let i = 10; i < 13; i++) self.send(self.pid, i);
          return message === 12;
        };
        asked.push('got', await self.receive(undefined, { where }), await self.receive());
      },
      { mailbox: { maxMessages: 4, policy } },
    );
    await settle();
    const [pid] = node.processes().slice(-1);
    for (let i = 0; i < 4; i++) node.send(pid!, i);
    await settle();
    expect(asked).toEqual([0, 1, 3, 10, 11, 12, 'got', 12, 3]);
  });
});

describe("a full mailbox of policy 'exit'", () => {
  const mailbox = { maxMessages: 2, policy: 'exit' } as const;
  const reason = { type: 'mailboxFull', maxMessages: 2 };

  inBothPlaces('ends its process with a reason that says so, though it traps exits', async (places) => {
    const { here, there } = places;
    const { pid, self } = await stalled(there, mailbox);
    self.trapExit(true);
    const end = await watch(here, pid);
    for (let i = 0; i < 3; i++) here.send(pid, i);
    expect(await end.reason).toEqual(reason);
  });

  inBothPlaces(
    'fails the calls that wait with that reason, and the one too many as not handled',
    async (places) => {
      const { here, there } = places;
      const { pid } = await stalled(there, mailbox);
      const calls = [1, 2, 3].map((n) => outcomeOf(here.call<any, any>(pid, n)));
      const [first, second, third] = await Promise.all(calls);
      expect(first).toBeInstanceOf(ServerExitError);
      expect(first).toMatchObject({ reason });
      expect(second).toMatchObject({ reason });
      expect(third).toBeInstanceOf(MailboxFullError);
    },
  );

  inBothPlaces('tells those linked to it, and does not call terminate', async (places) => {
    const { here, there } = places;
    const linked = await puppet(here, true);
    const server = await there.start(Recorder, { mailbox });
    const { state } = await sys.getState(there, server).then((fields) => ({ state: fields as Recorder }));
    linked.self.link(server);
    await sys.suspend(here, server);
    for (let i = 0; i < 3; i++) here.cast(server, i);
    await quiet(places);
    expect(linked.inbox).toEqual([{ type: 'EXIT', from: server, reason }]);
    expect(state.hasTerminated).toBe(false);
  });
});

describe.each<MailboxPolicy>(['reject', 'dropNewest', 'dropOldest', 'exit'])(
  "whatever the bound of a mailbox ('%s')",
  (policy) => {
    const mailbox = { maxMessages: 1, policy };

    inBothPlaces('exits, DOWNs and node events arrive, and in the order sent', async (places) => {
      const { here, there, apart } = places;
      const { pid, self, inbox, go } = await stalled(there, mailbox);
      const [one, two] = [await puppet(here), await puppet(here)];
      self.trapExit(true);
      self.monitorNodes(true);
      self.monitor(one.pid);
      self.link(two.pid);
      await quiet(places);
      here.send(pid, 'message');
      here.exitSignal(one.pid, 'kill');
      here.exitSignal(two.pid, 'kill');
      await quiet(places);
      if (apart) await here.disconnect(there.name);
      await settle();
      await go();
      const nodedown = apart ? ['nodedown'] : [];
      expect(inbox.map((message) => message.type ?? message)).toEqual([
        'message',
        'DOWN',
        'EXIT',
        ...nodedown,
      ]);
    });

    inBothPlaces('links, monitors and exit signals take effect', async (places) => {
      const { here, there } = places;
      const { pid, self } = await stalled(there, mailbox);
      here.send(pid, 'message');
      await quiet(places);
      self.monitor('nobody');
      const end = await watch(here, pid);
      here.exitSignal(pid, 'enough');
      expect(await end.reason).toBe('enough');
    });

    inBothPlaces('a server is looked into, suspended and stopped', async (places) => {
      const { here, there } = places;
      const server = await there.start(Recorder, { mailbox });
      await sys.suspend(here, server);
      here.cast(server, 'waits');
      const status = await sys.getStatus(here, server);
      expect(status.mailbox).toMatchObject({ messages: 1, maxMessages: 1, policy });
      expect(await sys.getState(here, server)).toMatchObject({ handled: [] });
      await sys.resume(here, server);
      await quiet(places);
      expect(await sys.getState(here, server)).toMatchObject({ handled: ['waits'] });
      await sys.suspend(here, server);
      here.cast(server, 'waits');
      await stopServer(here, server);
      expect(there.isAlive(server)).toBe(false);
    });

    it('the result of a task arrives', async () => {
      const node = await startTestNode();
      const { pid, self, inbox, go } = await stalled(node, mailbox);
      const task = Task.async(self, () => 'result');
      node.send(pid, 'message');
      await settle();
      await go();
      expect(inbox[0]).toBe('message');
      expect(inbox[1]).toEqual({ type: 'taskReply', ref: task.ref, value: 'result' });
    });
  },
);

/** Gives back what it holds for messages whenever it has handled one. */
class Hibernator extends Recorder {
  override handleCast(request: unknown): Next {
    super.handleCast(request);
    return hibernate();
  }
}

describe('a server that hibernates', () => {
  inBothPlaces('keeps its bound, and wakes for the next message', async (places) => {
    const { here, there } = places;
    const server = await there.start(Hibernator, { mailbox: { maxMessages: 2 } });
    for (let round = 1; round <= 3; round++) {
      here.cast(server, round);
      await quiet(places);
    }
    await sys.suspend(here, server);
    for (let i = 0; i < 5; i++) here.cast(server, 'many');
    await quiet(places);
    expect(there.processInfo(server)?.mailbox).toMatchObject({ messages: 2, droppedMessages: 3 });
    await sys.resume(here, server);
    await quiet(places);
    expect(await sys.getState(here, server)).toMatchObject({ handled: [1, 2, 3, 'many', 'many'] });
  });
});

describe('a timer', () => {
  it('whose message comes to a full mailbox is as any other sender', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { pid, inbox, go } = await stalled(node, { maxMessages: 1 });
    for (const name of ['first', 'second']) node.sendAfter(pid, name, 10);
    await clock.advance(10);
    await go();
    expect(inbox).toEqual(['first']);
    expect(node.processInfo(pid)?.mailbox?.droppedMessages).toBe(1);
  });
});

describe('the log', () => {
  it('tells of a full mailbox at once, then every ten seconds at most, and how much was lost', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { pid, self } = await stalled(node, { maxMessages: 1 });
    self.label = 'worker';
    for (let i = 0; i < 3; i++) node.send(pid, i);
    const warnings = (): LogRecord[] => logOf(node).filter((record) => record.report?.type === 'mailboxFull');
    expect(warnings()).toMatchObject([
      {
        level: 'warning',
        text: `The mailbox of process ${pid} (worker) is full`,
        pid,
        report: { pid, label: 'worker', mailbox: { maxMessages: 1, droppedMessages: 1 }, ends: false },
      },
    ]);
    await clock.advance(9_999);
    node.send(pid, 'x');
    expect(warnings()).toHaveLength(1);
    await clock.advance(1);
    node.send(pid, 'x');
    expect(warnings()).toHaveLength(2);
    expect(warnings()[1]).toMatchObject({ report: { mailbox: { droppedMessages: 4 } } });
  });

  it('tells of every process that a full mailbox ended', async () => {
    const node = await startTestNode();
    for (let i = 0; i < 2; i++) {
      const { pid } = await stalled(node, { maxMessages: 1, policy: 'exit' });
      node.send(pid, 1);
      node.send(pid, 2);
    }
    expect(logOf(node)).toMatchObject(
      Array(2).fill({ level: 'error', report: { type: 'mailboxFull', ends: true } }),
    );
  });
});
