/** The console exchanges of the founding document "Intro to Distributed Elixir", between OS processes. */
import { join } from 'node:path';
import { OsCluster } from '../support/os-cluster';
import type { OsShell } from '../support/os-shell';

const terminals = join(__dirname, 'programs/terminals.ts');

describe('terminals with a shared secret', () => {
  let cluster: OsCluster;
  let terminal1: OsShell;
  let terminal2: OsShell;
  let terminal3: OsShell;

  beforeAll(async () => {
    cluster = await OsCluster.start();
    const terminal = (number: number): OsShell =>
      cluster.shell(`terminal${number}@127.0.0.1`, ['--cookie', 'super_secret', '--preload', terminals]);
    [terminal1, terminal2, terminal3] = [terminal(1), terminal(2), terminal(3)];
  });

  afterAll(() => cluster.end());

  it('Node.connect(terminal2) → true', async () => {
    expect(await terminal2.type('Node.self()')).toBe("'terminal2@127.0.0.1'");
    expect(await terminal1.type("Node.connect('terminal2@127.0.0.1')")).toBe('true');
  });

  it('Node.list → [terminal2]', async () => {
    expect(await terminal1.type('Node.list()')).toBe("[ 'terminal2@127.0.0.1' ]");
  });

  it('Node.spawn on terminal2 prints its Node.self() there', async () => {
    const pid = await terminal1.type("Node.spawn('terminal2@127.0.0.1', 'Terminal', 'printNode')");
    expect(pid).toMatch(/^'<terminal2@127\.0\.0\.1\//);
    await terminal2.prints(/^here I am: terminal2@127\.0\.0\.1$/m);
  });

  it('1 connects to 2, 2 connects to 3: 1 knows 3 and vice versa', async () => {
    expect(await terminal3.type('Node.self()')).toBe("'terminal3@127.0.0.1'");
    expect(await terminal2.type("Node.connect('terminal3@127.0.0.1')")).toBe('true');
    await terminal1.sees('terminal2@127.0.0.1', 'terminal3@127.0.0.1');
    await terminal3.sees('terminal1@127.0.0.1', 'terminal2@127.0.0.1');
  });

  it('a shell whose input ends leaves the others, which see it go', async () => {
    expect(await terminal3.leave()).toEqual({ code: 0, signal: null });
    await terminal1.sees('terminal2@127.0.0.1');
    await terminal2.sees('terminal1@127.0.0.1');
  });
});
