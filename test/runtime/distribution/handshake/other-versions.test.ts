import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { freePort } from '../../../support/free-port';
import { logOf, startTestNode } from '../../../support/test-node';
import { acceptor, initiator, textsOf } from './handshake-fixture';

const host = '127.0.0.1';
const nonce = '1'.repeat(64);
const hello = {
  type: 'hello',
  protocol: 'trestle',
  version: 1,
  name: `later@${host}`,
  creation: 1,
  hidden: true,
  nonce,
};
const warnings = (node: Parameters<typeof logOf>[0]): string =>
  logOf(node)
    .filter(({ level }) => level === 'warning')
    .map(({ text }) => text)
    .join('\n');

/** A node of a later version, as far as it says why it refuses others. */
async function refuseWith(refusal: object): Promise<{ port: number; close: () => void }> {
  const server = new WebSocketServer({ port: 0, host, handleProtocols: () => 'trestle.1' });
  server.on('connection', (socket) => {
    socket.once('message', () => {
      socket.send(JSON.stringify({ type: 'refused', ...refusal }));
      socket.close();
    });
  });
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

describe('a node of another version', () => {
  it('that dials is told which one is spoken, and so is the log of the node', async () => {
    const port = await freePort();
    const node = await startTestNode({ name: `a@${host}`, cookie: 'c', port, resolve: () => undefined });
    const socket = new WebSocket(`ws://${host}:${String(port)}`, 'trestle.1');
    await once(socket, 'open');
    socket.send(JSON.stringify({ ...hello, version: 7, name: { of: 'another kind' }, features: ['new'] }));
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer))).toStrictEqual({ type: 'refused', why: 'version', version: 1 });
    await once(socket, 'close');
    expect(warnings(node)).toMatch(
      /was refused: the other side speaks version 7 of the protocol, this node 1$/,
    );
  });

  it.each([
    [{ why: 'version', version: 7, more: 1 }, 'speaks version 7 of the protocol, this node 1'],
    [{ why: 'version' }, 'speaks another version of the protocol than 1'],
    [{ why: 'overloaded' }, 'refused this node for a reason of a later version: overloaded'],
    [{ why: 'x\u001b[2J y' }, 'refused this node for a reason of a later version: one that it does not tell'],
  ])('that is dialled and refuses with %j is told of in the log', async (refusal, problem) => {
    const { port, close } = await refuseWith(refusal);
    const resolve = () => ({ host, port });
    const node = await startTestNode({ name: `a@${host}`, cookie: 'c', resolve });
    expect(await node.connect(`later@${host}`)).toBe(false);
    expect(warnings(node)).toContain(`later@${host}: later@${host} ${problem}`);
    close();
  });

  it('that says more than this one knows, in the same words, is connected', () => {
    const [one, two] = [initiator(), acceptor()];
    const withMore = (text = ''): string =>
      JSON.stringify({ ...JSON.parse(text), features: ['new'], extra: { n: 1 } });
    const [first] = textsOf(one.feed({ kind: 'started' }));
    const [challenge] = two.hear(withMore(first));
    const [proof] = one.hear(withMore(challenge));
    two.hear(withMore(proof));
    const [verdict] = textsOf(two.feed({ kind: 'admission', decision: 'ok' }));
    one.hear(withMore(verdict));
    expect([one.hasAccepted, two.hasAccepted]).toStrictEqual([true, true]);
  });
});

describe('a node that is dialled by another spelling of its host', () => {
  it('is not connected, and the log says which name it has', async () => {
    const port = await freePort();
    const resolve = () => ({ host, port });
    await startTestNode({ name: 'b@here.example.org', cookie: 'c', port, host, resolve });
    const a = await startTestNode({ name: 'a@here', cookie: 'c', resolve });
    expect(await a.connect('b@here')).toBe(false);
    expect(warnings(a)).toContain(
      'dialled b@here, reached b@here.example.org, which is known by that name only',
    );
    // Long and short names go together, unlike those of OTP.
    expect(await a.connect('b@here.example.org')).toBe(true);
  });

  it('is found by its own among nodes with names of both kinds of addresses', async () => {
    const mapperPort = await freePort();
    const start = (name: string) => startTestNode({ name, cookie: 'c', mapperPort });
    const [six, four] = [await start('a@[::1]'), await start('b@127.0.0.1')];
    const third = await start('c@localhost');
    expect(await four.connect(six.name)).toBe(true);
    expect(await third.connect(six.name)).toBe(true);
    expect(await third.connect(four.name)).toBe(true);
    expect(third.list().toSorted()).toStrictEqual(['a@[::1]', 'b@127.0.0.1']);
    expect(await third.connect('a@[0:0:0:0:0:0:0:1]')).toBe(false);
    expect(warnings(third)).toContain(
      'dialled a@[0:0:0:0:0:0:0:1], reached a@[::1], which is known by that name only',
    );
  });
});
