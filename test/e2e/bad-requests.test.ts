/** Requests to another node that cannot be met, typed into a shell: each is told apart, and the node goes on. */
import { OsCluster } from '../support/os-cluster';
import { startOsNode } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import type { OsShell } from '../support/os-shell';

const a = 'a@127.0.0.1';
const gate = `{ name: 'gate', node: '${a}' }`;

let cluster: OsCluster;
let shell: OsShell;
let node: OsProcess;

beforeAll(async () => {
  cluster = await OsCluster.start();
  shell = cluster.shell('shell@127.0.0.1');
  node = await startOsNode(cluster, { name: a });
  expect(await shell.type(`Node.connect('${a}')`)).toBe('true');
});

// Whatever was asked: the node answers as before, over the connection it had before.
afterEach(async () => {
  expect(await shell.type(`call(${gate}, { type: 'echo', value: 'still here' })`)).toBe("'still here'");
  expect(await shell.type('Node.list()')).toBe(`[ '${a}' ]`);
  expect(node.stderr).not.toContain('closed');
});

afterAll(() => cluster.end());

/** What a line that fails prints, as `code: message`. */
function failing(line: string): Promise<string> {
  return shell.type(
    `await (async () => ${line})().then(String, (e) => console.log(e.code + ': ' + e.message)) ?? 'failed'`,
  );
}

it('rpc to a module or a function that is not exposed names it', async () => {
  expect(await failing(`rpc.call('${a}', 'Nothing', 'list')`)).toMatch(
    /^ERR_NOT_EXPOSED: rpc .*Nothing\.list.*a@127\.0\.0\.1.*\n/,
  );
  expect(await failing(`rpc.call('${a}', 'Node', 'selfDestruct')`)).toMatch(
    /^ERR_NOT_EXPOSED: rpc .*Node\.selfDestruct.*\n/,
  );
  // What every object has is no function that is exposed.
  expect(await failing(`rpc.call('${a}', 'Node', 'constructor')`)).toMatch(/^ERR_NOT_EXPOSED/);
});

it('a function that throws over there rejects here, with the error as its cause', async () => {
  expect(await failing(`rpc.call('${a}', 'Tools', 'fail')`)).toMatch(/^ERR_REMOTE: .*out of order/);
  const cause = `await rpc.call('${a}', 'Tools', 'fail').catch(({ cause }) => cause.name + ': ' + cause.message)`;
  expect(await shell.type(cause)).toBe("'TypeError: out of order'");
});

it('a value that cannot travel is refused at the sender, with its path', async () => {
  const refused = { function: '() => 1', symbol: "Symbol('s')", RegExp: '/x/' };
  for (const [what, value] of Object.entries(refused)) {
    const text = await failing(`call(${gate}, { type: 'echo', value: { list: [1, ${value}] } })`);
    expect(text).toMatch(/^ERR_UNSENDABLE: \S*value\.list\[1\]: .* cannot be sent to another node\n/);
    expect(text).toContain(what);
  }
  expect(await failing(`send(${gate}, { deep: new Map([['key', () => 1]]) })`)).toMatch(
    /^ERR_UNSENDABLE: .*deep/,
  );
  expect(await failing(`cast(${gate}, { type: 'open', by: () => 1 })`)).toMatch(/^ERR_UNSENDABLE: .*by/);
  expect(await failing(`rpc.call('${a}', 'Node', 'list', [() => 1])`)).toMatch(
    /^ERR_UNSENDABLE: .*args\[0\]/,
  );
});

it('a result that cannot travel rejects at the caller, with its path', async () => {
  expect(await failing(`rpc.call('${a}', 'Tools', 'giveFunction')`)).toMatch(
    /^ERR_REMOTE: .*answer\.compute: .* cannot be sent/,
  );
});

it('a name that no process of the node has: the call says so at once', async () => {
  expect(await failing(`call({ name: 'nobody', node: '${a}' }, { type: 'echo' })`)).toMatch(/^ERR_NOPROC/);
});

it('a call without an answer ends after its time, and what comes later is dropped', async () => {
  expect(await failing(`call(${gate}, { type: 'wait' }, { timeoutMs: 30 })`)).toMatch(
    /^ERR_CALL_TIMEOUT: call gate@a@127\.0\.0\.1 'wait': no reply within 30 ms\n/,
  );
  await shell.type(`cast(${gate}, { type: 'open' })`);
  await shell.type(`call(${gate}, { type: 'echo', value: 1 })`);
  expect(await shell.type('flush()')).toBe("'ok'");
});

it('a wrong node name, a wrong address and a wrong option are refused by name', async () => {
  expect(await failing("Node.ping('nowhere')")).toMatch(/^ERR_BAD_ARGUMENT: .*name@host.*'nowhere'/);
  expect(await failing('send(42, 1)')).toMatch(/^ERR_BAD_ARGUMENT: .*42/);
  expect(await failing(`call(${gate}, { type: 'wait' }, { timeoutMs: -1 })`)).toMatch(
    /^ERR_BAD_ARGUMENT: .*timeoutMs.*-1/,
  );
});
