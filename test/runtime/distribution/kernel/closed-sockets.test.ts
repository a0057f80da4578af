import { readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { startNode, type Node, type NodeOptions } from '@trestle/runtime';
import { freePort } from '../../../support/free-port';
import { TcpProxy } from '../../../support/tcp-proxy';
import { partsOf } from '../../../support/test-node';

/** The sockets of this OS process, as the operating system counts them. */
function sockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const what = readlinkSync(`/proc/self/fd/${fd}`);
      return what.startsWith('socket:') ? [what] : [];
    } catch {
      // That by which the list was read.
      return [];
    }
  });
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let mapperPort: number;
let before: ReadonlySet<string>;
beforeEach(async () => {
  mapperPort = await freePort();
  await nextTurn();
  before = new Set(sockets());
});

function start(name: string, options: NodeOptions = {}): Promise<Node> {
  const where = options.resolve === undefined ? { mapperPort } : {};
  const logger = { log: () => undefined };
  return startNode({ name: `${name}@127.0.0.1`, cookie: 'of this test', ...where, logger, ...options });
}

const left = (): string[] => sockets().filter((socket) => !before.has(socket));
const stopAll = (...nodes: Node[]): Promise<unknown> => Promise.all(nodes.map((node) => node.stop()));

/** Takes connections, and says nothing. */
async function startSilent(port = 0): Promise<{ port: number; close(): Promise<void>; taken: Socket[] }> {
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    taken.push(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    taken,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of taken) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a node that has stopped has no socket open', () => {
  it('when both sides stop at the same time, or one after the other', async () => {
    for (const together of [true, false]) {
      const [a, b] = [await start('a'), await start('b')];
      expect(await a.connect(b.name)).toBe(true);
      expect(left()).not.toStrictEqual([]);
      if (together) await stopAll(a, b);
      else for (const node of [a, b]) await node.stop();
      expect(left()).toStrictEqual([]);
    }
  });

  it('when it stops while it connects, be it at whatever moment, and from both sides', async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      const [a, b] = [await start('a'), await start('b')];
      const connecting = Promise.all([a.connect(b.name), turns % 2 === 0 ? b.connect(a.name) : undefined]);
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      await stopAll(a, b);
      expect([turns, ...left()]).toStrictEqual([turns]);
      await connecting;
    }
  });

  it('when it stops while it drains, or has drained', async () => {
    for (const waits of [true, false]) {
      const [a, b] = [await start('a'), await start('b')];
      b.expose('M', { waits: () => new Promise(() => undefined) });
      const call = a.rpc
        .call(b.name, 'M', 'waits')
        .catch((error: unknown) => (error as { code: string }).code);
      expect(await a.rpc.call(b.name, 'Node', 'self')).toBe(b.name);
      const drained = a.drain({ timeoutMs: 50 });
      if (waits) await drained;
      await stopAll(a, b);
      expect(left()).toStrictEqual([]);
      expect([await call, await drained]).toEqual(['ERR_NODEDOWN', false]);
    }
  });

  it('when its peer does not answer the close', async () => {
    const b = await start('b');
    const proxy = await TcpProxy.start(portOf(b));
    const a = await start('a', { resolve: () => ({ host: '127.0.0.1', port: proxy.port }) });
    expect(await a.connect(b.name)).toBe(true);
    proxy.hold();
    const all = left().length;
    await a.stop();
    // The one that listened, and the one that was connected.
    expect(left()).toHaveLength(all - 2);
    await b.stop();
    await proxy.stop();
    expect(left()).toStrictEqual([]);
  });

  it('when it waits for somebody who takes its connection and says nothing', async () => {
    const silent = await startSilent();
    const a = await start('a', { resolve: () => ({ host: '127.0.0.1', port: silent.port }) });
    const connecting = a.connect('b@127.0.0.1');
    while (silent.taken.length === 0) await nextTurn();
    await a.stop();
    expect(await connecting).toBe(false);
    await silent.close();
    expect(left()).toStrictEqual([]);
  });

  it('when somebody has connected to it and says nothing', async () => {
    const a = await start('a');
    const stranger = connect(portOf(a), '127.0.0.1');
    await once(stranger, 'connect');
    const closed = once(stranger, 'close');
    await a.stop();
    await closed;
    expect(left()).toStrictEqual([]);
  });

  it('when it could not start', async () => {
    const silent = await startSilent(mapperPort);
    await expect(start('a')).rejects.toMatchObject({ code: 'ERR_PORT_MAPPER' });
    await silent.close();
    expect(left()).toStrictEqual([]);
  });
});

function portOf(node: Node): number {
  return (partsOf(node).distribution as unknown as { port: number }).port;
}
