/** The console exchanges of the founding document "Apothik, part 1", between OS processes. */
import { inspect } from 'node:util';
import { OsCluster } from '../support/os-cluster';
import type { OsProcess } from '../support/os-process';
import { OsShell } from '../support/os-shell';

const nodes = [1, 2, 3, 4, 5].map((i) => `apothik_${i}@127.0.0.1`);
const [apothik1, apothik2] = nodes as [string, string];
const master = 'master@127.0.0.1';
const entriesPerNode = [1026, 996, 1012, 1021, 945];

describe('machines that do not know each other', () => {
  let cluster: OsCluster;
  let shell: OsShell;
  let machine2: OsShell;

  beforeAll(async () => {
    cluster = await OsCluster.start();
    const machine1 = cluster.shell(apothik1);
    machine2 = cluster.shell(apothik2);
    shell = cluster.shell(master);
    await Promise.all([machine1, machine2, shell].map((each) => each.type('Node.self()')));
  });

  afterAll(() => cluster.end());

  it("a shell without a name: Node.ping → 'pang'", async () => {
    const unnamed = cluster.shell();
    expect(await unnamed.type(`Node.ping('${apothik1}')`)).toBe("'pang'");
  });

  it("a shell with a name: Node.ping → 'pong', Node.list → [apothik_1]", async () => {
    expect(await shell.type(`Node.ping('${apothik1}')`)).toBe("'pong'");
    expect(await shell.type('Node.list()')).toBe(inspect([apothik1]));
  });

  it('Node.ping(apothik_2) → the list grows, and apothik_2 has the whole view, by rpc', async () => {
    expect(await shell.type(`Node.ping('${apothik2}')`)).toBe("'pong'");
    expect(await shell.type('Node.list()')).toBe(inspect([apothik1, apothik2]));
    await machine2.sees(master, apothik1);
    expect(await shell.type(`rpc.call('${apothik2}', 'Node', 'list', [])`)).toBe(inspect([master, apothik1]));
  });
});

it('a shell that is open before the machines are says, in one line, which is down and how to start it', async () => {
  const cluster = await OsCluster.start();
  try {
    const shell = new OsShell(cluster.npm('shell'));
    const said = (await shell.type('Master.fill(1, 5000)')).split('\n');
    expect(said.filter((line) => !line.startsWith('fill through'))).toEqual([
      `ERR_NODEDOWN: rpc Cache.put on ${apothik1}: node ${apothik1} is down ` +
        "('npm run cluster' starts the five in another terminal, 'npm run instance N' one of them)",
    ]);
    expect((await shell.leave()).code).toBe(0);
  } finally {
    await cluster.end();
  }
});

