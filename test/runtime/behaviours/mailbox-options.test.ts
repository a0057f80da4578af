import {
  AgentServer,
  BadArgumentError,
  childSpec,
  DynamicSupervisor,
  GenServer,
  Process,
  startAgent,
  startDynamicSupervisor,
  startSupervisor,
  startTaskSupervisor,
  Supervisor,
  TaskSupervisor,
  taskSpec,
  type ChildSpec,
  type MailboxOptions,
  type Node,
  type Pid,
} from '@trestle/runtime';
import { inProcess, leftovers, startTestNode, watch } from '../../support/test-node';

const mailbox: MailboxOptions = { maxMessages: 7, policy: 'dropOldest' };

class Server extends GenServer {}
class Waiter extends Process {
  override run(): Promise<unknown> {
    return this.receive();
  }
}
const wait = (self: { receive(): Promise<unknown> }): Promise<unknown> => self.receive();

async function onlyChild(node: Node, supervisor: Pid): Promise<Pid> {
  const [child] = await Supervisor.whichChildren(node, supervisor);
  return child?.pid as Pid;
}

async function supervised(node: Node, spec: ChildSpec): Promise<Pid> {
  return onlyChild(node, await startSupervisor(node, { strategy: 'oneForOne', children: [spec] }));
}

/** Everything that starts a process which may have a bounded mailbox. */
const starters: [string, (node: Node) => Pid | Promise<Pid>][] = [
  ['node.spawn', (node) => node.spawn(wait, { mailbox })],
  ['self.spawn', (node) => inProcess(node, (self) => self.spawn(wait, { mailbox }))],
  [
    'self.spawnLink',
    async (node) => {
      const pid = await new Promise<Pid>((started) => {
        node.spawn(async (self) => {
          started(self.spawnLink(wait, { mailbox }));
          await self.receive();
        });
      });
      return pid;
    },
  ],
  ['self.spawnMonitor', (node) => inProcess(node, (self) => self.spawnMonitor(wait, { mailbox }).pid)],
  ['start of a server', (node) => node.start(Server, { mailbox })],
  ['start of a process class', (node) => node.start(Waiter, { mailbox })],
  ['childSpec of a server', (node) => supervised(node, childSpec(Server, { mailbox }))],
  ['childSpec of a process class', (node) => supervised(node, childSpec(Waiter, { mailbox }))],
  ['childSpec of an agent', (node) => supervised(node, childSpec(AgentServer, { args: () => 0, mailbox }))],
  ['taskSpec', (node) => supervised(node, taskSpec(wait, { mailbox }))],
  ['startAgent', async (node) => (await startAgent(node, () => 0, { mailbox })).address as Pid],
  [
    'DynamicSupervisor.startChild',
    async (node) => {
      const supervisor = await startDynamicSupervisor(node);
      return (await DynamicSupervisor.startChild(node, supervisor, childSpec(Server, { mailbox }))) as Pid;
    },
  ],
  [
    'TaskSupervisor.startChild',
    async (node) => {
      const supervisor = await startTaskSupervisor(node);
      return TaskSupervisor.startChild(node, supervisor, wait, { mailbox });
    },
  ],
];

