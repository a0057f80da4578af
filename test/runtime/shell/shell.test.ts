import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runInThisContext } from 'node:vm';
import {
  body,
  GenServer,
  noReply,
  reply,
  startShell,
  type Call,
  type CallResult,
  type ShellOptions,
} from '@trestle/runtime';
import { startCluster } from '../../support/both-places';
import { freePort } from '../../support/free-port';
import { inProcess, logOf, startTestNode } from '../../support/test-node';

type Double = Call<{ type: 'double'; n: number }, number>;

class Doubler extends GenServer<Double> {
  override handleCall(request: Double): CallResult {
    return reply(request, request.n * 2);
  }
}

/** It takes a call and never answers. */
class Unanswering extends GenServer<Call<{ type: 'answer' }, never>, never, () => void> {
  private asked: () => void = () => {};

  override init(asked: () => void): void {
    this.asked = asked;
  }

  override handleCall(): CallResult {
    this.asked();
    return noReply();
  }
}

/** A shell that a test types into. Its node goes on when it is left. */
class TypedShell {
  printed = '';
  readonly input = new PassThrough();
  readonly left: Promise<void>;
  private wake: () => void = () => {};

  constructor(
    readonly node: Awaited<ReturnType<typeof startTestNode>>,
    options: ShellOptions = {},
  ) {
    const output = new PassThrough();
    output.on('data', (chunk: Buffer) => {
      this.printed += chunk.toString();
      this.wake();
    });
    const quiet = { inspect: false, preload: false as const, history: false as const };
    this.left = startShell(node, { input: this.input, output, ...quiet, ...options });
  }

