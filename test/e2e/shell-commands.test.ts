/** `trestle names`, `trestle run`, and what the commands say about wrong use. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { OsCluster } from '../support/os-cluster';
import type { OsProcess } from '../support/os-process';

let cluster: OsCluster;

beforeEach(async () => {
  cluster = await OsCluster.start();
});

afterEach(() => cluster.end());

/** A file of the cluster's home. */
function file(name: string, text: string): string {
  const path = join(cluster.home, name);
  mkdirSync(cluster.home, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Waits for a command to fail and returns what it said, which must be one line without a stack. */
async function complaint(command: OsProcess): Promise<string> {
  const { code } = await command.exited;
  expect([code, command.stdout]).toEqual([1, '']);
  expect(command.stderr.trimEnd().split('\n')).toHaveLength(1);
  return command.stderr.trimEnd();
}

describe('trestle names', () => {
  it('prints the nodes of a host and their ports, in order', async () => {
    const nodes = [cluster.shell('b@127.0.0.1'), cluster.shell('a@127.0.0.1')];
    await Promise.all(nodes.map((shell) => shell.type('1')));
    const names = cluster.trestle(['names']);
    expect((await names.exited).code).toBe(0);
    expect(names.stdout).toMatch(
      new RegExp(
        `^the port mapper of 127.0.0.1 on port ${cluster.mapperPort} knows:\nname a at port \\d+\nname b at port \\d+\n$`,
      ),
    );
  });

  it('says so if there are none', async () => {
    const names = cluster.trestle(['names', '--host', 'localhost']);
    expect((await names.exited).code).toBe(0);
    expect(names.stdout).toBe(`no node is known on localhost (port mapper: port ${cluster.mapperPort})\n`);
  });
});

describe('trestle run', () => {
  const main = `
    const say = (...words: unknown[]): void => console.log(...words);
    export default async (node: { name: string; stopped: Promise<void> }, args: string[]) => {
      say('runs on', node.name, 'with', args.join(' '));
      void node.stopped.then(() => say('stopped in order'));
    };`;

  it('calls the default export with the node and the arguments, and goes on until it is told to stop', async () => {
    const program = cluster.trestle(['run', file('main.ts', main), '--name', 'a@127.0.0.1', '--', '-x', 'y']);
    await program.prints(/runs on a@127\.0\.0\.1 with -x y/);
    expect(await program.signal('SIGINT')).toEqual({ code: 0, signal: null });
    expect(program.stdout).toContain('stopped in order');
    expect([program.stderr, cluster.survivors()]).toEqual(['', []]);
  });

  it.each([
    ['that is run', 'main.js', 'broken here;', '1'],
    ['that it requires', 'other.js', '\n\nbroken here;', '3'],
  ])('says in which line a file %s cannot be read', async (_, name, text, line) => {
    const broken = file(name, text);
    const program = name === 'other.js' ? file('main.js', "require('./other');") : broken;
    const command = cluster.trestle(['run', program, '--name', 'a@127.0.0.1']);
    expect((await command.exited).code).toBe(1);
    expect(command.stderr).toContain(`trestle: ${broken}:${line}: SyntaxError: Unexpected identifier 'here'`);
  });

  it('names the module of which it is not told where it cannot be read', async () => {
    const broken = file('main.mjs', 'broken here;');
    const told = await complaint(cluster.trestle(['run', broken, '--name', 'a@127.0.0.1']));
    expect(told).toBe(
      `trestle: SyntaxError: Unexpected identifier 'here' (in ${broken}, or in what it imports)`,
    );
  });

  it('calls main of a JavaScript file too, and ends with the node', async () => {
    const text = "exports.main = async (node) => { console.log('main on', node.name); await node.stop(); };";
    const program = cluster.trestle(['run', file('main.js', text)]);
    expect((await program.exited).code).toBe(0);
    expect(program.stdout).toBe('main on nonode@nohost\n');
  });

  it('is one node of several for a shell: rpc stops it', async () => {
    const program = cluster.trestle(['run', file('main.ts', main), '--name', 'a@127.0.0.1', '--hidden']);
    await program.prints(/runs on/);
    const shell = cluster.shell('b@127.0.0.1');
    expect(await shell.type("Node.ping('a@127.0.0.1')")).toBe("'pong'");
    expect(await shell.type("[Node.list(), Node.list('hidden')]")).toBe("[ [], [ 'a@127.0.0.1' ] ]");
    expect(await shell.type("rpc.call('a@127.0.0.1', 'System', 'stop')")).toBe("'ok'");
    expect(await program.exited).toEqual({ code: 0, signal: null });
  });

  it('says where a program fails, stops the node and exits with 1', async () => {
    const text =
      'function fail(): never {\n  throw new RangeError("too far");\n}\nexport default () => fail();\n';
    const path = file('fail.ts', text);
    const program = cluster.trestle(['run', path, '--name', 'a@127.0.0.1']);
    expect((await program.exited).code).toBe(1);
    const [head, ...frames] = program.stderr.trimEnd().split('\n');
    expect(head).toBe('trestle: RangeError: too far');
    expect(frames[0]).toContain(`fail (${path}:2:9)`);
    expect(cluster.survivors()).toStrictEqual([]);
  });

  it('waits for the nodes of its config file', async () => {
    const config = file('trestle.config.json', '{ "kernel": { "syncNodesMandatory": ["a@127.0.0.1"] } }');
    const first = cluster.trestle(['run', file('main.ts', main), '--name', 'a@127.0.0.1']);
    const second = cluster.shell('b@127.0.0.1', ['--config', config]);
    await first.prints(/runs on/);
    expect(await second.type('Node.list()')).toBe("[ 'a@127.0.0.1' ]");
  });

  it.each([
    [
      'exports nothing',
      'const a = 1;',
      'expected a default export: async (node, args) => …, or one named main',
    ],
    ['exports no function', 'exports.main = 5;', 'got 5'],
    ['is not there', undefined, 'expected a file'],
  ])('refuses a file that %s', async (_, text, said) => {
    const path = text === undefined ? 'nowhere.ts' : file('main.js', text);
    expect(await complaint(cluster.trestle(['run', path]))).toContain(said);
  });
});

describe('a wrong use', () => {
  it.each([
    [
      'a name without a host',
      ['--name', 'a'],
      'expected a node name with a host others can resolve, such as a@127.0.0.1',
    ],
    ['a cookie without a name', ['--cookie', 'c'], 'expected a name, because cookie is given'],
    [
      'a preload file that is not there',
      ['--preload', 'nowhere.ts'],
      "--preload: expected a file, got 'nowhere.ts'",
    ],
    ['a config file that is not there', ['--name', 'a@127.0.0.1', '--config', 'no.json'], 'no.json'],
  ])('is told in one line: %s', async (_, args, said) => {
    const line = await complaint(cluster.trestle(['shell', ...args]));
    expect(line).toMatch(/^trestle: /);
    expect(line).toContain(said);
  });

  it('is told in one line: a name that another node of this host has', async () => {
    await cluster.shell('a@127.0.0.1').type('1');
    expect(await complaint(cluster.trestle(['shell', '--name', 'a@127.0.0.1']))).toMatch(
      /a@127\.0\.0\.1|name/,
    );
  });

  it('is told in one line: a cookie file that others can read', async () => {
    chmodSync(file('.trestle.cookie', 'secret'), 0o644);
    const env = { ...cluster.env };
    delete env['TRESTLE_COOKIE'];
    const line = await complaint(cluster.trestle(['shell', '--name', 'a@127.0.0.1'], { env }));
    expect(line).toContain('.trestle.cookie');
    expect(line).not.toContain('secret');
  });

  it('is told in one line: something else listens where the port mapper should', async () => {
    const stranger: Server = createServer((socket) =>
      socket
        .resume()
        .on('error', () => {})
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    stranger.listen(cluster.mapperPort, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const line = await complaint(cluster.trestle(['shell', '--name', 'a@127.0.0.1']));
      expect(line).toContain(String(cluster.mapperPort));
      expect(await complaint(cluster.trestle(['names']))).toContain(String(cluster.mapperPort));
    } finally {
      stranger.close();
      await once(stranger, 'close');
    }
  });

  it('shows its stack with --verbose or DEBUG=trestle', async () => {
    const verbose = cluster.trestle(['--verbose', 'shell', '--name', 'a']);
    const debug = cluster.trestle(['shell', '--name', 'a'], { env: { ...cluster.env, DEBUG: 'trestle' } });
    for (const command of [verbose, debug]) {
      expect((await command.exited).code).toBe(1);
      expect(command.stderr).toMatch(/^trestle: BadArgumentError: .*\n\s+at /);
    }
  });

  it('of an option or a command is told with a hint, and help shows examples', async () => {
    const option = cluster.trestle(['shell', '--nonsense']);
    expect((await option.exited).code).toBe(1);
    expect(option.stderr).toContain("unknown option '--nonsense'");
    const help = cluster.trestle(['shell', '--help']);
    expect((await help.exited).code).toBe(0);
    expect(help.stdout).toContain('trestle shell --name master@127.0.0.1');
    const overview = cluster.trestle(['--help']);
    expect((await overview.exited).code).toBe(0);
    expect(overview.stdout).toMatch(/TRESTLE_COOKIE +\S.*\n.*TRESTLE_MAPPER_PORT +.*4370/);
    const version = cluster.trestle(['--version']);
    expect((await version.exited).code).toBe(0);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