describe('the bound of a mailbox', () => {
  it.each(starters)('can be given to %s', async (_, start) => {
    const node = await startTestNode();
    expect(node.processInfo(await start(node))?.mailbox).toEqual({
      messages: 0,
      ...mailbox,
      rejectedCalls: 0,
      droppedMessages: 0,
    });
  });

  it('is no bound unless it is given, and its policy is to reject', async () => {
    const node = await startTestNode();
    expect(node.processInfo(node.spawn(wait))?.mailbox).toMatchObject({
      maxMessages: Infinity,
      policy: undefined,
    });
    const bounded = node.spawn(wait, { mailbox: { maxMessages: 1 } });
    expect(node.processInfo(bounded)?.mailbox).toMatchObject({ maxMessages: 1, policy: 'reject' });
  });

  it('is there again, with an empty mailbox, when a supervisor has restarted its process', async () => {
    const node = await startTestNode();
    const children = [childSpec(Waiter, { mailbox: { maxMessages: 1, policy: 'exit' } })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    const first = await onlyChild(node, supervisor);
    const end = await watch(node, first);
    for (let i = 0; i < 3; i++) node.send(first, i);
    expect(await end.reason).toEqual({ type: 'mailboxFull', maxMessages: 1 });
    const second = await onlyChild(node, supervisor);
    expect(second).not.toBe(first);
    expect(node.processInfo(second)?.mailbox).toMatchObject({ messages: 0, maxMessages: 1, policy: 'exit' });
  });

  it('is told of no process that has ended', async () => {
    const node = await startTestNode();
    const pid = node.spawn(() => undefined);
    await (
      await watch(node, pid)
    ).reason;
    expect(node.processInfo(pid)?.mailbox).toBeUndefined();
  });
});

const whole = 'to be a number of messages: a whole number, 1 or more';
const wrong: [string, unknown][] = [
  ['expected mailbox to be { maxMessages, policy }, got 5', 5],
  ['expected mailbox to be { maxMessages, policy }, got null', null],
  [`expected mailbox.maxMessages ${whole}, got undefined`, {}],
  [`expected mailbox.maxMessages ${whole}, got 0`, { maxMessages: 0 }],
  [`expected mailbox.maxMessages ${whole}, got -1`, { maxMessages: -1 }],
  [`expected mailbox.maxMessages ${whole}, got 1.5`, { maxMessages: 1.5 }],
  [`expected mailbox.maxMessages ${whole}, got Infinity`, { maxMessages: Infinity }],
  [`expected mailbox.maxMessages ${whole}, got '10'`, { maxMessages: '10' }],
  [
    "expected mailbox.policy to be 'reject', 'dropNewest', 'dropOldest' or 'exit', got 'drop'",
    { maxMessages: 1, policy: 'drop' },
  ],
];

/** Everything that takes the option, and what it is called in an error. */
const doors: [string, (node: Node, mailbox: never) => unknown][] = [
  ['spawn', (node, bound) => node.spawn(wait, { mailbox: bound })],
  ['spawnLink', (node, bound) => inProcess(node, (self) => self.spawnLink(wait, { mailbox: bound }))],
  ['spawnMonitor', (node, bound) => inProcess(node, (self) => self.spawnMonitor(wait, { mailbox: bound }))],
  ['start Server', (node, bound) => node.start(Server, { mailbox: bound })],
  ['start Waiter', (node, bound) => node.start(Waiter, { mailbox: bound })],
  ['childSpec Server', (_, bound) => childSpec(Server, { mailbox: bound })],
  ['childSpec Waiter', (_, bound) => childSpec(Waiter, { mailbox: bound })],
  ['taskSpec', (_, bound) => taskSpec(wait, { mailbox: bound })],
  ['startAgent', (node, bound) => startAgent(node, () => 0, { mailbox: bound })],
  [
    'TaskSupervisor.startChild',
    (node, bound) => TaskSupervisor.startChild(node, 'tasks' as never, wait, { mailbox: bound }),
  ],
];

describe('a child spec', () => {
  it('gives its child a label', async () => {
    const node = await startTestNode();
    for (const spec of [
      childSpec(Server, { label: 'here' }),
      childSpec(Waiter, { label: 'here' }),
      taskSpec(wait, { label: 'here' }),
    ]) {
      expect(node.processInfo(await supervised(node, spec))?.label).toBe('here');
    }
  });
});

describe('a wrong bound', () => {
  it.each(doors)('is refused by %s, by name, and nothing is started', async (call, open) => {
    const node = await startTestNode();
    const before = leftovers(node);
    for (const [expected, bound] of wrong) {
      const error: unknown = await (async () => open(node, bound as never))().catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(BadArgumentError);
      expect((error as Error).message).toBe(`${call}: ${expected}`);
    }
    expect(leftovers(node)).toEqual(before);
  });

  it('is an option that there is not, too', async () => {
    const node = await startTestNode();
    expect(() => node.spawn(wait, { mailBox: mailbox } as never)).toThrow(
      "spawn: expected options to have no 'mailBox'",
    );
    expect(() => node.spawn(wait, null as never)).toThrow(
      'spawn: expected options to be of type object, got null',
    );
  });
});
