import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { BadArgumentError, type Node, type TlsSource } from '@trestle/runtime';
import { TestAuthority, type TestCertificate } from '../../../support/certificates';
import { freePort } from '../../../support/free-port';
import { startTestNode } from '../../../support/test-node';

let authority: TestAuthority;
let directory: string;
let mapperPort: number;
let port: number;

beforeAll(async () => {
  authority = await TestAuthority.create();
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'trestle-tls-'));
  [mapperPort, port] = [await freePort(), await freePort()];
});
afterEach(() => rmSync(directory, { recursive: true }));

const start = (name: string, tls: TlsSource, options = {}): Promise<Node> =>
  startTestNode({ name: `${name}@127.0.0.1`, cookie: 'of this test', mapperPort, tls, ...options });

const file = (name: string): string => join(directory, name);
const files = { cert: file, key: file };

function write({ cert, key }: TestCertificate): { cert: string; key: string; ca: string } {
  writeFileSync(files.cert('node.crt'), cert);
  writeFileSync(files.key('node.key'), key);
  writeFileSync(file('ca.crt'), authority.ca);
  return { cert: file('node.crt'), key: file('node.key'), ca: file('ca.crt') };
}

const issue = (): Promise<TestCertificate> => authority.issue('127.0.0.1');

/** The serial number of the certificate that the node shows. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(stream.getPeerCertificate().serialNumber);
      stream.destroy();
    });
    stream.on('error', reject);
  });
}

it('new connections have the new certificate, and those that exist live on', async () => {
  const tls = write(await issue());
  const [a, b] = [await start('a', tls, { port }), await start('b', tls)];
  expect(await b.connect(a.name)).toBe(true);
  const downs: string[] = [];
  a.events.on('nodedown', ({ node }) => downs.push(node));
  const before = await shown();
  write(await issue());
  expect(await shown()).toBe(before);
  await a.reloadTls();
  expect(await shown()).not.toBe(before);
  expect(downs).toStrictEqual([]);
  expect(await b.rpc.call(a.name, 'Node', 'self')).toBe(a.name);
  await b.disconnect(a.name);
  expect(await b.connect(a.name)).toBe(true);
});

it('a certificate that is not good is refused, and the old one stays in use', async () => {
  const a = await start('a', write(await issue()), { port });
  const before = await shown();
  writeFileSync(file('node.key'), (await issue()).key);
  await expect(a.reloadTls()).rejects.toThrow(BadArgumentError);
  await expect(a.reloadTls()).rejects.toThrow(
    'reloadTls: expected tls.key to be the key of tls.cert, got the key of another certificate',
  );
  rmSync(file('node.crt'));
  await expect(a.reloadTls()).rejects.toThrow(`(${file('node.crt')}), got ENOENT`);
  expect(await shown()).toBe(before);
  write(await issue());
  await a.reloadTls();
  expect(await shown()).not.toBe(before);
});

it('a function is asked anew each time, and other options can take its place', async () => {
  let asked = 0;
  const a = await start(
    'a',
    async () => {
      asked += 1;
      return { ...(await issue()), ca: authority.ca };
    },
    { port },
  );
  const seen = [await shown()];
  await a.reloadTls();
  seen.push(await shown());
  expect(asked).toBe(2);
  await a.reloadTls(write(await issue()));
  seen.push(await shown());
  write(await issue());
  await a.reloadTls();
  seen.push(await shown());
  expect(asked).toBe(2);
  expect(new Set(seen).size).toBe(4);
});

it('of several reloads at once the last one counts', async () => {
  const a = await start('a', write(await issue()), { port });
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  const one = { ...(await issue()), ca: authority.ca };
  const two = { ...(await issue()), ca: authority.ca };
  const first = a.reloadTls(() => slow.then(() => one));
  const second = a.reloadTls(() => two);
  release();
  await Promise.all([first, second]);
  const last = await shown();
  await a.reloadTls(two);
  expect(await shown()).toBe(last);
});

it('nodes can change to another authority one after another, while both are good', async () => {
  const next = await TestAuthority.create('Next authority');
  const both = [authority.ca, next.ca];
  const tls = async (from: TestAuthority) => ({ ...(await from.issue('127.0.0.1')), ca: both });
  const [a, b] = [await start('a', await tls(authority)), await start('b', await tls(authority))];
  await a.reloadTls(await tls(next));
  expect(await a.connect(b.name)).toBe(true);
  await a.disconnect(b.name);
  expect(await b.connect(a.name)).toBe(true);
});

it('whether certificates are mutual cannot change while the node runs', async () => {
  const tls = write(await issue());
  const a = await start('a', tls);
  await expect(a.reloadTls({ ...tls, mutual: false })).rejects.toThrow(
    'reloadTls: expected tls.mutual to be true, as when the node started, got false',
  );
});

it('a node that was started without TLS has none to reload', async () => {
  const plain = await startTestNode({ name: 'plain@127.0.0.1', cookie: 'of this test', mapperPort });
  await expect(plain.reloadTls()).rejects.toThrow('reloadTls: expected a node that was started with tls');
  const alone = await startTestNode();
  await expect(alone.reloadTls()).rejects.toThrow('reloadTls: expected a node with a name');
});
