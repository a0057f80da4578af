/** The console exchanges of the founding document "Three real-world examples, part 1", between OS processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OsCluster, root } from '../support/os-cluster';
import type { OsShell } from '../support/os-shell';

const cwd = join(root, 'examples/simple-cluster');
const [n1, n2] = ['n1@127.0.0.1', 'n2@127.0.0.1'];
const stamp = String.raw`^\d\d:\d\d:\d\d\.\d{3}`;

let cluster: OsCluster;

beforeEach(async () => {
  cluster = await OsCluster.start();
});

afterEach(() => cluster.end());

/** Two shells that are started at the same time, with the same arguments. */
function startBoth(...args: string[]): [OsShell, OsShell] {
  return [cluster.shell(n1, args, { cwd }), cluster.shell(n2, args, { cwd })];
}

/** Writes a config file like the document's `sys.config`. */
function configFile(kernel: object): string {
  const file = join(cluster.home, 'trestle.config.json');
  writeFileSync(file, JSON.stringify({ kernel }));
  return file;
}

describe('connected by hand', () => {
  it('Node.connect(n2) → true; Node.list → [n2] on n1, [n1] on n2', async () => {
    const [first, second] = startBoth('--no-preload');
    expect(await second.type('Node.self()')).toBe(`'${n2}'`);
    expect(await first.type(`Node.connect('${n2}')`)).toBe('true');
    expect(await first.type('Node.list()')).toBe(`[ '${n2}' ]`);
    expect(await second.type('Node.list()')).toBe(`[ '${n1}' ]`);
  });
});

describe('connected at boot, by a config file', () => {
  it('both nodes have found each other when they are there, and ping each other', async () => {
    const [first, second] = startBoth('--config', 'trestle.config.json');
    expect(await first.type('Node.list()')).toBe(`[ '${n2}' ]`);
    expect(await second.type('Node.list()')).toBe(`[ '${n1}' ]`);

    expect(await first.type('SimpleCluster.Ping.ping()')).toBe("'ok'");
    await first.logs(new RegExp(String.raw`${stamp} \[info\] \[ \[ 'ok', '${n2}', 'pong' \] \]$`, 'm'));
    await second.logs(new RegExp(String.raw`${stamp} \[info\] --- Receiving ping from <${n1}/\S+>$`, 'm'));
  });

  it('the observer of n1 tells when n2 comes, and when it goes', async () => {
    const config = configFile({ syncNodesOptional: [n1, n2], syncNodesTimeoutMs: 1 });
    const first = cluster.shell(n1, ['--config', config], { cwd });
    await first.logs(/\[warning\] optional nodes not connected within 1 ms: n2@127\.0\.0\.1$/m);
    expect(await first.type('Node.list()')).toBe('[]');
    const second = cluster.shell(n2, ['--config', 'trestle.config.json'], { cwd });
    await first.logs(new RegExp(String.raw`${stamp} \[info\] --- Node up: ${n2}$`, 'm'));
    await second.leave();
    await first.logs(new RegExp(String.raw`${stamp} \[info\] --- Node down: ${n2}$`, 'm'));
  });

  it('a mandatory node that does not come in time keeps a node from starting, and is named', async () => {
    const config = configFile({
      syncNodesMandatory: [n2],
      syncNodesOptional: ['n3@127.0.0.1'],
      syncNodesTimeoutMs: 100,
    });
    const program = cluster.trestle(['run', 'app.ts', '--name', n1, '--config', config], { cwd });
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(
      /^trestle: .*mandatory nodes not connected within 100 ms: n2@127\.0\.0\.1\n$/,
    );
  });

  it('a config file that says nonsense is refused, with its name', async () => {
    const config = configFile({ syncNodesOptional: ['n1'], syncNodesTimeoutMs: 5_000 });
    const program = cluster.trestle(['run', 'app.ts', '--name', n1, '--config', config], { cwd });
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(
      /^trestle: config .*trestle\.config\.json: expected .*syncNodesOptional.*'n1'/,
    );
  });
});

describe('connected by discovery', () => {
  it('n1: unable to connect to n2, then Node up, ping → the list of answers, then Node down', async () => {
    const preload = ['--preload', 'discovery.trestle.ts'];
    const first = cluster.shell(n1, preload, { cwd });
    await first.logs(
      new RegExp(String.raw`${stamp} \[warning\] \[discovery:example\] unable to connect to ${n2}$`, 'm'),
    );
    const second = cluster.shell(n2, preload, { cwd });
    await first.logs(new RegExp(String.raw`${stamp} \[info\] --- Node up: ${n2}$`, 'm'));

    // Its servers start after its node has come up.
    await second.type('Node.self()');
    expect(await first.type('SimpleCluster.Ping.ping()')).toBe("'ok'");
    await first.logs(new RegExp(String.raw`${stamp} \[info\] \[ \[ 'ok', '${n2}', 'pong' \] \]$`, 'm'));
    await second.kill();
    await first.logs(new RegExp(String.raw`${stamp} \[info\] --- Node down: ${n2}$`, 'm'));
    await first.sees();
  });
});

describe('the same program without a prompt', () => {
  it('trestle run: n1 tells when n2 comes, and when SIGTERM stops it', async () => {
    const run = (name: string) =>
      cluster.trestle(['run', 'app.ts', '--name', name, '--', '--discovery'], { cwd });
    const first = run(n1);
    await first.logs(/unable to connect to n2@127\.0\.0\.1$/m);
    const second = run(n2);
    await first.logs(/--- Node up: n2@127\.0\.0\.1$/m);
    expect(await second.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    await first.logs(/--- Node down: n2@127\.0\.0\.1$/m);
  });
});
