import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import { askPulse } from '../../../../packages/runtime/src/distribution/pulse/ask-pulse';
import type {
  Pulse,
  PulseAnswer,
  PulseOpening,
} from '../../../../packages/runtime/src/distribution/pulse/pulse-line';
import { pulseSecret, questionProof } from '../../../../packages/runtime/src/distribution/pulse/pulse-proof';
import { openPulse } from '../../../../packages/runtime/src/distribution/pulse/pulse-thread';
import { freePort } from '../../../support/free-port';

const owner = { name: 'n@127.0.0.1', creation: 17 };
const secret = pulseSecret(new Cookie('the cookie'));
const host = '127.0.0.1';

describe('the thread of a pulse', () => {
  const open: Pulse[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(open.splice(0).map((pulse) => pulse.close()));
  });

  async function opened(opening: Partial<PulseOpening> = {}): Promise<Pulse> {
    const pulse = await openPulse({
      host,
      port: 0,
      self: owner,
      beatMs: 0,
      secrets: [secret],
      onEnd: () => undefined,
      ...opening,
    });
    open.push(pulse);
    return pulse;
  }

  const ask = (
    port: number,
    question: { owner?: typeof owner; secrets?: readonly string[] } = {},
  ): Promise<PulseAnswer | undefined> =>
    askPulse({ host, port, owner, secrets: [secret], signal: new AbortController().signal, ...question });

  function stranger(port: number): Socket {
    const socket = connect({ host, port });
    socket.setEncoding('utf8').on('error', () => undefined);
    sockets.push(socket);
    return socket;
  }

  it('answers for how long the event loop has not beaten, and how often it has', async () => {
    const pulse = await opened();
    const first = await ask(pulse.port);
    pulse.beat();
    pulse.beat();
    const second = await ask(pulse.port);
    expect(second!.beats - first!.beats).toBe(2);
    expect(first!.blockedMs).toBeGreaterThanOrEqual(0);
  });

  it('answers while the event loop is blocked', async () => {
    // Long enough for the thread to have its turn on a machine that is busy with other things.
    const blockedMs = 1_000;
    const pulse = await opened();
    const socket = stranger(pulse.port);
    const [greeting] = (await once(socket, 'data')) as [string];
    const pulseNonce = greeting.trim().split(' ')[1]!;
    const askerNonce = '0'.repeat(64);
    pulse.beat();
    socket.write(
      `${JSON.stringify({ nonce: askerNonce, proofs: [questionProof(secret, { pulseNonce, askerNonce, owner })] })}\n`,
    );
    // The write has left for the system; nothing of this thread runs before the answer is there.
    await new Promise((resolve) => setImmediate(resolve));
    const blockedUntil = performance.now() + blockedMs;
    while (performance.now() < blockedUntil);
    const [answer] = (await once(socket, 'data')) as [string];
    expect((JSON.parse(answer) as PulseAnswer).blockedMs).toBeLessThan(blockedMs);
  });

  it('answers only those who prove that they know the cookie', async () => {
    const { port } = await opened();
    expect(await ask(port, { secrets: [pulseSecret(new Cookie('another'))] })).toBeUndefined();
    const socket = stranger(port);
    await once(socket, 'data');
    socket.write('{"nonce":"00","proofs":["00"]}\n');
    await once(socket, 'close');
  });

  it('answers for its own node and this life of it only', async () => {
    const { port } = await opened();
    expect(await ask(port, { owner: { ...owner, creation: 18 } })).toBeUndefined();
    expect(await ask(port, { owner: { ...owner, name: 'm@127.0.0.1' } })).toBeUndefined();
  });

  it('accepts each of several cookies', async () => {
    const before = pulseSecret(new Cookie('the one before'));
    const { port } = await opened({ secrets: [secret, before] });
    expect(await ask(port)).toBeDefined();
    expect(await ask(port, { secrets: [before] })).toBeDefined();
    expect(await ask(port, { secrets: [pulseSecret(new Cookie('of the future')), before] })).toBeDefined();
  });

  it('takes other cookies when it is told to', async () => {
    const pulse = await opened();
    pulse.accept([pulseSecret(new Cookie('the next one'))]);
    expect(await ask(pulse.port)).toBeUndefined();
    expect(await ask(pulse.port, { secrets: [pulseSecret(new Cookie('the next one'))] })).toBeDefined();
  });

  it.each([
    ['what is no question', 'GET / HTTP/1.1\r\n\r\n'],
    ['a line without an end', 'x'.repeat(10_000)],
    ['null', 'null\n'],
    ['values of other kinds', '{"nonce":{"toString":1},"proofs":[1,{}]}\n'],
  ])('hangs up on %s, and goes on', async (_what, text) => {
    const { port } = await opened();
    const socket = stranger(port);
    await once(socket, 'data');
    socket.write(text);
    await once(socket, 'close');
    expect(await ask(port)).toBeDefined();
  });

  it('hangs up on who asks in more words than a question needs', async () => {
    const { port } = await opened();
    const socket = stranger(port);
    const [greeting] = (await once(socket, 'data')) as [string];
    const talk = { pulseNonce: greeting.trim().split(' ')[1]!, askerNonce: '00', owner };
    const question = JSON.stringify({ nonce: '00', proofs: [questionProof(secret, talk)] });
    let answer = '';
    socket.on('data', (text: string) => (answer += text));
    socket.write(`${question}${' '.repeat(2_048)}\n`);
    await once(socket, 'close');
    expect(answer).toBe('');
  });

  it('hangs up on who says nothing', async () => {
    const { port } = await opened();
    const socket = stranger(port);
    socket.resume();
    await once(socket, 'close');
  });

  it('is gone when it is closed', async () => {
    const pulse = await opened();
    await pulse.close();
    expect(await ask(pulse.port)).toBeUndefined();
  });

  it('does not open on a port that is taken, and says why', async () => {
    const taken = createServer().listen({ host, port: await freePort() });
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(opened({ port })).rejects.toThrow(/EADDRINUSE/);
    taken.close();
  });
});

describe('who asks a pulse', () => {
  /** Something else than a pulse, which says something to whoever connects, and keeps what it is told. */
  async function askOf(says: string, signal = new AbortController().signal) {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (chunk) => heard.push(String(chunk)));
      socket.write(says);
    }).listen({ host, port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await askPulse({ host, port, owner, secrets: [secret], signal });
    server.close();
    return { answer, heard };
  }

  it('says nothing to what does not greet as a pulse', async () => {
    expect(await askOf('220 mail.example ESMTP\r\n')).toEqual({ answer: undefined, heard: [] });
    expect(await askOf('x'.repeat(5_000))).toEqual({ answer: undefined, heard: [] });
  });

  it('believes no answer without a proof', async () => {
    const { answer } = await askOf(
      `trestle-pulse/1 ${'0'.repeat(64)}\n{"blockedMs":5,"beats":3,"proof":"${'0'.repeat(64)}"}\n`,
    );
    expect(answer).toBeUndefined();
  });

  it('gives up when it is told to', async () => {
    const { answer } = await askOf('', AbortSignal.timeout(20));
    expect(answer).toBeUndefined();
  });

  it('gets no answer where nobody listens', async () => {
    const signal = new AbortController().signal;
    expect(
      await askPulse({ host, port: await freePort(), owner, secrets: [secret], signal }),
    ).toBeUndefined();
  });
});
