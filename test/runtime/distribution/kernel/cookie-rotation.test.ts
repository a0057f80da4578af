import { inspect } from 'node:util';
import { BadArgumentError, type Node } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { freePort } from '../../../support/free-port';
import { logOf, startTestNode } from '../../../support/test-node';

let mapperPort: number;
beforeEach(async () => (mapperPort = await freePort()));

const start = (name: string, options = {}): Promise<Node> =>
  startTestNode({ name: `${name}@127.0.0.1`, cookie: 'the old secret', mapperPort, ...options });

/** Connects every pair anew, each node to each. */
async function reconnectAll(nodes: readonly Node[]): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const one of nodes) {
    for (const other of nodes.filter((node) => node !== one)) {
      await one.disconnect(other.name);
      results.push(await one.connect(other.name));
    }
  }
  return results;
}

const warnings = (nodes: readonly Node[]): string[] =>
  nodes.flatMap((node) =>
    logOf(node)
      .filter(({ level }) => level === 'warning')
      .map(({ text }) => text),
  );

it('a cluster changes its cookie node after node, and at no time is a connection refused', async () => {
  const clock = new VirtualClock();
  const nodes = [await start('a', { clock }), await start('b', { clock }), await start('c', { clock })];
  for (const node of nodes) {
    node.setCookie('the new secret', { acceptOldForMs: 60_000 });
    const results = await reconnectAll(nodes);
    expect(results).toEqual(results.map(() => true));
  }
  expect(warnings(nodes)).toStrictEqual([]);
  expect(nodes.map((node) => node.getCookie())).toEqual(nodes.map(() => 'the new secret'));

  // Nobody is told of it: none dials it while the old cookie is good.
  const latecomer = await start('d', { hidden: true });
  expect(await latecomer.connect(nodes[0]!.name)).toBe(true);
  await latecomer.disconnect(nodes[0]!.name);
  await clock.advance(60_000);
  expect(await latecomer.connect(nodes[0]!.name)).toBe(false);
  expect(await nodes[0]!.connect(latecomer.name)).toBe(false);
  expect(warnings(nodes).join('\n')).toMatch(/d@127\.0\.0\.1 has another cookie/);
  expect(warnings([...nodes, latecomer]).join('\n')).not.toContain('secret');
});

it('a new cookie leaves the connections that exist alone', async () => {
  const [a, b] = [await start('a'), await start('b')];
  await a.connect(b.name);
  a.setCookie('the new secret');
  expect(await a.rpc.call(b.name, 'Node', 'self')).toBe(b.name);
  await a.disconnect(b.name);
  expect([await a.connect(b.name), await b.connect(a.name)]).toEqual([false, false]);
});

it('a node takes every cookie it was started with', async () => {
  const a = await start('a', { cookie: ['the new secret', 'the old secret'] });
  const [b, c] = [await start('b'), await start('c', { cookie: 'the new secret' })];
  expect([await b.connect(a.name), await a.connect(c.name)]).toEqual([true, true]);
});

it('a cookie for one node is good for that node only, whoever dials', async () => {
  const [a, b, c] = [await start('a'), await start('b'), await start('c')];
  a.setCookie('a secret of two', { node: b.name });
  expect([await a.connect(b.name), await a.connect(c.name)]).toEqual([false, true]);
  b.setCookie('a secret of two', { node: a.name });
  expect([a.getCookie(b.name), a.getCookie()]).toEqual(['a secret of two', 'the old secret']);
  expect(await b.connect(a.name)).toBe(true);
});

it('a node shows its cookies to nobody who looks into it, at whatever depth', async () => {
  const [a, b] = [await start('a'), await start('b')];
  a.setCookie('the new secret', { acceptOldForMs: 60_000 });
  await a.connect(b.name);
  expect(inspect(a)).not.toContain('secret');
  expect(inspect((a as unknown as { local: object }).local, { depth: 12, showHidden: true })).not.toMatch(
    /the (old|new) secret/,
  );
});

it.each<[string, unknown, unknown]>([
  ['expected cookie to be a string that is not empty, got an empty one', ' ', {}],
  ['expected cookie to be a string that is not empty, got a value of type object', { secret: 1 }, {}],
  [
    'expected acceptOldForMs to be milliseconds (0 or more, or Infinity), got -1',
    'x',
    { acceptOldForMs: -1 },
  ],
  ["expected node to be a node name of the form 'name@host', got 'b'", 'x', { node: 'b' }],
  ["expected options to have no 'nodes', got { nodes: 1 }", 'x', { nodes: 1 }],
  [
    'expected a cookie, and options such as { node }, behind it, got a value of type string',
    'b@127.0.0.1',
    'a secret at the place where OTP has it',
  ],
])('a wrong cookie is refused at the door: %s', async (message, cookie, options) => {
  const node = await start('a');
  const wrong = (): void => node.setCookie(cookie as string, options as object);
  expect(wrong).toThrow(BadArgumentError);
  expect(wrong).toThrow(`setCookie: ${message}`);
  expect(node.getCookie()).toBe('the old secret');
});

it('a node without a name has no cookie to change', async () => {
  const node = await startTestNode();
  expect(() => node.setCookie('x')).toThrow("setCookie: expected a node with a name, got 'nonode@nohost'");
});
