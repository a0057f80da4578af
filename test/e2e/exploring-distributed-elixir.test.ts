/** The console exchanges of the founding document "Exploring Distributed Elixir", between OS processes. */
import { join } from 'node:path';
import { inspect } from 'node:util';
import { OsCluster } from '../support/os-cluster';
import type { OsShell } from '../support/os-shell';

const cookie = 'COOKIE-0123456789';
const preload = join(__dirname, 'programs/exploring.ts');

let cluster: OsCluster;
let foo: OsShell;
let bar: OsShell;
let zed: OsShell;
let mini: OsShell;

beforeAll(async () => {
  cluster = await OsCluster.start();
  const shell = (name: string): OsShell => cluster.shell(name, ['--cookie', cookie, '--preload', preload]);
  [foo, bar, zed] = [shell('foo@127.0.0.1'), shell('bar@127.0.0.1'), shell('zed@127.0.0.1')];
  // The document's other machine.
  mini = shell('mini@localhost');
});

afterAll(() => cluster.end());

describe('two nodes with a cookie', () => {
  it('foo: Node.self → foo, Node.get_cookie → the cookie', async () => {
    expect(await foo.type('Node.self()')).toBe("'foo@127.0.0.1'");
    expect(await foo.type('Node.getCookie()')).toBe(`'${cookie}'`);
  });

  it('bar: Node.connect(foo) → true, Node.list → [foo]; foo: Node.list → [bar]', async () => {
    expect(await bar.type("Node.connect('foo@127.0.0.1')")).toBe('true');
    expect(await bar.type('Node.list()')).toBe("[ 'foo@127.0.0.1' ]");
    expect(await foo.type('Node.list()')).toBe("[ 'bar@127.0.0.1' ]");
  });

  it('foo: an Agent is started with 42, get → 42, update → ok, get → 43', async () => {
    await foo.type("const agent1 = await startAgent(node, () => 42, { name: 'agent1' })");
    expect(await foo.type('registered()')).toContain("'agent1'");
    expect(await foo.type('agent1.get((x) => x)')).toBe('42');
    expect(await foo.type('agent1.update((x) => x + 1)')).toBe('undefined');
    expect(await foo.type('agent1.get((x) => x)')).toBe('43');
  });

  it('whereis on foo is the pid that bar is given, and it reads the same on both', async () => {
    const here = await foo.type("whereis('agent1')");
    expect(here).toMatch(/^'<foo@127\.0\.0\.1\//);
    expect(await foo.type(`isAlive(${here})`)).toBe('true');
    expect(await bar.type(`nodeOfPid(${here})`)).toBe("'foo@127.0.0.1'");
  });
});

describe('a third node', () => {
  it('zed: Node.connect(foo) → true, Node.list → [foo, bar]', async () => {
    expect(await zed.type("Node.connect('foo@127.0.0.1')")).toBe('true');
    await zed.sees('foo@127.0.0.1', 'bar@127.0.0.1');
    expect(await zed.type('Node.list().toSorted()')).toBe("[ 'bar@127.0.0.1', 'foo@127.0.0.1' ]");
  });

  it('zed: KV is started, set foo 123 → true; foo: get foo → 123', async () => {
    const pid = await zed.type("node.start(KV, { name: 'kv1' })");
    expect(pid).toMatch(/^'<zed@127\.0\.0\.1\//);
    const kv1 = "{ name: 'kv1', node: 'zed@127.0.0.1' }";
    expect(await zed.type(`call(${kv1}, { type: 'set', key: 'foo', value: 123 })`)).toBe('true');
    expect(await foo.type(`call(${kv1}, { type: 'get', key: 'foo' })`)).toBe('123');
    expect(await bar.type(`call(${kv1}, { type: 'keys' })`)).toBe("[ 'foo' ]");
  });

  it('mini, on another host: connect(foo) → true, Node.list → all three, get foo → 123', async () => {
    expect(await mini.type("Node.connect('foo@127.0.0.1')")).toBe('true');
    await mini.sees('bar@127.0.0.1', 'foo@127.0.0.1', 'zed@127.0.0.1');
    const kv1 = "{ name: 'kv1', node: 'zed@127.0.0.1' }";
    expect(await mini.type(`call(${kv1}, { type: 'get', key: 'foo' })`)).toBe('123');
  });
});

describe('publish and subscribe', () => {
  const ps1 = "{ name: 'ps1', node: 'zed@127.0.0.1' }";
  const subscribe = `call(${ps1}, { type: 'subscribe', topic: 'topic1' })`;
  const subscribers = `call(${ps1}, { type: 'subscribers', topic: 'topic1' })`;
  const shells = (): OsShell[] => [zed, foo, bar, mini];
  const selves: string[] = [];

  beforeAll(async () => {
    for (const shell of shells()) selves.push((await shell.type('self()')).slice(1, -1));
  });

  it('zed: PS is started, subscribe → true', async () => {
    expect(await zed.type("node.start(PS, { name: 'ps1' })")).toMatch(/^'<zed@127\.0\.0\.1\//);
    expect(await zed.type(subscribe)).toBe('true');
  });

  it('foo: subscribe → true, and the pid that subscribes is self() of the shell', async () => {
    expect(await foo.type(subscribe)).toBe('true');
    expect(await foo.type(subscribers)).toBe(inspect([selves[1], selves[0]]));
  });

  it('three subscribers: bar and foo see the same list, each with the pid of its own shell', async () => {
    expect(await bar.type(subscribe)).toBe('true');
    const all = inspect([selves[2], selves[1], selves[0]]);
    expect(await bar.type(subscribers)).toBe(all);
    expect(await foo.type(subscribers)).toBe(all);
    expect(await foo.type(`(await ${subscribers}).includes(self())`)).toBe('true');
  });

  it('zed: broadcast → true; flush shows the message to foo and bar, and nothing to zed itself', async () => {
    const broadcast = `call(${ps1}, { type: 'broadcast', topic: 'topic1', message: ['msg', 'yo'] })`;
    expect(await zed.type(broadcast)).toBe('true');
    expect(await zed.type('flush()')).toBe("'ok'");
    // What zed sent to the others before it answered them is there when they have their answer.
    for (const shell of [foo, bar]) {
      await shell.type(subscribers);
      expect(await shell.type('flush()')).toBe("[ 'msg', 'yo' ]\n'ok'");
    }
  });

  it('unsubscribe → true, and the list is shorter', async () => {
    expect(await bar.type(`call(${ps1}, { type: 'unsubscribe', topic: 'topic1' })`)).toBe('true');
    expect(await bar.type(subscribers)).toBe(inspect([selves[1], selves[0]]));
    expect(await bar.type(subscribe)).toBe('true');
  });

  it('mini subscribes and dies: DOWN … noconnection, and it is gone from the subscribers and from Node.list', async () => {
    expect(await mini.type(subscribe)).toBe('true');
    expect(await zed.type('Node.list().length')).toBe('3');
    expect(await zed.type(subscribers)).toBe(inspect([selves[3], selves[2], selves[1], selves[0]]));
    await mini.kill();
    const [, pid] = await zed.prints(/^DOWN (\S+) for reason noconnection$/m);
    expect(pid).toBe(selves[3]);
    expect(await zed.type(subscribers)).toBe(inspect([selves[2], selves[1], selves[0]]));
    await zed.sees('foo@127.0.0.1', 'bar@127.0.0.1');
    expect(await zed.type('Node.list().toSorted()')).toBe("[ 'bar@127.0.0.1', 'foo@127.0.0.1' ]");
  });
});