describe('five machines that find each other, and a shell in a second terminal', () => {
  let cluster: OsCluster;
  let terminal: OsProcess;
  let shell: OsShell;

  beforeAll(async () => {
    cluster = await OsCluster.start();
    terminal = cluster.npm('cluster');
    shell = new OsShell(cluster.npm('shell'));
    const found = nodes.flatMap((_, i) =>
      nodes.filter((_node, j) => i !== j).map((node) => foundLine(i + 1, node)),
    );
    await Promise.all(found.map((line) => terminal.prints(line)));
  });

  afterAll(() => cluster.end());

  it('the cluster terminal: connected to …, on every node for every other', () => {
    expect(terminal.stdout).toMatch(foundLine(1, apothik2));
  });

  it("the shell: Node.ping(apothik_1) → 'pong', Node.list → all five", async () => {
    expect(await shell.type(`Node.ping('${apothik1}')`)).toBe("'pong'");
    await shell.sees(...nodes);
    expect(await shell.type('Node.list().toSorted()')).toBe(inspect(nodes));
  });

  it('rpc: stats → 0, put → ok, stats → 1', async () => {
    const cache = (fn: string, args: string): string => `rpc.call('${apothik1}', 'Cache', '${fn}', ${args})`;
    expect(await shell.type(cache('stats', '[]'))).toBe('0');
    expect(await shell.type(cache('put', "['tutu', 12]"))).toBe("'ok'");
    expect(await shell.type(cache('stats', '[]'))).toBe('1');
    expect(await shell.type(cache('delete', "['tutu']"))).toBe("'ok'");
  });

  it("send({ name: 'Cache', node }, 'hey there') appears in the cluster terminal", async () => {
    expect(await shell.type(`send({ name: 'Cache', node: '${apothik1}' }, 'hey there')`)).toBe("'ok'");
    await terminal.prints(/^apothik_1 \| .*'hey there'$/m);
  });

  it("call({ name: 'Cache', node }): put → ok, stats → 1, get → 'something'", async () => {
    const call = (request: string): string => `call({ name: 'Cache', node: '${apothik1}' }, ${request})`;
    expect(await shell.type(call("{ type: 'put', key: 1, value: 'something' }"))).toBe("'ok'");
    expect(await shell.type(call("{ type: 'stats' }"))).toBe('1');
    expect(await shell.type(call("{ type: 'get', key: 1 }"))).toBe("'something'");
    expect(await shell.type(call("{ type: 'delete', key: 1 }"))).toBe("'ok'");
  });

  it('a cache is on one node: 1000 entries that are put to apothik_1 itself → stats 1000', async () => {
    const all = (request: string): string =>
      `(await Promise.all(Array.from({ length: 1000 }, (_, j) =>
        call({ name: 'Cache', node: '${apothik1}' }, ${request})))).length`;
    expect(await shell.type(all("{ type: 'put', key: `own_${j}`, value: j }"))).toBe('1000');
    expect(await shell.type('Master.stat(1)')).toBe('1000');
    expect(await shell.type(all("{ type: 'delete', key: `own_${j}` }"))).toBe('1000');
    expect(await shell.type('Master.stat(1)')).toBe('0');
  });

  it('a key goes to the node that owns it, from whichever node it is put, and any node answers for it', async () => {
    expect(await shell.type("Master.put(1, 'toto', 12)")).toBe("'ok'");
    expect(await shell.type('[1, 2, 3, 4, 5].map(Master.stat)')).toBe(inspect([0, 0, 0, 1, 0]));
    expect(await shell.type("[1, 2, 3, 4, 5].map((i) => Master.get(i, 'toto'))")).toBe(
      inspect([12, 12, 12, 12, 12]),
    );
    expect(await shell.type("Master.delete(2, 'toto')")).toBe("'ok'");
    expect(await shell.type("Master.get(3, 'toto')")).toBe('undefined');
  });

  it('phash2: 2614250, 27494836, 8, 2 and the two tables of frequencies', async () => {
    expect(await shell.type('phash2(1)')).toBe('2614250');
    expect(await shell.type('phash2(2)')).toBe('27494836');
    expect(await shell.type('phash2(2, 10)')).toBe('8');
    expect(await shell.type('phash2(1, 10)')).toBe('2');
    const frequencies = (n: number): string =>
      `(() => { const f = [0, 0, 0, 0, 0]; for (let i = 1; i <= ${n}; i++) f[phash2(i, 5)]++; return f; })()`;
    expect(await shell.type(frequencies(1_000))).toBe(inspect([214, 179, 207, 209, 191]));
    expect(await shell.type(frequencies(100_000))).toBe(inspect([20002, 20054, 20130, 19943, 19871]));
  });

  it('Master.fill(1, 5000) → ok, and the entries per node are 1026, 996, 1012, 1021, 945, in sum 5000', async () => {
    const filled = await shell.type('Master.fill(1, 5000)');
    expect(filled).toBe("fill through apothik_1@127.0.0.1: 5000 of 5000\n'ok'");
    expect(await shell.type('[1, 2, 3, 4, 5].map(Master.stat)')).toBe(inspect(entriesPerNode));
    const sum = '(await Promise.all([1, 2, 3, 4, 5].map(Master.stat))).reduce((a, b) => a + b)';
    expect(await shell.type(sum)).toBe('5000');
  });

  it('one more instance joins by its number, holds no keys, and stops in order on SIGTERM', async () => {
    const instance = cluster.npm('instance', ['6']);
    await shell.sees(...nodes, 'apothik_6@127.0.0.1');
    expect(await shell.type("Master.get(6, 'k_1_7')")).toBe('7');
    expect(await shell.type('Master.stat(6)')).toBe('0');
    await instance.signalGroup('SIGTERM');
    await shell.sees(...nodes);
  });

  it('a put to an owner that is down rejects at once and names the node', async () => {
    const owner = 'apothik_4@127.0.0.1';
    expect(await shell.type(`rpc.call('${owner}', 'System', 'stop')`)).toBe("'ok'");
    await shell.sees(...nodes.filter((node) => node !== owner));
    expect(await shell.type("Master.put(1, 'toto', 12)")).toContain(`node ${owner} is down`);
  });

  it('Ctrl-C stops what is left of the cluster, and the shell sees every node go', async () => {
    await terminal.signalGroup('SIGINT');
    await shell.sees();
    await shell.leave();
    expect(cluster.survivors()).toStrictEqual([]);
  });
});

describe('npm start without a terminal', () => {
  let cluster: OsCluster;

  beforeAll(async () => {
    cluster = await OsCluster.start();
  });

  afterAll(() => cluster.end());

  it('shows the nodes finding each other, prints the table, exits 0 and leaves nothing running', async () => {
    const start = cluster.npm('start');
    expect(await start.exited).toEqual({ code: 0, signal: null });
    expect(start.stderr).toMatch(foundLine(1, apothik2));
    const rows = [...start.stdout.matchAll(/│ (\S+) +│ +(\d+) │/g)].map(([, node, entries]) => [
      node,
      entries,
    ]);
    const expected = [...nodes.map((node, i) => [node, String(entriesPerNode[i])]), ['sum', '5000']];
    expect(rows).toEqual(expected);
    expect(cluster.survivors()).toStrictEqual([]);
  });

  it('stops everything on Ctrl-C', async () => {
    const start = cluster.npm('start');
    await start.logs(/connected to/);
    await start.signalGroup('SIGINT');
    expect(start.stdout).not.toContain('│ sum');
    expect(cluster.survivors()).toStrictEqual([]);
  });
});

/** What instance `i` logs, in the terminal of all, when it has found a node. */
function foundLine(i: number, node: string): RegExp {
  const topology = String.raw`\[discovery:apothik_cluster_1\]`;
  return new RegExp(String.raw`^apothik_${i} \| [\d:.]{12} \[info\] ${topology} connected to ${node}$`, 'm');
}
