import { WebSocket as WsWebSocket } from 'ws';
import { BadArgumentError, GenServer, localName, reply, startNode } from '@trestle/runtime';
import type { Call, CallResult, Node } from '@trestle/runtime';
import { startBrowserNode, type BrowserNodeOptions, type WebSocketClass } from '@trestle/runtime/browser';
import { freePort } from '../../support/free-port';

/** As a browser's: nodes in a page need no more of it. */
const WebSocket = WsWebSocket as unknown as WebSocketClass;
const name = 'page@browser';
const cookie = 'a cookie of pages';

/** Options that are wrong, and what is said of them. */
const wrong: [string, unknown][] = [
  ["expected name to be a node name of the form 'name@host', got undefined", { cookie, connect: {} }],
  ['expected cookie to be a string that is not empty, got', { name, connect: {} }],
  ['expected connect to be an object of URLs by the names of nodes, got undefined', { name, cookie }],
  [
    "expected connect.n1@host to be a URL that begins with 'ws:' or 'wss:', got 'http://host/'",
    { name, cookie, connect: { 'n1@host': 'http://host/' } },
  ],
  [
    "expected connect to be an object of URLs by names of the form 'name@host', got { n1: 'ws://host/' }",
    { name, cookie, connect: { n1: 'ws://host/' } },
  ],
  ["expected options to have no 'port', got", { name, cookie, connect: {}, port: 4000 }],
  ["expected options to have no 'tls', got", { name, cookie, connect: {}, tls: {} }],
  [
    'expected netTickMs to be milliseconds (more than 0, or Infinity), got NaN',
    { name, cookie, connect: {}, netTickMs: NaN },
  ],
];

it.each(wrong)('startBrowserNode: %s', async (problem, options) => {
  const start = startBrowserNode(options as BrowserNodeOptions);
  await expect(start).rejects.toThrow(BadArgumentError);
  await expect(start).rejects.toThrow(`startBrowserNode: ${problem}`);
});

it('startBrowserNode: a wrong cookie is not shown', async () => {
  const start = startBrowserNode({ name, cookie: ['secret', 5] as unknown as string[], connect: {} });
  await expect(start).rejects.toThrow(BadArgumentError);
  await expect(start).rejects.not.toThrow(/secret/);
});

class Echo extends GenServer<Call<{ type: 'echo'; value: unknown }, unknown>> {
  override handleCall(request: Call<{ type: 'echo'; value: unknown }, unknown>): CallResult {
    return reply(request, request.value);
  }
}

const ECHO = localName<Echo>('echo');

describe('a node over the WebSocket of the platform', () => {
  const nodes: Node[] = [];
  let port: number;
  const silent = { log: () => {} };

  beforeEach(async () => {
    port = await freePort();
  });
  afterEach(() => Promise.all(nodes.splice(0).map((node) => node.stop())));

  async function startServer(): Promise<Node> {
    const resolve = () => undefined;
    const server = await startNode({ name: 'n1@127.0.0.1', cookie, port, resolve, logger: silent });
    nodes.push(server);
    await server.start(Echo, { name: ECHO });
    return server;
  }

  async function startPage(options: Partial<BrowserNodeOptions> = {}): Promise<Node> {
    const connect = { 'n1@127.0.0.1': `ws://127.0.0.1:${port}/` };
    const page = await startBrowserNode({ name, cookie, connect, WebSocket, logger: silent, ...options });
    nodes.push(page);
    return page;
  }

  it('is connected once it has started, as a hidden node', async () => {
    const server = await startServer();
    const page = await startPage();
    expect(page.list('connected')).toEqual(['n1@127.0.0.1']);
    expect(server.list()).toStrictEqual([]);
    expect(server.list('hidden')).toEqual([name]);
  });

  it('starts without the nodes it shall connect to, which are dialled when something is sent to them', async () => {
    const page = await startPage();
    expect(page.list('connected')).toStrictEqual([]);
    await startServer();
    expect(await page.call(ECHO.on('n1@127.0.0.1'), { type: 'echo', value: 1 })).toBe(1);
  });

  it('is not let in with a wrong cookie', async () => {
    await startServer();
    const page = await startPage({ cookie: 'another' });
    expect(page.list('connected')).toStrictEqual([]);
  });

  it('takes and gives messages that are sent in many pieces, in order', async () => {
    await startServer();
    const page = await startPage();
    const large = new Uint8Array(3_000_000).fill(7);
    const echoes = [large, 'small'].map((value) =>
      page.call(ECHO.on('n1@127.0.0.1'), { type: 'echo', value }),
    );
    const [bytes, text] = await Promise.all(echoes);
    expect(Buffer.from(bytes as Uint8Array).equals(large)).toBe(true);
    expect(text).toBe('small');
  });

  it('knows nobody but the nodes it was told of', async () => {
    const page = await startPage();
    expect(await page.connect('n2@127.0.0.1')).toBe(false);
  });

  it('gives up a node that does not answer in time, and one that is nobody', async () => {
    class Deaf {
      binaryType = '';
      readyState = 0;
      bufferedAmount = 0;
      closed = 0;
      send(): void {}
      close(): void {
        this.closed += 1;
      }
      addEventListener(): void {}
    }
    const page = await startPage({ WebSocket: Deaf, limits: { handshakeTimeoutMs: 20 } });
    expect(page.list('connected')).toStrictEqual([]);
  });

  it('is gone for the others when it stops', async () => {
    const server = await startServer();
    const page = await startPage();
    const echo = await page.start(Echo);
    const down = new Promise((resolve) => {
      server.spawn(async (self) => {
        self.monitor(echo);
        resolve((await self.receive('DOWN')).reason);
      });
    });
    expect(await server.call(echo, { type: 'echo', value: 2 })).toBe(2);
    await page.stop();
    expect(await down).toBe('noconnection');
    expect(server.list('connected')).toStrictEqual([]);
  });
});
