import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate and its key, in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What of a certificate is not as it should be. */
export interface CertificateOptions {
  /** From when to when it is good, in days from now. Default: yesterday to tomorrow. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60 * 1000;

/* The library's types are those of browsers, which Node.js has under names of its own. */
x509.cryptoProvider.set(webcrypto as never);

/** An authority of a test's own, which signs certificates of nodes. */
export class TestAuthority {
  private serial = 1;

  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly name: string,
    private readonly own: x509.X509Certificate,
  ) {}

  static async create(name = 'Test authority'): Promise<TestAuthority> {
    const keys = await makeKeys();
    const own = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: `CN=${name}`,
      ...validity({}),
      signingAlgorithm: algorithm,
      keys: keys as never,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(keys, name, own);
  }

  /** The certificate of the authority itself. */
  get ca(): string {
    return this.own.toString('pem');
  }

  /** Signs a certificate for hosts, by their names or addresses. */
  async issue(hosts: string | readonly string[], options: CertificateOptions = {}): Promise<TestCertificate> {
    const keys = await makeKeys();
    this.serial += 1;
    const names = [hosts].flat().map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.serial.toString(16).padStart(2, '0'),
      subject: `CN=node ${String(this.serial)}`,
      issuer: `CN=${this.name}`,
      ...validity(options),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey as never,
      signingKey: this.keys.privateKey as never,
      extensions: [new x509.SubjectAlternativeNameExtension(names)],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  }
}

function validity({ fromDays = -1, toDays = 1 }: CertificateOptions) {
  const inDays = (days: number): Date => new Date(Date.now() + days * dayMs);
  return { notBefore: inDays(fromDays), notAfter: inDays(toDays) };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
