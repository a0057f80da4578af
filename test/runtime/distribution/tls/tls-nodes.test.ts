import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { NodeDownError, type Node, type TlsOptions } from '@trestle/runtime';
import { TestAuthority, type TestCertificate } from '../../../support/certificates';
import { freePort } from '../../../support/free-port';
import { logOf, startTestNode } from '../../../support/test-node';

let authority: TestAuthority;
let mapperPort: number;

beforeAll(async () => {
  authority = await TestAuthority.create();
});
beforeEach(async () => {
  mapperPort = await freePort();
});

const start = (name: string, tls?: TlsOptions, options = {}): Promise<Node> =>
  startTestNode({
    name: name.includes('@') ? name : `${name}@127.0.0.1`,
    cookie: 'of this test',
    mapperPort,
    ...(tls === undefined ? {} : { tls }),
    ...options,
  });

/** Credentials for the loopback address, or for others. */
async function tlsFor(
  hosts: string | string[] = '127.0.0.1',
  more: Partial<TlsOptions> = {},
): Promise<TlsOptions> {
  return { ...(await authority.issue(hosts)), ca: authority.ca, ...more };
}

/** A node with credentials that it would not have started with. */
async function startWith(name: string, certificate: TestCertificate): Promise<Node> {
  const node = await start(name, await tlsFor());
  useUnchecked(node, certificate);
  return node;
}

function useUnchecked(node: Node, certificate: TestCertificate): void {
  const { security } = transportOf(node);
  const reveal = () => ({ ...certificate, ca: [authority.ca] });
  security.use(Object.assign(Object.create(security.credentials), { reveal }));
}

const transportOf = (node: Node): any => (node as any).local.distribution.options.transport;

const problems = (node: Node): string[] =>
  logOf(node)
    .filter(({ level }) => level === 'warning')
    .map(({ text }) => text);

