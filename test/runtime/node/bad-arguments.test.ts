import { BadArgumentError, body, type Node } from '@trestle/runtime';
import { idle, inProcess, leftovers, startTestNode } from '../../support/test-node';

type Attempt = (verbs: any, node: Node) => unknown;

async function refusal(attempt: () => unknown): Promise<string> {
  const error: unknown = await (async () => attempt())().then(
    () => 'accepted',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BadArgumentError);
  expect(error).toMatchObject({ code: 'ERR_BAD_ARGUMENT', mayHaveBeenHandled: false });
  return (error as Error).message;
}

const address = 'expected a pid, a name or { name, node }, got';
const name = "expected a name: a non-empty string that does not start with '<', got";
const ms = 'in milliseconds (0 or more, or Infinity), got';

/** What is refused by processes and by nodes alike. */
const common: [string, Attempt][] = [
  [`send: ${address} 5`, (on) => on.send(5, 'x')],
  [`send: ${address} undefined`, (on) => on.send(undefined, 'x')],
  [`send: ${address} { name: 'kv' }`, (on) => on.send({ name: 'kv' }, 'x')],
  [`send: ${address} { name: 'kv', node: 'nohost' }`, (on) => on.send({ name: 'kv', node: 'nohost' }, 'x')],
  [
    `send: ${address} { name: 'kv', node: 'nohost' }`,
    (on) => {
      // That the name of one node is good says nothing of the next.
      on.send({ name: 'kv', node: 'some@where' }, 'x');
      on.send({ name: 'kv', node: 'nohost' }, 'x');
    },
  ],
  [`send: ${name} ''`, (on) => on.send('', 'x')],
  [`send: ${name} '<0.1.0>'`, (on) => on.send('<0.1.0>', 'x')],
  [`send: ${name} '<a/1.0/1>'`, (on) => on.send('<a/1.0/1>', 'x')],
  [`cast: ${address} null`, (on) => on.cast(null, 'x')],
  [`cast: ${name} '<kv'`, (on) => on.cast('<kv', 'x')],
  [`call: ${address} undefined`, (on) => on.call(undefined, 'x')],
  [`call: ${name} ''`, (on) => on.call('', 'x')],
  [
    'call: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
    (on) => on.call('x', 1, { timeoutMs: -1 }),
  ],
  [
    'call: expected timeoutMs to be milliseconds (0 or more, or Infinity), got NaN',
    (on) => on.call('x', 1, { timeoutMs: NaN }),
  ],
  [
    "call: expected timeoutMs to be milliseconds (0 or more, or Infinity), got '5'",
    (on) => on.call('x', 1, { timeoutMs: '5' }),
  ],
  [
    "call: expected options to have no 'timeout', got { timeout: 5 }",
    (on) => on.call('x', 1, { timeout: 5 }),
  ],
  ['call: expected options to be of type object, got null', (on) => on.call('x', 1, null)],
  ["reply: expected the from of a call, got 'x'", (on) => on.reply('x', 1)],
  [`sendAfter: ${address} 5`, (on) => on.sendAfter(5, 'x', 1)],
  [`sendAfter: expected delayMs ${ms} -1`, (on) => on.sendAfter('x', 'x', -1)],
  [`sendAfter: expected delayMs ${ms} NaN`, (on) => on.sendAfter('x', 'x', NaN)],
  [`sendAfter: expected delayMs ${ms} undefined`, (on) => on.sendAfter('x', 'x')],
  [`startTimer: ${address} 5`, (on) => on.startTimer(5, 'x', 1)],
  [`startTimer: expected delayMs ${ms} '1'`, (on) => on.startTimer('x', 'x', '1')],
  ["cancelTimer: expected a reference, got 'x'", (on) => on.cancelTimer('x')],
  ['readTimer: expected a reference, got undefined', (on) => on.readTimer()],
  [`whereis: ${name} 5`, (on) => on.whereis(5)],
  [`unregister: ${name} undefined`, (on) => on.unregister(undefined)],
  ["unregister: expected a registered name, got 'x'", (on) => on.unregister('x')],
  [`exitSignal: ${address} 5`, (on) => on.exitSignal(5, 'x')],
  ['spawn: expected a function, got 5', (on) => on.spawn(5)],
  [
    'start: expected a class that extends GenServer, GenStatem or Process, got undefined',
    (on) => on.start(undefined),
  ],
  [
    'start: expected a class that extends GenServer, GenStatem or Process, got [class X]',
    (on) => on.start(class X {}),
  ],
  [`register: ${name} ''`, (on, node) => on.register('', node.pid)],
  [`register: ${name} '<kv>'`, (on, node) => on.register('<kv>', node.pid)],
  ["register 'kv': expected a living process of this node, got 5", (on) => on.register('kv', 5)],
];

