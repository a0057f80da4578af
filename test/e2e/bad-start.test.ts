/** What keeps a node from starting: a line that says what is wrong, an exit code, and nothing happens to the others. */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OsCluster } from '../support/os-cluster';
import type { OsShell } from '../support/os-shell';

let cluster: OsCluster;
let good: OsShell;

beforeAll(async () => {
  cluster = await OsCluster.start();
  good = cluster.shell('good@127.0.0.1');
  await good.type('Node.self()');
});

afterAll(() => cluster.end());

/** How `trestle` with these arguments fails: what it says on standard error, in one line and maybe a hint. */
async function failure(args: string[], env: NodeJS.ProcessEnv = cluster.env): Promise<string> {
  const program = cluster.trestle(args, { env });
  program.endInput();
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.stdout).toBe('');
  expect(program.stderr).toMatch(/^[^\n]+\n(\(.*\)\n)?$/);
  return program.stderr.trimEnd();
}

it('a name without host is refused', async () => {
  expect(await failure(['shell', '--name', 'lonely'])).toMatch(
    /^trestle: startNode: expected a node name with a host others can resolve, such as lonely@127\.0\.0\.1.*, got 'lonely'$/,
  );
});

it('a name that is taken on this host is refused, and the node that has it answers as before', async () => {
  expect(await failure(['shell', '--name', 'good@127.0.0.1'])).toBe(
    'trestle: startNode: the name good is taken on this host',
  );
  const other = cluster.shell('other@127.0.0.1');
  expect(await other.type("Node.ping('good@127.0.0.1')")).toBe("'pong'");
  await other.leave();
});

it('a port in use is refused, and the name is free again', async () => {
  const squatter = await listening();
  const { port } = squatter.address() as AddressInfo;
  const args = ['shell', '--name', 'late@127.0.0.1', '--port'];
  expect(await failure([...args, String(port)])).toMatch(new RegExp(`EADDRINUSE.*${port}`));
  await new Promise((resolve) => squatter.close(resolve));
  const late = cluster.shell('late@127.0.0.1', ['--port', String(port)]);
  expect(await late.type("Node.ping('good@127.0.0.1')")).toBe("'pong'");
  await late.leave();
});

it('a port that is none is refused', async () => {
  expect(await failure(['shell', '--name', 'p@127.0.0.1', '--port', '70000'])).toMatch(/from 0 to 65535/);
});

it('an empty cookie, and a mapper port that is none, are refused by the name of their variable', async () => {
  const args = ['shell', '--name', 'c@127.0.0.1'];
  expect(await failure(args, { ...cluster.env, TRESTLE_COOKIE: '' })).toMatch(
    /expected TRESTLE_COOKIE to be a string that is not empty/,
  );
  expect(await failure(args, { ...cluster.env, TRESTLE_MAPPER_PORT: 'http' })).toMatch(
    /TRESTLE_MAPPER_PORT: expected a port from 1 to 65535, got 'http'/,
  );
});

describe('the cookie file', () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  const file = (): string => join(home, '.trestle.cookie');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'trestle-cookie-'));
    env = { ...cluster.env, HOME: home };
    delete env['TRESTLE_COOKIE'];
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('that others can read is refused, with its mode and what to do', async () => {
    writeFileSync(file(), 'everybody knows this');
    chmodSync(file(), 0o644);
    const line = await failure(['shell', '--name', 'open@127.0.0.1'], env);
    expect(line).toContain(`expected the cookie file ${file()} to be its owner's alone (chmod 400)`);
    expect(line).toContain('0644');
    expect(line).not.toContain('everybody');
  });

  it('is made where there is none, for its owner alone, and is the same for all nodes of the user', async () => {
    const shells = ['x@127.0.0.1', 'y@127.0.0.1'].map((name) => cluster.shell(name, [], { env }));
    const [x, y] = shells as [OsShell, OsShell];
    const cookies = await Promise.all([x, y].map((shell) => shell.type('Node.getCookie()')));
    expect(cookies[0]).toMatch(/^'[0-9a-f]{48}'$/);
    expect(cookies[1]).toBe(cookies[0]);
    expect(statSync(file()).mode & 0o777).toBe(0o400);
    expect(await x.type("Node.ping('y@127.0.0.1')")).toBe("'pong'");
    expect(await x.type("Node.ping('good@127.0.0.1')")).toBe("'pang'");
    await Promise.all([x.leave(), y.leave()]);
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