describe('nodes with TLS', () => {
  it('connect, both with a certificate of the authority, and talk over TLS 1.3', async () => {
    const [a, b] = [await start('a', await tlsFor()), await start('b', await tlsFor())];
    expect(await a.connect(b.name)).toBe(true);
    expect(await b.rpc.call(a.name, 'Node', 'self')).toBe(a.name);
    const big = 'x'.repeat(3_000_000);
    b.expose('Echo', { echo: (text: string) => text });
    expect(await a.rpc.call(b.name, 'Echo', 'echo', [big])).toBe(big);
  });

  it('need a certificate on the side that listens only, if they are not mutual', async () => {
    const a = await start('a', await tlsFor('127.0.0.1', { mutual: false }));
    const b = await start('b', await tlsFor('127.0.0.1', { mutual: false }));
    expect(await a.connect(b.name)).toBe(true);
  });

  it('verify the host of the name that is dialled, not the address at which it was found', async () => {
    const resolve = (): { host: string; port: number } => ({ host: '127.0.0.1', port });
    const port = await freePort();
    const named = await tlsFor(['localhost', '127.0.0.1']);
    const a = await start('a@localhost', named, { port, mapperPort: undefined, resolve });
    const b = await start('b@localhost', named, { mapperPort: undefined, resolve });
    expect(await b.connect(a.name)).toBe(true);
    // The same node, whose certificate is good for 127.0.0.1, and not for the host that is dialled.
    expect(await b.connect('a@elsewhere')).toBe(false);
    expect(problems(b).join()).toMatch(
      /no connection to node a@elsewhere: the certificate of the other node is not good: .*Host: elsewhere\. is not in the cert/,
    );
  });

  it('tell whom they dial the host of its name, wherever it was found, for what stands before several nodes', async () => {
    const asked: unknown[] = [];
    const front = createTlsServer(
      await authority.issue(['localhost', 'b.example.org', '127.0.0.1']),
      (socket) => {
        asked.push(socket.servername);
        socket.on('error', () => undefined).end();
      },
    );
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as { port: number };
    const resolve = (): { host: string; port: number } => ({ host: '127.0.0.1', port });
    const a = await start('a@localhost', await tlsFor('localhost'), { mapperPort: undefined, resolve });
    for (const name of ['x@b.example.org', 'x@localhost', 'x@127.0.0.1'])
      expect(await a.connect(name)).toBe(false);
    // An address is no name: the standard has none of it there.
    expect(asked).toStrictEqual(['b.example.org', 'localhost', false]);
    front.close();
  });

  it('verify the name that certificateName gives, if it is given', async () => {
    const certificateName = (): string => 'cluster.internal';
    const a = await start('a', await tlsFor('cluster.internal', { certificateName }));
    const b = await start('b', await tlsFor('cluster.internal', { certificateName }));
    expect(await a.connect(b.name)).toBe(true);
  });

  it.each<[string, () => Promise<TestCertificate>, RegExp, RegExp]>([
    [
      'has expired',
      () => authority.issue('127.0.0.1', { fromDays: -9, toDays: -8 }),
      /certificate has expired/,
      /CERT_HAS_EXPIRED/,
    ],
    [
      'is not good yet',
      () => authority.issue('127.0.0.1', { fromDays: 8, toDays: 9 }),
      /not yet valid/,
      /CERT_NOT_YET_VALID/,
    ],
    [
      'is signed by somebody else',
      async () => (await TestAuthority.create('Somebody else')).issue('127.0.0.1'),
      /unable to (verify|get)/,
      /UNABLE_TO_/,
    ],
  ])(
    'refuse each other when a certificate %s, and both sides say so',
    async (_what, issue, dialled, dialling) => {
      const [good, bad] = [await start('good', await tlsFor()), await startWith('bad', await issue())];
      // Who listens shows it to who dials.
      const late = await start('late', await tlsFor());
      expect(await late.connect(good.name)).toBe(true);
      expect(await bad.connect(good.name)).toBe(false);
      expect(problems(good).join()).toMatch(/was refused: its certificate is not good: /);
      expect(problems(good).join()).toMatch(dialling);
      expect(problems(bad).join()).toMatch(/the other node does not take this one's certificate: /);
      useUnchecked(bad, await issue());
      expect(await good.connect(bad.name)).toBe(false);
      expect(problems(good).join()).toMatch(dialled);
    },
  );

  it('refuse a node that has the certificate of another host, whoever dials', async () => {
    const a = await start('a', await tlsFor());
    const b = await startWith('b', await authority.issue('127.0.0.9'));
    expect(await b.connect(a.name)).toBe(false);
    expect(problems(a).join()).toMatch(
      /was refused: b@127\.0\.0\.1 has the certificate of another: .*127\.0\.0\.1/,
    );
    expect(problems(b).join()).toMatch(
      /the certificate of this node is not one of its name for a@127\.0\.0\.1/,
    );
  });

  it('refuse a client without a certificate, if they are mutual, and say why', async () => {
    const [a, b] = [
      await start('a', await tlsFor()),
      await start('b', { ...(await tlsFor()), mutual: true }),
    ];
    const { security } = transportOf(b);
    const { dialOptions } = security;
    security.dialOptions = (node: string) => ({
      ...dialOptions.call(security, node),
      cert: undefined,
      key: undefined,
    });
    expect(await b.connect(a.name)).toBe(false);
    expect(problems(a).join()).toMatch(/its certificate is not good: NO_CERTIFICATE/);
    expect(problems(b).join()).toMatch(/does not take this one's certificate: NO_CERTIFICATE/);
  });

  it('resume no session of before: who comes again is judged again', async () => {
    const port = await freePort();
    await start('a', await tlsFor(), { port });
    const client = { host: '127.0.0.1', port, ca: authority.ca, ...(await authority.issue('127.0.0.1')) };
    const first = connectTls(client);
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    // By the time that something comes, what makes a session has come.
    await once(first, 'data');
    const session = first.getSession()!;
    first.destroy();
    const second = connectTls({ ...client, session });
    await once(second, 'secureConnect');
    expect([second.authorized, second.isSessionReused()]).toEqual([true, false]);
    second.destroy();
  });

  it('may be silent for as long as they like once they are connected: time is short for strangers only', async () => {
    const [a, b] = [await start('a', await tlsFor()), await start('b', await tlsFor())];
    const [server] = transportOf(a).security.servers;
    const taken = once(server, 'connection') as Promise<[Socket]>;
    expect(await b.connect(a.name)).toBe(true);
    const [stream] = await taken;
    expect([stream.destroyed, stream.timeout ?? 0]).toEqual([false, 0]);
  });

  it('still need the same cookie', async () => {
    const [a, b] = [
      await start('a', await tlsFor()),
      await start('b', await tlsFor(), { cookie: 'another' }),
    ];
    expect(await a.connect(b.name)).toBe(false);
    expect(problems(a).join()).toMatch(/has another cookie/);
  });
});

describe('a node with TLS and one without', () => {
  it('do not connect, whoever dials; both sides say why at once', async () => {
    // Longer than this test may take: nobody waits for it.
    const limits = { handshakeTimeoutMs: 60_000 };
    const [secure, plain] = [
      await start('secure', await tlsFor(), { limits }),
      await start('plain', undefined, { limits }),
    ];
    expect(await plain.connect(secure.name)).toBe(false);
    expect(problems(plain)).toEqual([
      'no connection to node secure@127.0.0.1: the other node wants TLS, and this one does not speak it',
    ]);
    expect(problems(secure).join()).toMatch(/was refused: it does not speak TLS/);
    expect(await secure.connect(plain.name)).toBe(false);
    expect(problems(secure).at(-1)).toBe(
      'no connection to node plain@127.0.0.1: the other side does not speak TLS',
    );
    expect(problems(plain).join()).toMatch(/was refused: it wants TLS, and this node has none/);
    await expect(secure.rpc.call(plain.name, 'Node', 'self')).rejects.toThrow(NodeDownError);
  });

  it('are not disturbed by strangers that stop in the midst of TLS, speak an old one, or garbage', async () => {
    const port = await freePort();
    const limits = { handshakeTimeoutMs: 500 };
    const a = await start('a', await tlsFor(), { port, limits });
    const words = [
      '',
      '\x16',
      '\x16\x03\x01\x02\x00\x01',
      '\x16garbage that is no TLS',
      'garbage',
      'GET / HTTP/1.1\r\n\r\n',
    ];
    const strangers = words.map(async (text) => {
      const stream = connectPlain(port, '127.0.0.1', () => stream.write(text, 'latin1'));
      stream.on('error', () => {});
      await once(stream.resume(), 'close');
    });
    const old = connectTls({ port, host: '127.0.0.1', maxVersion: 'TLSv1.2', rejectUnauthorized: false });
    const [error] = await once(old, 'error');
    expect(String(error)).toMatch(/protocol version/);
    const idle = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    idle.on('error', () => {});
    await Promise.all([...strangers, once(idle.resume(), 'close')]);
    const b = await start('b', await tlsFor());
    expect(await b.connect(a.name)).toBe(true);
  });
});