const ofProcesses: [string, Attempt][] = [
  ['spawnLink: expected a function, got undefined', (self) => self.spawnLink()],
  ['spawnMonitor: expected a function, got undefined', (self) => self.spawnMonitor()],
  [
    'startLink: expected a class that extends GenServer, GenStatem or Process, got 5',
    (self) => self.startLink(5),
  ],
  ["link: expected a pid, got 'kv'", (self) => self.link('kv')],
  ["unlink: expected a pid, got 'kv'", (self) => self.unlink('kv')],
  [`monitor: ${address} 5`, (self) => self.monitor(5)],
  [
    "monitor: expected alias to be 'explicitUnalias', 'demonitor', 'replyDemonitor', got 'reply'",
    (self) => self.monitor(self.pid, { alias: 'reply' }),
  ],
  [
    "monitor: expected options to have no 'flush', got { flush: true }",
    (self) => self.monitor('x', { flush: true }),
  ],
  [
    "monitor: expected tag to be a string that is not empty, got ''",
    (self) => self.monitor('x', { tag: '' }),
  ],
  ["alias: expected 'explicitUnalias' or 'reply', got 'demonitor'", (self) => self.alias('demonitor')],
  [
    "spawnLinkOn: expected a node name of the form 'name@host', got 'x'",
    (self) => self.spawnLinkOn('x', 'M', 'f'),
  ],
  [
    "spawnMonitorOn: expected options to have no 'tags', got { tags: 'x' }",
    (self) => self.spawnMonitorOn('a@b', 'M', 'f', [], { tags: 'x' }),
  ],
  [
    "spawnRequest: expected reply to be 'yes', 'no', 'errorOnly', 'successOnly', got 'maybe'",
    (self) => self.spawnRequest('a@b', 'M', 'f', [], { reply: 'maybe' }),
  ],
  [
    "spawnRequest: expected monitor to be true, because alias or tag is given, got { tag: 'x' }",
    (self) => self.spawnRequest('a@b', 'M', 'f', [], { tag: 'x' }),
  ],
  ["spawnRequestAbandon: expected a reference, got 'x'", (self) => self.spawnRequestAbandon('x')],
  [
    "spawnMonitor: expected alias to be 'explicitUnalias', 'demonitor', 'replyDemonitor', got 'reply'",
    (self) => self.spawnMonitor(() => undefined, { alias: 'reply' }),
  ],
  [`unalias: expected a reference, got 'x'`, (self) => self.unalias('x')],
  ["demonitor: expected a reference, got 'x'", (self) => self.demonitor('x')],
  [
    "demonitor: expected options to have no 'flsh', got { flsh: true }",
    (self) => self.demonitor(self.monitor(self.pid), { flsh: true }),
  ],
  ["trapExit: expected true or false, got 'yes'", (self) => self.trapExit('yes')],
  ['monitorNodes: expected true or false, got undefined', (self) => self.monitorNodes()],
  ['receive: expected a type, an array of types, or undefined, got 5', (self) => self.receive(5)],
  ["receive: expected where to be a function, got 'x'", (self) => self.receive('x', { where: 'x' })],
  [
    'receive: expected afterMs to be milliseconds (0 or more, or Infinity), got -1',
    (self) => self.receive('x', { afterMs: -1 }),
  ],
  [
    "receive: expected options to have no 'after', got { after: 5 }",
    (self) => self.receive('x', { after: 5 }),
  ],
  ['receive: expected options to be of type object, got null', (self) => self.receive('x', null)],
];

