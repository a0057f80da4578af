import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket as Stream } from 'node:net';
import { WebSocket } from 'ws';
import type { Listener, Socket } from '../../../../packages/runtime/src/distribution/socket/transport';
import { wsTransport } from '../../../../packages/runtime/src/distribution/socket/ws-transport';

const host = '127.0.0.1';
const granted = { timeoutMs: 5_000, maxUnproven: 3, maxUnprovenBytes: 4_096, maxFrameBytes: 100_000 };

/** Reads, so that it notices when the other end is gone: a socket that nobody reads stays open for ever. */
const reading = (stream: Stream): Stream => stream.on('error', () => {}).resume();

describe('a node that listens for WebSockets', () => {
  let listener: Listener;
  let waiting: ((socket: Socket) => void)[] = [];
  let arrived: Socket[] = [];
  /** All ends of this test: what has heard that its peer is gone is still open until somebody closes it. */
  let ends: Socket[] = [];

  beforeEach(async () => {
    waiting = [];
    arrived = [];
    ends = [];
    listener = await wsTransport.listen({ ...granted, host, port: 0 }, (socket) => {
      ends.push(socket);
      const next = waiting.shift();
      if (next === undefined) arrived.push(socket);
      else next(socket);
    });
  });

  afterEach(async () => {
    for (const socket of ends) socket.terminate();
    await listener.close();
  });

  const dial = async (port = listener.port): Promise<Socket> => {
    const { signal } = new AbortController();
    const socket = await wsTransport.dial({ host, port }, { ...granted, signal });
    ends.push(socket);
    return socket;
  };

  async function pair(): Promise<[Socket, Socket]> {
    const accepted = new Promise<Socket>((resolve) => waiting.push(resolve));
    return [await dial(), await accepted];
  }

  const message = (socket: Socket): Promise<Uint8Array | string> =>
    new Promise((resolve) => (socket.onMessage = resolve));
  const close = (socket: Socket): Promise<string | undefined> =>
    new Promise((resolve) => (socket.onClose = resolve));

  async function endedBy(stream: Stream, text: string): Promise<string> {
    let answer = '';
    stream.on('data', (data: Buffer) => (answer += data.toString()));
    stream.on('error', () => {});
    stream.write(text);
    await once(stream, 'close');
    return answer;
  }

  async function stillWorks(): Promise<void> {
    const [dialled, accepted] = await pair();
    const text = message(accepted);
    dialled.send('hello');
    expect(await text).toBe('hello');
    const closed = close(accepted);
    dialled.close();
    await closed;
  }

  it('exchanges text and bytes, whole and in order, in both directions', async () => {
    const [dialled, accepted] = await pair();
    const text = message(accepted);
    dialled.send('hello');
    expect(await text).toBe('hello');
    const bytes = message(dialled);
    accepted.send(new Uint8Array([1, 2, 3]).subarray(1));
    expect([...(await bytes)]).toEqual([2, 3]);
    expect(accepted.bytesReceived).toBeGreaterThan(0);
    const closed = close(accepted);
    dialled.terminate();
    expect(await closed).toBeUndefined();
  });

  it('tells a late listener that the connection has closed', async () => {
    const [dialled, accepted] = await pair();
    const closed = close(dialled);
    accepted.terminate();
    await closed;
    expect(await close(dialled)).toBeUndefined();
  });

  it('tells of the end of a peer before the socket has closed, and who closes it then that it has', async () => {
    const [dialled, accepted] = await pair();
    accepted.prove();
    const told: string[] = [];
    const closed = new Promise<void>((resolve) => {
      accepted.onClose = () => {
        told.push('the peer is gone');
        accepted.onClose = () => {
          told.push('the socket has closed');
          resolve();
        };
        accepted.close();
        told.push('it closes');
      };
    });
    dialled.terminate();
    await closed;
    expect(told).toStrictEqual(['the peer is gone', 'it closes', 'the socket has closed']);
    // A listener that comes now hears it at once.
    expect(await close(accepted)).toBeUndefined();
  });

  it('says that a port is in use', async () => {
    const second = wsTransport.listen({ ...granted, host, port: listener.port }, () => {});
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('refuses an HTTP client with a word on what it is', async () => {
    const [response] = (await once(get({ host, port: listener.port, path: '/' }), 'response')) as [
      IncomingMessage,
    ];
    expect(response.statusCode).toBe(426);
    response.setEncoding('utf8');
    const [body] = await once(response, 'data');
    expect(body).toContain('trestle.1');
    await stillWorks();
  });

  it('hangs up on random bytes', async () => {
    await endedBy(connect(listener.port, host), '\x00\x01\x02 nonsense \xff\r\n\r\n');
    await stillWorks();
  });

  it('hangs up on a stranger that says nothing', async () => {
    const impatient = await wsTransport.listen({ ...granted, host, port: 0, timeoutMs: 50 }, () => {});
    const stranger = connect(impatient.port, host);
    await once(stranger.resume(), 'close');
    await impatient.close();
  });

  it('refuses a WebSocket of another protocol, or of none', async () => {
    for (const protocols of [[], ['chat'], ['trestle.2']]) {
      const ws = new WebSocket(`ws://${host}:${listener.port}`, protocols);
      const [error] = await once(ws, 'error');
      expect(error.message).toContain('400');
    }
    expect(arrived).toStrictEqual([]);
    await stillWorks();
  });

  it('hangs up on a peer that sends too much before it has proved itself', async () => {
    const [dialled, accepted] = await pair();
    const closed = [close(dialled), close(accepted)];
    dialled.send('x'.repeat(10_000));
    expect((await Promise.all(closed))[1]).toMatch(/more than 4096 bytes before the handshake/);
    await stillWorks();
  });

  it('hangs up on a peer that has proved itself and sends a frame over the limit', async () => {
    const [dialled, accepted] = await pair();
    accepted.prove();
    // The bytes are the listener's while it is called.
    const length = new Promise((resolve) => (accepted.onMessage = (bytes) => resolve(bytes.length)));
    dialled.send(new Uint8Array(90_000));
    expect(await length).toBe(90_000);
    const closed = close(accepted);
    dialled.send(new Uint8Array(110_000));
    expect(await closed).toMatch(/max payload/i);
    await stillWorks();
  });

  it('hangs up on a node it has dialled that sends a frame over the limit', async () => {
    const [dialled, accepted] = await pair();
    dialled.prove();
    const closed = close(dialled);
    accepted.send(new Uint8Array(110_000));
    expect(await closed).toMatch(/max payload/i);
    await stillWorks();
  });

  it('sends the oldest stranger away when there are too many, and none that has proved itself', async () => {
    const [proved, accepted] = await pair();
    accepted.prove();
    const strangers: Stream[] = [];
    for (let n = 0; n < 3; n++) {
      strangers.push(connect(listener.port, host));
      await once(strangers[n]!, 'connect');
    }
    const oldestIsGone = once(strangers[0]!.resume(), 'close');
    const [dialled] = await pair();
    await oldestIsGone;
    expect(strangers.map((stream) => stream.destroyed)).toEqual([true, false, false]);
    await stillThere(proved, accepted);
    for (const stream of strangers) stream.destroy();
    dialled.terminate();
    proved.terminate();
  });

  it('sends strangers away when it closes, and keeps the others', async () => {
    const [dialled, accepted] = await pair();
    accepted.prove();
    const stranger = connect(listener.port, host);
    stranger.on('error', () => {});
    await once(stranger, 'connect');
    await stillThere(dialled, accepted);
    const gone = once(stranger, 'close');
    const closing = listener.close();
    await gone;
    await stillThere(dialled, accepted);
    dialled.terminate();
    await closing;
  });

  async function stillThere(from: Socket, to: Socket): Promise<void> {
    const text = message(to);
    from.send('there?');
    expect(await text).toBe('there?');
  }

  it('lets a dialler see at once that nobody listens', async () => {
    const { port } = listener;
    await listener.close();
    await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets a dialler see that what listens is no node', async () => {
    const server = createServer((stream) =>
      reading(stream).end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );
    server.listen(0, host);
    await once(server, 'listening');
    const attempt = dial((server.address() as AddressInfo).port);
    await expect(attempt).rejects.toMatchObject({ why: 'protocol', message: /no node: it answered 200/ });
    server.close();
  });

  it('is not dialled by way of somebody who sends the dialler on', async () => {
    const answer = `HTTP/1.1 302 Found\r\nLocation: ws://${host}:${listener.port}/\r\nContent-Length: 0\r\n\r\n`;
    const server = createServer((stream) => reading(stream).end(answer));
    server.listen(0, host);
    await once(server, 'listening');
    const attempt = dial((server.address() as AddressInfo).port);
    await expect(attempt).rejects.toMatchObject({ why: 'protocol', message: /no node: it answered 302/ });
    expect(arrived).toStrictEqual([]);
    server.close();
  });

  it('lets a dialler see that a node speaks another version', async () => {
    const server = createServer((stream) =>
      reading(stream).end('HTTP/1.1 400 Bad\r\nX-Trestle-Protocol: trestle.9\r\nContent-Length: 0\r\n\r\n'),
    );
    server.listen(0, host);
    await once(server, 'listening');
    const attempt = dial((server.address() as AddressInfo).port);
    await expect(attempt).rejects.toMatchObject({ why: 'version', message: /trestle\.9/ });
    server.close();
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED'],
    ['<b>EXPIRED</b>', 'for a reason it does not tell'],
    ['A'.repeat(61), 'for a reason it does not tell'],
  ])('repeats of why a certificate is refused a code and nothing else: %j', async (code, told) => {
    const headers = `X-Trestle-Protocol: trestle.1\r\nX-Trestle-Refusal: certificate ${code}`;
    const server = createServer((stream) =>
      reading(stream).end(`HTTP/1.1 403 Forbidden\r\n${headers}\r\nContent-Length: 0\r\n\r\n`),
    );
    server.listen(0, host);
    await once(server, 'listening');
    const attempt = dial((server.address() as AddressInfo).port);
    const message = `the other node does not take this one's certificate: ${told}`;
    await expect(attempt).rejects.toMatchObject({ why: 'tls', message: expect.stringContaining(message) });
    server.close();
  });

  it('is given up by a dialler when the time is over in which it should have answered', async () => {
    const silent = createServer(reading);
    silent.listen(0, host);
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { signal } = new AbortController();
    const attempt = wsTransport.dial({ host, port }, { ...granted, timeoutMs: 20.5, signal });
    await expect(attempt).rejects.toThrow('timed out');
    silent.close();
  });

  it('is not waited for by a dialler that has given up before', async () => {
    const silent = createServer(reading);
    silent.listen(0, host);
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const signal = AbortSignal.abort();
    await expect(
      wsTransport.dial({ host, port }, { ...granted, timeoutMs: Infinity, signal }),
    ).rejects.toThrow();
    silent.close();
  });

  it('lets a dialler give up', async () => {
    const silent = createServer(reading);
    silent.listen(0, host);
    await once(silent, 'listening');
    const abort = new AbortController();
    const { port } = silent.address() as AddressInfo;
    const attempt = wsTransport.dial({ host, port }, { ...granted, signal: abort.signal });
    abort.abort();
    await expect(attempt).rejects.toThrow();
    silent.close();
  });
});