  /** Waits until a text has been printed. */
  async prints(text: string): Promise<void> {
    while (!this.printed.includes(text)) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  type(text: string): void {
    this.input.write(text);
  }
}

/** What a shell prints for these lines. */
async function session(lines: readonly string[], options: ShellOptions = {}): Promise<string[]> {
  const node = await startTestNode();
  await node.start(Doubler, { name: 'doubler' });
  const shell = new TypedShell(node, options);
  shell.input.end(lines.join('\n'));
  await shell.left;
  return shell.printed.trimEnd().split('\n');
}

describe('a shell that reads from a pipe', () => {
  it('prints results, and neither prompt nor echo', async () => {
    expect(await session(['1 + 1', "'text'", '', '{ a: 1 }'])).toEqual(['2', "'text'", '{ a: 1 }']);
  });

  it('awaits promises and arrays of promises before it prints them and goes on', async () => {
    const lines = [
      "call('doubler', { type: 'double', n: 21 })",
      "[1, 2].map((n) => call('doubler', { type: 'double', n }))",
      'const x = await new Promise((resolve) => setImmediate(resolve, 5))',
      'x',
      '_ + 1',
    ];
    expect(await session(lines)).toEqual(['42', '[ 2, 4 ]', 'undefined', '5', '6']);
  });

  it('reads on while code is incomplete, and says so if the end comes first', async () => {
    const lines = ['function f(a) {', '  return a', '}', 'f(', '7', ')', 'f('];
    expect(await session(lines)).toEqual(['undefined', '7', 'SyntaxError: Unexpected end of input']);
  });

  it('lets a name be declared again', async () => {
    expect(await session(['const n = 1', 'const n = 2', 'n'])).toEqual(['undefined', 'undefined', '2']);
  });

  it('prints errors in a line and goes on', async () => {
    const lines = [
      "call('nobody', { type: 'get' })",
      'nothing.there',
      "throw new TypeError('wrong')",
      "exit('because')",
      'a b',
      "'on'",
    ];
    expect(await session(lines)).toEqual([
      "ERR_NOPROC: call nobody@nonode@nohost 'get': there is no such process",
      'ReferenceError: nothing is not defined',
      'TypeError: wrong',
      'exit: because',
      "SyntaxError: Unexpected identifier 'b'",
      "'on'",
    ]);
  });

  it('has the words of Node, and no other node without a name', async () => {
    const lines = [
      'Node.self()',
      'Node.alive()',
      'Node.list()',
      "Node.ping('apothik_1@127.0.0.1')",
      "Node.connect('apothik_1@127.0.0.1')",
      'Node.getCookie()',
      "Node.ping('apothik_1')",
    ];
    expect(await session(lines)).toEqual([
      "'nonode@nohost'",
      'false',
      '[]',
      "'pang'",
      "'ignored'",
      'undefined',
      "ERR_BAD_ARGUMENT: ping: expected a node name of the form 'name@host', got 'apothik_1'",
    ]);
  });

  it('spawns functions on its own node, and on others that are in reach', async () => {
    const lines = [
      "isPid(Node.spawn((self) => self.send('teller', 'spawned')))",
      "isPid(Node.spawn('nonode@nohost', () => undefined))",
      "Node.spawn('b@127.0.0.1', () => undefined)",
    ];
    const [own, named, remote] = await session(lines);
    expect([own, named]).toEqual(['true', 'true']);
    expect(remote).toMatch(/^ERR_NODEDOWN: spawnOn on b@127\.0\.0\.1: /);
  });

  it('can leave by exit() as well as by .exit', async () => {
    expect(await session(["'a'", 'exit()', "'b'"])).toEqual(["'a'"]);
    expect(await session(["'a'", '.exit', "'b'"])).toEqual(["'a'"]);
  });
});

describe('the process of the shell', () => {
  it('has a pid, a mailbox and a name if it wants one', async () => {
    const lines = [
      "send(self(), 'hi')",
      "register('shell')",
      "send('shell', { type: 'b' })",
      "send('shell', { type: 'a' })",
      "receive('a')",
      'flush()',
      'flush()',
      "whereis('shell') === self() && node.isAlive(self())",
    ];
    expect(await session(lines)).toEqual([
      ...["'ok'", "'ok'", "'ok'", "'ok'"],
      "{ type: 'a' }",
      ...["'hi'", "{ type: 'b' }", "'ok'", "'ok'"],
      'true',
    ]);
  });

  it('starts processes on other nodes, of exposed functions and of its own, and tells of their ends', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there', { acceptFunctions: true })];
    await here.connect(there.name);
    there.expose('Workers', { fail: body((self, reason: string) => self.exit(reason)) });
    const shell = new TypedShell(here);
    const lines = [
      'trapExit(true)',
      `isPid(await spawnOn('${there.name}', 'Workers', 'fail', ['unheard']))`,
      `const linked = await spawnLinkOn('${there.name}', 'Workers', 'fail', ['linked'])`,
      "(await receive('EXIT')).from === linked",
      `const { pid, ref } = await spawnMonitorOn('${there.name}', (self, n) => self.exit(n), [7])`,
      "receive('DOWN').then((down) => [down.ref === ref, down.pid === pid, down.reason])",
      `spawnOn('${there.name}', 'Nothing', 'there')`,
    ];
    shell.input.end(lines.join('\n'));
    await shell.left;
    expect(shell.printed.trimEnd().split('\n')).toEqual([
      ...['false', 'true', 'undefined', 'true', 'undefined', '[ true, true, 7 ]'],
      `ERR_NOT_EXPOSED: spawnOn Nothing.there on ${there.name}: module 'Nothing' is not exposed`,
    ]);
  });

  it('takes its node out of the cluster by drain, and says whether nothing was left', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const left = new Promise((resolve) => there.events.once('nodedown', ({ reason }) => resolve(reason)));
    const shell = new TypedShell(here);
    shell.input.end(['drain({ timeoutMs: -1 })', 'drain()', 'Node.list()'].join('\n'));
    await shell.left;
    expect(shell.printed.trimEnd().split('\n')).toEqual([
      'ERR_BAD_ARGUMENT: drain: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
      'true',
      '[]',
    ]);
    expect(await left).toBe('left');
  });