const ofNodes: [string, (node: any) => unknown][] = [
  ["isAlive: expected a pid, got 'kv'", (node) => node.isAlive('kv')],
  ["connect: expected a node name of the form 'name@host', got 'nohost'", (node) => node.connect('nohost')],
  ["disconnect: expected a node name of the form 'name@host', got 5", (node) => node.disconnect(5)],
  ["ping: expected a node name of the form 'name@host', got undefined", (node) => node.ping()],
  ["spawnOn: expected a node name of the form 'name@host', got 'x'", (node) => node.spawnOn('x', 'M', 'f')],
  ["spawnOn: expected a function, or a module's name, got 5", (node) => node.spawnOn(node.name, 5, 'f')],
  ["spawnOn: expected a function's name, got 5", (node) => node.spawnOn(node.name, 'M', 5)],
  ['spawnOn: expected an array of arguments, got 5', (node) => node.spawnOn(node.name, () => 1, 5)],
  [
    "spawnOn: expected options to have no 'name', got { name: 'x' }",
    (node) => node.spawnOn(node.name, 'M', 'f', [], { name: 'x' }),
  ],
  [
    'spawnOn: expected mailbox.maxMessages to be a number of messages: a whole number, 1 or more, got 0',
    (node) => node.spawnOn(node.name, () => 1, [], { mailbox: { maxMessages: 0 } }),
  ],
  ["list: expected 'visible', 'hidden', 'connected' or 'leaving', got 'all'", (node) => node.list('all')],
  ["rpc.call: expected a node name of the form 'name@host', got 'x'", ({ rpc }) => rpc.call('x', 'M', 'f')],
  [
    "rpc.call: expected a function, or a module's name, got Symbol(M)",
    ({ rpc, name }) => rpc.call(name, Symbol('M'), 'f'),
  ],
  ["rpc.call: expected a function's name, got 5", ({ rpc, name }) => rpc.call(name, 'M', 5)],
  ["rpc.call: expected an array of arguments, got 'x'", ({ rpc, name }) => rpc.call(name, 'M', 'f', 'x')],
  [
    "rpc.call: expected options to have no 'timeout', got { timeout: 5 }",
    ({ rpc, name }) => rpc.call(name, 'M', 'f', [], { timeout: 5 }),
  ],
  [
    'rpc.call: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
    ({ rpc, name }) => rpc.module('M').on(name, { timeoutMs: -1 }).f(),
  ],
  [
    'rpc.call: expected options to be of type object, got null',
    ({ rpc, name }) => rpc.call(name, 'M', 'f', [], null),
  ],
  ["rpc.multicall: expected an array of node names, got 'x'", ({ rpc }) => rpc.multicall('x', 'M', 'f')],
  [
    "rpc.multicall: expected a node name of the form 'name@host', got 'x'",
    ({ rpc, name }) => rpc.multicall([name, 'x'], 'M', 'f'),
  ],
  ["rpc.multicall: expected a function, or a module's name, got 5", ({ rpc }) => rpc.multicall([], 5, 'f')],
  ["rpc.multicall: expected a function's name, got 5", ({ rpc, name }) => rpc.multicall([name], 'M', 5)],
  [
    "rpc.multicall: expected an array of arguments, got 'x'",
    ({ rpc, name }) => rpc.multicall([name], () => 1, 'x'),
  ],
  [
    'rpc.multicall: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
    ({ rpc, name }) => rpc.multicall([name], 'M', 'f', [], { timeoutMs: -1 }),
  ],
  [
    "rpc.receiveResponse: expected a request of rpc.sendRequest, or RequestIds, got 'x'",
    (node) => node.rpc.receiveResponse(node, 'x'),
  ],
  ["rpc.cast: expected a function, or a module's name, got 5", ({ rpc, name }) => rpc.cast(name, 5, 'f')],
  ['body: expected a function, got 5', () => body(5 as never)],
  ['expose: expected the name of a module, got 5', (node) => node.expose(5, {})],
  ["expose 'M': expected functions by their names, got null", (node) => node.expose('M', null)],
  ["expose 'M': expected functions by their names, got 'f'", (node) => node.expose('M', 'f')],
  ["expose 'M': expected f to be a function, got 5", (node) => node.expose('M', { f: 5 })],
];

describe('a wrong argument is refused with what was called, expected and given', () => {
  it.each([...common, ...ofProcesses])('by a process: %s', async (message, attempt) => {
    const node = await startTestNode();
    expect(await inProcess(node, (self) => refusal(() => attempt(self, node)))).toBe(message);
    expect(leftovers(node)).toMatchObject({ timers: 0, deadlines: 0, numberedCalls: 0 });
  });

  it.each([...common, ...ofNodes])('by a node: %s', async (message, attempt) => {
    const node = await startTestNode();
    expect(await refusal(() => attempt(node, node))).toBe(message);
    expect(leftovers(node)).toMatchObject({ timers: 0, deadlines: 0, numberedCalls: 0 });
  });

  it('and the process that was refused works on', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node);
    expect(() => node.send(5 as never, 'x')).toThrow(BadArgumentError);
    node.send(pid, 'works');
    await inProcess(node, () => undefined);
    expect(inbox).toEqual(['works']);
  });
});
