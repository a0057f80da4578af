import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { BadArgumentError, startNode, type TlsOptions } from '@trestle/runtime';
import { TestAuthority, type TestCertificate } from '../../../support/certificates';
import { freePort } from '../../../support/free-port';
import { startTestNode } from '../../../support/test-node';

let authority: TestAuthority;
let good: TestCertificate;
let mapperPort: number;

beforeAll(async () => {
  authority = await TestAuthority.create();
  good = await authority.issue('127.0.0.1');
});
beforeEach(async () => {
  mapperPort = await freePort();
});

const missing = join(__dirname, 'no-such-file.pem');
const name = 'badly_secured@127.0.0.1';

async function problemOf(tls: unknown, more: object = {}): Promise<string> {
  const options = { name, cookie: 'of this test', mapperPort, tls, ...more };
  const error: unknown = await startNode(options as never).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadArgumentError);
  return (error as Error).message.replace('startNode: expected ', '');
}

it.each<[string, (good: TestCertificate) => object]>([
  [
    'tls to be an object with cert and key, or a function that gets one, got a value of type number',
    () => 5 as never,
  ],
  ['tls.cert to be PEM or the path of a PEM file, got a value of type undefined', ({ key }) => ({ key })],
  ['tls.key to be PEM or the path of a PEM file, got an empty string', ({ cert }) => ({ cert, key: '' })],
  [
    `tls.cert to be PEM or a file that can be read (${missing}), got ENOENT`,
    ({ key }) => ({ cert: missing, key }),
  ],
  ['tls.cert to be PEM or a file that can be read (/), got EISDIR', ({ key }) => ({ cert: '/', key })],
  ['a certificate in tls.cert, got none', ({ key }) => ({ cert: key, key })],
  ['a certificate in tls.ca, got none', (tls) => ({ ...tls, ca: tls.key })],
  ["tls to have no 'certs', got { certs: 1 }", (tls) => ({ ...tls, certs: 1 })],
  [
    "tls to have no 'privateKey', got { privateKey: something that is not shown }",
    (tls) => ({ ...tls, privateKey: 'a secret' }),
  ],
  ['tls.mutual to be true or false, got 1', (tls) => ({ ...tls, mutual: 1 })],
  [
    'tls.ca, because tls.mutual is set: who may sign the certificates of nodes, got undefined',
    (tls) => ({ ...tls, mutual: true }),
  ],
  ['tls.passphrase to be a string, got a value of type number', (tls) => ({ ...tls, passphrase: 5 })],
])('a node does not start with wrong options of TLS: expected %s', async (message, make) => {
  expect(await problemOf(make(good))).toBe(message);
});

it('a node does not start with the key of another certificate', async () => {
  const { key } = await authority.issue('127.0.0.1');
  expect(await problemOf({ ...good, key })).toBe(
    'tls.key to be the key of tls.cert, got the key of another certificate',
  );
});

it('a node does not start with a certificate that has expired, or is not good yet', async () => {
  const expired = await authority.issue('127.0.0.1', { fromDays: -3, toDays: -2 });
  expect(await problemOf(expired)).toMatch(
    /^a certificate in tls\.cert that is good now, got one that is good from /,
  );
  const early = await authority.issue('127.0.0.1', { fromDays: 2, toDays: 3 });
  expect(await problemOf(early)).toMatch(/^a certificate in tls\.cert that is good now/);
});

it('a node does not start with the certificate of another host', async () => {
  expect(await problemOf(await authority.issue(['other.example', '127.0.0.9']))).toBe(
    'a certificate in tls.cert for the address 127.0.0.1, got one for DNS:other.example, IP Address:127.0.0.9',
  );
});

it('a node does not start with a broken certificate or key, and shows nothing of the key', async () => {
  const broken = { ...good, cert: good.cert.replace(/\n..../, '\nAAAA') };
  expect(await problemOf(broken)).toMatch(/^tls\.cert to hold certificates in PEM/);
  const words = await problemOf({ ...good, key: good.key.replace(/\n..../, '\nAAAA') });
  expect(words).toMatch(/^tls\.key to be a private key in PEM/);
  const naked = good.key.replaceAll(/-----.*-----|\n/g, '');
  for (const message of [words, await problemOf({ ...good, key: naked }), await problemOf(good.key)]) {
    expect(message).not.toContain(naked.slice(40, 60));
  }
});

it('a key with a passphrase needs the right one', async () => {
  const passphrase = 'a passphrase';
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
  }).privateKey;
  const tls = { cert: good.cert, key: encrypted };
  expect(await problemOf(tls)).toMatch(/^tls\.key to be a private key in PEM, got/);
  expect(await problemOf({ ...tls, passphrase: 'wrong' })).toMatch(/that tls\.passphrase opens/);
  // It opens, and turns out to be another certificate's.
  expect(await problemOf({ ...tls, passphrase })).toMatch(/^tls\.key to be the key of tls\.cert/);
});

it('a node has TLS or a transport of its own, and TLS only with a name', async () => {
  const transport = { listen: () => undefined, dial: () => undefined };
  expect(await problemOf(good, { transport })).toBe('either tls or a transport, got both');
  expect(await problemOf(good, { name: undefined, cookie: undefined, mapperPort: undefined })).toBe(
    'a name, because tls is given, got undefined',
  );
});

it('of a node that did not start because of its certificate nothing is left, so that its name is free', async () => {
  await problemOf({ ...good, cert: missing });
  const tls: TlsOptions = { ...good, ca: authority.ca };
  const node = await startTestNode({ name, cookie: 'of this test', mapperPort, tls });
  expect(node.name).toBe(name);
});