  it('looks into processes, of other nodes too, and can be reached by an alias', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const pid = there.spawn((self) => self.receive(), { label: 'far' });
    const shell = new TypedShell(here);
    const lines = [
      `processInfo('${pid}').then(({ label, status }) => [label, status])`,
      'processInfo(self()).label',
      "processInfo(self(), ['trapExit', 'registeredName'])",
      "processInfo('nobody')",
      "send(alias('reply'), 'by alias')",
      'receive()',
      'unalias(alias())',
      "readTimer(startTimer(self(), 'x', Infinity))",
    ];
    shell.input.end(lines.join('\n'));
    await shell.left;
    expect(shell.printed.trimEnd().split('\n')).toEqual([
      "[ 'far', 'waiting' ]",
      "'shell'",
      '{ trapExit: false, registeredName: undefined }',
      "ERR_BAD_ARGUMENT: processInfo: expected a pid, got 'nobody'",
      "'ok'",
      "'by alias'",
      'true',
      'Infinity',
    ]);
  });

  it('gets the DOWN of what it monitors, unless it drops it', async () => {
    const lines = [
      'const ref = monitor(spawn(() => undefined))',
      "const { reason } = await receive('DOWN', { where: (down) => down.ref === ref })",
      'reason',
      "const other = monitor('nobody')",
      'demonitor(other, { flush: true })',
      'flush()',
      'await receive(undefined, { afterMs: 0 })',
    ];
    const ok = "'ok'";
    expect(await session(lines)).toEqual([
      'undefined',
      'undefined',
      "'normal'",
      'undefined',
      ok,
      ok,
      'undefined',
    ]);
  });

  it('is replaced when a process it is linked to crashes, and the shell goes on', async () => {
    const lines = [
      'const before = self()',
      "let kept = 'kept'",
      // Whether it ends before its pid is printed is open: so the command waits for what does not come.
      "await (spawnLink(() => { throw new Error('linked') }), receive('never'))",
      '[kept, self() === before, isAlive(before), isAlive(self())]',
    ];
    const [, , crash, after] = await session(lines);
    expect(crash).toMatch(/^the shell's process <.*> ended: Error: linked; a fresh one takes its place$/);
    expect(after).toBe("[ 'kept', false, false, true ]");
  });

  it('gives up what it waits for when it ends', async () => {
    const [crash, next] = await session([
      "sendAfter(self(), 1, 0), exitSignal(self(), 'kill'), receive('never')",
      '1',
    ]);
    expect(crash).toMatch(/ended: killed/);
    expect(next).toBe('1');
  });

  it('traps exits if it is told to', async () => {
    const lines = [
      'trapExit(true)',
      "const pid = spawnLink((self) => self.exit('reason'))",
      "const exit = await receive('EXIT')",
      '[exit.from === pid, exit.reason]',
    ];
    expect((await session(lines)).at(-1)).toBe("[ true, 'reason' ]");
  });

  it('ends with the shell', async () => {
    const node = await startTestNode();
    const before = node.processes();
    const shell = new TypedShell(node);
    shell.input.end();
    await shell.left;
    expect(node.processes()).toEqual(before);
  });
});

it('tells what there is to type', async () => {
  const printed = (await session(['.words'])).join('\n');
  expect(printed).toMatch(/^the shell: Node System alias call cancelTimer .* drain .* whereis$/m);
  expect(printed).toContain(' spawn spawnLink spawnLinkOn spawnMonitor spawnMonitorOn spawnOn ');
  expect(printed).toMatch(/^Node: Node.self Node.alive Node.list /m);
  expect(printed).toMatch(/^the package: .* GenServer .* startSupervisor/m);
});

it('closes the shell when the node stops', async () => {
  const node = await startTestNode();
  const shell = new TypedShell(node);
  shell.type('System.stop()\n');
  await Promise.all([shell.left, node.stopped]);
  expect(shell.printed).not.toContain('a fresh one takes its place');
});

it('leaves no binding behind', async () => {
  const global = runInThisContext('globalThis') as object;
  const before = Object.keys(global);
  await session(['1']);
  expect(Object.keys(global)).toEqual(before);
});

describe('a preload file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'trestle-preload-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const preload = (text: string): string => {
    const file = join(folder, '.trestle.js');
    writeFileSync(file, text);
    return file;
  };

  it('adds what it exports, and what its default function returns, to the bindings', async () => {
    const file = preload(`
      exports.Master = { double: (n) => 2 * n };
      exports.default = async ({ node, Master }) => ({ home: node.name, four: Master.double(2) });
    `);
    expect(await session(['Master.double(4)', 'home', 'four'], { preload: file })).toEqual([
      '8',
      "'nonode@nohost'",
      '4',
    ]);
  });

  it('that fails is reported with its file, and the shell opens', async () => {
    const file = preload("\n\nthrow new Error('wrong');");
    const [problem, result] = await session(['1'], { preload: file });
    expect(problem).toMatch(/\.trestle\.js.*Error: wrong/);
    expect(result).not.toBe(undefined);
  });
});

