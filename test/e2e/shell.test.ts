/** The shell as an OS process: what it finds around it, and what it leaves behind. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import WebSocket from 'ws';
import { OsCluster } from '../support/os-cluster';

let cluster: OsCluster;

beforeEach(async () => {
  cluster = await OsCluster.start();
});

afterEach(() => cluster.end());

/** A folder of the cluster's home. */
function folder(name: string): string {
  const path = join(cluster.home, name);
  mkdirSync(path, { recursive: true });
  return path;
}

it('prints the results of piped lines alone, exits with 0 at the end and leaves nothing running', async () => {
  const { process } = cluster.shell();
  process.write("Node.ping('apothik_1@127.0.0.1')\n1 + 1");
  process.endInput();
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect([process.stdout, process.stderr]).toEqual(["'pang'\n2\n", '']);
  expect(cluster.survivors()).toStrictEqual([]);
});

it.each([
  ['asks a node that is down', "1\nrpc.call('b@127.0.0.1', 'Node', 'list')\n", 1],
  ['does so before .exit', "rpc.call('b@127.0.0.1', 'Node', 'list')\n.exit\n", 1],
  ['is unfinished', '1\nfunction f() {', 1],
  ['is right, after one that failed', "throw new Error('wrong')\n1\n", 0],
])('exits by its last piped line, whether that %s', async (_, lines, code) => {
  const { process } = cluster.shell('a@127.0.0.1');
  process.write(lines);
  process.endInput();
  expect(await process.exited).toEqual({ code, signal: null });
  expect(process.stderr).toBe('');
});

it('ends when told to at the prompt, whatever was started there', async () => {
  const shell = cluster.shell('a@127.0.0.1');
  expect(await shell.type('typeof setInterval(() => {}, 1000)')).toBe("'object'");
  shell.process.write('.exit\n');
  expect((await shell.process.exited).code).toBe(0);
  expect(cluster.survivors()).toStrictEqual([]);
});

it('ends when nobody is left to read what it prints', async () => {
  const shell = cluster.shell('a@127.0.0.1');
  expect(await shell.type('1 + 1')).toBe('2');
  shell.process.stopReading();
  shell.process.write('2 + 2\n');
  await shell.process.exited;
  expect(cluster.survivors()).toStrictEqual([]);
});

it('survives errors that nobody catches, and prints them', async () => {
  const shell = cluster.shell();
  await shell.type("setTimeout(() => { throw new Error('thrown later') }, 0)");
  await shell.prints(/^Error: thrown later$/m);
  await shell.type("void Promise.reject(new TypeError('rejected'))");
  await shell.prints(/^TypeError: rejected$/m);
  expect(await shell.type('1 + 1')).toBe('2');
  expect((await shell.leave()).code).toBe(0);
});

it('imports modules, of the working directory too', async () => {
  const cwd = folder('work');
  writeFileSync(join(cwd, 'answer.mjs'), 'export const answer = 42;');
  const shell = cluster.shell(undefined, [], { cwd });
  expect(await shell.type("(await import('node:path')).sep")).toBe("'/'");
  expect(await shell.type("(await import('./answer.mjs')).answer")).toBe('42');
  expect(await shell.type("require('fs').existsSync('answer.mjs')")).toBe('true');
});

describe('the preload file', () => {
  it('is found in the working directory, may be TypeScript and use the words of the shell', async () => {
    const cwd = folder('work');
    writeFileSync(
      join(cwd, '.trestle.ts'),
      `declare const rpc: { call(node: string, module: string, fn: string): Promise<unknown> };
       export const Master = { self: (node: string) => rpc.call(node, 'Node', 'self') } as const;
       export default async ({ node }: { node: { name: string } }) => ({ me: node.name });`,
    );
    const shell = cluster.shell('a@127.0.0.1', [], { cwd });
    expect(await shell.type("Master.self('a@127.0.0.1')")).toBe("'a@127.0.0.1'");
    expect(await shell.type('me')).toBe("'a@127.0.0.1'");
  });

  it('is looked for at home if there is none, and not at all if told so', async () => {
    writeFileSync(join(cluster.home, '.trestle.js'), 'exports.home = 1;');
    const [found, unwanted] = [cluster.shell(), cluster.shell(undefined, ['--no-preload'])];
    expect(await found.type('home')).toBe('1');
    expect(await unwanted.type('typeof home')).toBe("'undefined'");
  });

  it('that fails is reported with file, line and column, and the shell opens', async () => {
    const cwd = folder('work');
    const file = join(cwd, '.trestle.ts');
    writeFileSync(file, 'export const a: number = 1;\n\nthrow new Error(`wrong ${a}`);\n');
    const thrown = cluster.shell(undefined, [], { cwd });
    expect(await thrown.type("'open'")).toContain("'open'");
    expect(thrown.process.stdout).toContain(`${file}:3:7: Error: wrong 1`);

    writeFileSync(file, 'export const a = ;\n');
    const misspelt = cluster.shell(undefined, [], { cwd });
    expect(await misspelt.type("'open'")).toContain("'open'");
    expect(misspelt.process.stdout).toMatch(/\.trestle\.ts.*1/);
  });
});

describe('DevTools', () => {
  /** What another program evaluates by way of the inspector. */
  async function evaluate(url: string, expression: string): Promise<unknown> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    socket.terminate();
    const { result } = JSON.parse(message.toString()) as { result: { result: { value: unknown } } };
    return result.result.value;
  }

  it('attach from this host and see the bindings of the prompt, and what is declared at it', async () => {
    const shell = cluster.shell('a@127.0.0.1');
    const url = (await shell.type("require('inspector').url()")).replaceAll("'", '');
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//);
    await shell.type('const answer = { is: 42 }');
    expect(await evaluate(url, '`${Node.self()} ${answer.is} ${self()}`')).toMatch(/^a@127\.0\.0\.1 42 <a@/);
    expect((await shell.leave()).code).toBe(0);
  });

  it('do not attach with --no-inspect', async () => {
    const shell = cluster.shell(undefined, ['--no-inspect']);
    expect(await shell.type("require('inspector').url()")).toBe('undefined');
  });
});

describe('the launcher', () => {
  it('takes the shell along when it is killed', async () => {
    const shell = cluster.shell('a@127.0.0.1');
    await shell.type('1');
    await shell.process.signal('SIGKILL');
    while (cluster.survivors().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on, and the node stops in order',
    async (signal) => {
      const shell = cluster.shell('a@127.0.0.1');
      await shell.type("node.events, node.stopped.then(() => console.log('stopped in order')), 1");
      expect(await shell.process.signal(signal)).toEqual({ code: 0, signal: null });
      await shell.prints(/stopped in order/);
      expect(cluster.survivors()).toStrictEqual([]);
    },
  );

  it('does not pass on a signal that the whole group got', async () => {
    const shell = cluster.shell('a@127.0.0.1');
    await shell.type("process.on('SIGTERM', () => console.log('SIGTERM'))[0]");
    expect(await shell.process.signalGroup('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(shell.process.stdout.match(/^SIGTERM$/gm)).toHaveLength(1);
  });
});
