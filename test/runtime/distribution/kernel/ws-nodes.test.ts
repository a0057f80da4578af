import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { GenServer, localName, reply, type Call, type CallResult } from '@trestle/runtime';
import { LocalNode, systemClock, systemRandom } from '@trestle/runtime/internal';
import { WebSocket } from 'ws';
import type { LogRecord } from '../../../../packages/runtime/src/node/log/log-record';
import { RunningNode, type RpcService } from '../../../../packages/runtime/src/node/running-node';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { NetKernel } from '../../../../packages/runtime/src/distribution/kernel/net-kernel';
import type { NetKernelOptions } from '../../../../packages/runtime/src/distribution/kernel/net-kernel-options';
import { MappedNodes } from '../../../../packages/runtime/src/distribution/port-mapper/mapped-nodes';
import { wsTransport } from '../../../../packages/runtime/src/distribution/socket/ws-transport';

class Kv extends GenServer<Call<{ type: 'get' }, string>> {
  override handleCall(request: Call<{ type: 'get' }, string>): CallResult {
    return reply(request, 'value');
  }
}
const kv = localName<Kv>('kv');

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('nodes over WebSockets', () => {
  let mapperPort: number;
  const started: RunningNode[] = [];
  const logged: LogRecord[] = [];

  beforeEach(async () => {
    mapperPort = await freePort();
    logged.length = 0;
  });
  afterEach(() => Promise.all(started.splice(0).map((node) => node.stop())));

  async function start(
    name: string,
    options: Partial<NetKernelOptions> = {},
  ): Promise<[RunningNode, NetKernel]> {
    const logger = { log: (record: LogRecord) => void logged.push(record) };
    const creation = Math.floor(systemRandom.float() * 2 ** 31);
    const local = new LocalNode({
      ...{ name, creation, clock: systemClock, random: systemRandom, logger },
      levels: { default: 'all' },
    });
    const node = new RunningNode(local, {} as RpcService);
    local.node = node;
    const cookies = [new Cookie('secret-of-this-test')];
    const kernel = await NetKernel.start({
      node: local,
      cookies,
      hidden: false,
      transport: wsTransport,
      directory: 'directory' in options ? undefined : new MappedNodes(local, mapperPort),
      ...options,
    });
    started.push(node);
    return [node, kernel];
  }

  const event = (node: RunningNode, name: 'nodeup' | 'nodedown'): Promise<{ node: string }> =>
    new Promise((resolve) => node.events.once(name, resolve));

  it('find each other by the port mapper, call each other, and join all by joining one', async () => {
    const [a] = await start('a@127.0.0.1');
    const [b] = await start('b@127.0.0.1');
    const [c] = await start('c@127.0.0.1');
    await b.start(Kv, { name: kv });
    expect(await a.connect('b@127.0.0.1')).toBe(true);
    const joined = event(b, 'nodeup');
    expect(await c.connect('a@127.0.0.1')).toBe(true);
    expect((await joined).node).toBe('c@127.0.0.1');
    expect(await c.call(kv.on('b@127.0.0.1'), { type: 'get' })).toBe('value');
    expect(a.list()).toEqual(['b@127.0.0.1', 'c@127.0.0.1']);
  });

  it('end with one connection when both dial, time after time', async () => {
    const [a] = await start('a@127.0.0.1');
    const [b] = await start('b@127.0.0.1');
    for (let round = 0; round < 5; round++) {
      const events: string[] = [];
      for (const node of [a, b]) {
        node.events.removeAllListeners();
        node.events.on('nodeup', (up) => events.push(`up ${up.node}`));
        node.events.on('nodedown', (down) => events.push(`down ${down.node}`));
      }
      expect(await Promise.all([a.connect('b@127.0.0.1'), b.connect('a@127.0.0.1')])).toEqual([true, true]);
      expect(await Promise.all([a.ping('b@127.0.0.1'), b.ping('a@127.0.0.1')])).toEqual(['pong', 'pong']);
      expect(events.sort()).toEqual(['up a@127.0.0.1', 'up b@127.0.0.1']);
      const down = event(b, 'nodedown');
      await a.disconnect('b@127.0.0.1');
      await down;
    }
  });

  it('are told at once that a node has stopped, and find it again when it is back', async () => {
    const [a] = await start('a@127.0.0.1');
    const [b] = await start('b@127.0.0.1');
    await a.connect('b@127.0.0.1');
    const down = event(a, 'nodedown');
    await b.stop();
    expect(await down).toEqual({ type: 'nodedown', node: 'b@127.0.0.1', reason: 'shutdown' });
    expect(await a.ping('b@127.0.0.1')).toBe('pang');
    await start('b@127.0.0.1');
    expect(await a.ping('b@127.0.0.1')).toBe('pong');
  });

  it('do not start under a name that is taken, or on a port that is', async () => {
    const [, kernel] = await start('a@127.0.0.1');
    await expect(start('a@127.0.0.1')).rejects.toThrow(/taken/);
    const { port } = kernel;
    await expect(start('b@127.0.0.1', { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('refuse a node with another cookie, and say so in one line on each side, without the cookie', async () => {
    const [a] = await start('a@127.0.0.1');
    const [b] = await start('b@127.0.0.1', { cookies: [new Cookie('something-else')] });
    expect(await b.connect('a@127.0.0.1')).toBe(false);
    const warnings = logged.filter(({ level }) => level === 'warning').map(({ text }) => text);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^127\.0\.0\.1:\d+ was refused: b@127\.0\.0\.1 has another cookie$/);
    expect(warnings.join()).not.toMatch(/secret|something/);
    expect([a.list(), b.list()]).toEqual([[], []]);
  });

  it('are not disturbed by strangers that speak HTTP, garbage, a false handshake, or not at all', async () => {
    const [a, kernel] = await start('a@127.0.0.1', { limits: { handshakeTimeoutMs: 300 } });
    const [b] = await start('b@127.0.0.1');
    await a.connect('b@127.0.0.1');
    await b.start(Kv, { name: kv });
    const { port } = kernel;
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426);
    const garbage = connect(port, '127.0.0.1', () => garbage.write('\x00\xff garbage\r\n\r\n'));
    const closed: Promise<unknown>[] = [once(garbage.resume(), 'close')];
    for (const message of ['', '{}', new Uint8Array([1, 2, 3]), 'x'.repeat(100_000), undefined]) {
      const ws = new WebSocket(`ws://127.0.0.1:${port}`, 'trestle.1');
      ws.on('error', () => {});
      ws.on('open', () => message !== undefined && ws.send(message));
      closed.push(once(ws, 'close'));
    }
    await Promise.all(closed);
    expect(await a.call(kv.on('b@127.0.0.1'), { type: 'get' })).toBe('value');
    expect(await b.ping('a@127.0.0.1')).toBe('pong');
  });

  it('wait for a fixed port or a function instead of the port mapper', async () => {
    const port = await freePort();
    const resolve = (name: string) => (name === 'b@127.0.0.1' ? { host: '127.0.0.1', port } : undefined);
    const [a] = await start('a@127.0.0.1', { directory: undefined, resolve });
    await start('b@127.0.0.1', { directory: undefined, port });
    expect([await a.ping('b@127.0.0.1'), await a.ping('c@127.0.0.1')]).toEqual(['pong', 'pang']);
  });

  it('carry a message of many megabytes, and small ones behind it', async () => {
    const [a] = await start('a@127.0.0.1');
    const [b] = await start('b@127.0.0.1');
    const sizes: number[] = [];
    const done = new Promise<void>((resolve) => {
      const pid = b.spawn<string>(async (self) => {
        for (let n = 0; n < 3; n++) sizes.push(((await self.receive()) as string).length);
        resolve();
      });
      for (const size of [10, 20_000_000, 20]) a.send(pid, 'x'.repeat(size));
    });
    await done;
    expect(sizes).toEqual([10, 20_000_000, 20]);
  });
});