describe('a shell in a terminal', () => {
  it('has a prompt with the name of the node and a number that counts commands', async () => {
    const shell = new TypedShell(await startTestNode(), { terminal: true });
    await shell.prints('nonode@nohost 1> ');
    shell.type('6 * 7\r');
    await shell.prints('42');
    await shell.prints('nonode@nohost 2> ');
    shell.type('\r');
    shell.type('nope\r');
    await shell.prints('nonode@nohost 3> ');
    shell.type('.exit\r');
    await shell.left;
    expect(shell.printed).not.toContain('nonode@nohost 4> ');
  });

  it('gives the prompt back on Ctrl-C while it awaits, and the next message to the next who waits', async () => {
    const node = await startTestNode();
    const begun = inProcess(node, (self) => {
      self.register('test');
      return self.receive();
    });
    const shell = new TypedShell(node, { terminal: true });
    await shell.prints('1> ');
    shell.type("send('test', 'begun'); await receive('x')\r");
    await begun;
    shell.type('\x03');
    await shell.prints('interrupted');
    shell.type("send(self(), { type: 'x', n: 41 }); (await receive('x')).n + 1\r");
    await shell.prints('42');
    shell.type('\x04');
    await shell.left;
  });

  it.each([
    ['a remote call', "rpc.call('nonode@nohost', 'Slow', 'answer')"],
    ['a function of a remote module', "rpc.module('Slow').on('nonode@nohost').answer()"],
    ['a call', "call('slow', 'answer')"],
  ])('ends a loop on Ctrl-C whose command waits for %s', async (_, waits) => {
    const node = await startTestNode();
    let [asked, ended] = [() => {}, () => {}];
    const begun = new Promise<void>((resolve) => (asked = resolve));
    const over = new Promise<void>((resolve) => (ended = resolve));
    const answer = (): Promise<void> => {
      asked();
      return new Promise(() => {});
    };
    node.expose('Slow', { answer, ended: () => ended() });
    await node.start(Unanswering, { args: asked, name: 'slow' });
    const shell = new TypedShell(node, { terminal: true });
    await shell.prints('1> ');
    shell.type(`try { for (;;) await ${waits} } finally { rpc.cast(Node.self(), 'Slow', 'ended') }\r`);
    await begun;
    shell.type('\x03');
    await over;
    await shell.prints('interrupted');
    await shell.prints('2> ');
    shell.type('\x04');
    await shell.left;
    expect(shell.printed.split('interrupted')).toHaveLength(2);
  });

  it('completes bindings, their members, and node names inside quotes', async () => {
    const mapperPort = await freePort();
    const node = await startTestNode({ name: 'named_for_completion@127.0.0.1', mapperPort });
    const shell = new TypedShell(node, { terminal: true });
    await shell.prints('1> ');
    shell.type('Node.getC\t');
    await shell.prints('ookie');
    shell.type('\x15demoni\t');
    await shell.prints('tor');
    shell.type("\x15Node.ping('named_\t");
    await shell.prints('for_completion@127.0.0.1');
    shell.type('\x15.exit\r');
    await shell.left;
  });

  it('keeps what is typed in a file, and offers it again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trestle-history-'));
    const history = join(folder, 'history');
    const first = new TypedShell(await startTestNode(), { terminal: true, history });
    await first.prints('1> ');
    first.type("'remember'\r");
    await first.prints('2> ');
    first.type('\x04');
    await first.left;
    const second = new TypedShell(await startTestNode(), { terminal: true, history });
    await second.prints('1> ');
    second.type('\x1b[A');
    await second.prints("'remember'");
    second.type('\x15\x04');
    await second.left;
    rmSync(folder, { recursive: true });
  });
});

it('refuses options that are none, and says which', async () => {
  const node = await startTestNode();
  await expect(startShell(node, { history: 5 as never })).rejects.toThrow(
    'startShell: expected history to be the path of a file, or false, got 5',
  );
  expect(logOf(node)).toStrictEqual([]);
});
