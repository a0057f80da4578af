import { hostname } from 'node:os';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { startNode, type NodeOptions } from '@trestle/runtime';
import { freePort } from '../../../support/free-port';
import { logOf, startTestNode } from '../../../support/test-node';

const cookie = 'of this test';
const limits = { handshakeTimeoutMs: 50 };
type Resolve = NonNullable<NodeOptions['resolve']>;
const start = (name: string, options: NodeOptions = {}) => startTestNode({ name, cookie, ...options });

describe('a function that tells where nodes listen', () => {
  it.each<[string, unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no such table');
      },
      'resolve failed: Error: no such table',
    ],
    ['rejects', () => Promise.reject(new Error('no such table')), 'resolve failed: Error: no such table'],
    ['answers port 0', () => ({ host: '127.0.0.1', port: 0 }), 'a port from 1 to 65535'],
    ['answers a port that is no number', () => ({ host: '127.0.0.1', port: '80' }), 'a port from 1 to 65535'],
    ['answers no host', () => ({ port: 80 }), '{ host, port }'],
    ['answers null', () => null, 'got null'],
    ['knows no such node', () => undefined, 'nobody knows where it listens'],
    ['never answers', () => new Promise(() => {}), 'where it listens was not told within 50 ms'],
  ])('and %s lets the connection fail, and the log says why', async (_what, resolve, problem) => {
    const node = await start('a@127.0.0.1', { resolve: resolve as Resolve, limits });
    expect(await node.connect('b@127.0.0.1')).toBe(false);
    expect(logOf(node).some(({ text }) => text.includes(problem))).toBe(true);
  });

  it('keeps no node from stopping though it never answers', async () => {
    let onAsked = (): void => {};
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    const resolve: Resolve = () => {
      onAsked();
      return new Promise(() => {});
    };
    const node = await start('a@127.0.0.1', { resolve, limits: { handshakeTimeoutMs: 3_600_000 } });
    const connected = node.connect('b@127.0.0.1');
    await asked;
    await node.stop();
    expect(await connected).toBe(false);
  });

  it('and fixed ports need no port mapper', async () => {
    const port = await freePort();
    const resolve: Resolve = () => ({ host: '127.0.0.1', port });
    await start('b@127.0.0.1', { port, resolve });
    const node = await start('a@127.0.0.1', { resolve });
    expect(await node.connect('b@127.0.0.1')).toBe(true);
  });
});

it('A port mapper that takes connections and never answers lets a connection fail in time.', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.2');
  await once(silent, 'listening');
  const { port: mapperPort } = silent.address() as { port: number };
  const node = await start('a@127.0.0.1', { mapperPort, limits });
  expect(await node.connect('b@127.0.0.2')).toBe(false);
  await node.stop();
  silent.close();
});

it('Nodes with IPv6 names find each other, and their pids travel.', async () => {
  const mapperPort = await freePort();
  const a = await start('a@[::1]', { mapperPort });
  const b = await start('b@[::1]', { mapperPort });
  expect(await a.connect('b@[::1]')).toBe(true);
  const got = new Promise<unknown>((resolve) => {
    const pid = b.spawn(async (self) => resolve(await self.receive()));
    a.spawn((self) => {
      self.send(pid, self.pid);
    });
  });
  expect(await got).toMatch(/^<a@\[::1\]\//);
});

describe('a node name', () => {
  it('may have a long and a short host name alike', async () => {
    const mapperPort = await freePort();
    await start('b@127.0.0.1', { mapperPort });
    const a = await start('a@localhost', { mapperPort });
    expect(await a.connect('b@127.0.0.1')).toBe(true);
  });

  it('without a host is refused with what it could be', async () => {
    const expected = `such as a@127.0.0.1 or a@${hostname()}, got 'a'`;
    await expect(startNode({ name: 'a' })).rejects.toThrow(expected);
  });

  it('with a bare IPv6 address is refused with the one in brackets', async () => {
    await expect(startNode({ name: 'a@::1' })).rejects.toThrow("such as a@[::1], got 'a@::1'");
  });
});
