import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { checkTlsOptions, type TlsOptions, type TlsSource } from '../../node/options/tls-options';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import { hostOf, type NodeName } from '../../terms/node-name';
import { connectAddress } from '../../terms/host-address';
import { certificatesOf, privateKeyOf, readPem } from './pem';

/** Whose credentials they are to be, and when. */
export interface CredentialsOwner {
  readonly call: string;
  readonly node: NodeName;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What TLS takes; the key is in it. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
  readonly ca?: string[];
}

/** A certificate, its key and what goes with them: read, and found to be good. */
export class Credentials {
  // Not TypeScript's `private`: tools must not see it.
  readonly #material: TlsMaterial;

  constructor(
    material: TlsMaterial,
    /** Whether who dials needs a certificate too. */
    readonly mutual: boolean,
    /** The name that the certificate of a node must show. */
    readonly certificateName: (node: NodeName) => string,
  ) {
    this.#material = material;
  }

  reveal(): TlsMaterial {
    return this.#material;
  }

  /** What is wrong with the certificate of a node; `undefined` if it is the node's. */
  problemWith(node: NodeName, certificate: PeerCertificate): string | undefined {
    return checkServerIdentity(this.certificateName(node), certificate)?.message;
  }
}

/**
 * Reads and checks the credentials of a node.
 * @throws BadArgumentError if a file cannot be read, or is not what it should be; if the key is not that of the
 * certificate; if the certificate is not good now, or not for this node
 */
export async function loadCredentials(owner: CredentialsOwner, source: TlsSource): Promise<Credentials> {
  const { call } = owner;
  const given = typeof source === 'function' ? await source() : source;
  const { mutual = given.ca !== undefined, certificateName = hostOfNode } = checkTlsOptions(call, given);
  if (mutual && given.ca === undefined) {
    const expected = 'tls.ca, because tls.mutual is set: who may sign the certificates of nodes';
    throw new BadArgumentError({ call, expected, got: undefined });
  }
  const credentials = new Credentials(await readMaterial(call, given), mutual, certificateName);
  checkCertificate(owner, credentials);
  return credentials;
}

function hostOfNode(node: NodeName): string {
  return connectAddress(hostOf(node));
}

async function readMaterial(call: string, { cert, key, passphrase, ca }: TlsOptions): Promise<TlsMaterial> {
  if (passphrase !== undefined && typeof (passphrase as unknown) !== 'string') {
    const got = prose(`a value of type ${typeof passphrase}`);
    throw new BadArgumentError({ call, expected: 'tls.passphrase to be a string', got });
  }
  const authorities = ca === undefined ? [] : [ca].flat();
  const material = {
    cert: await readPem({ call, option: 'tls.cert' }, cert),
    key: await readPem({ call, option: 'tls.key' }, key),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  if (ca === undefined) return material;
  const part = { call, option: 'tls.ca' };
  const read = await Promise.all(authorities.map((authority) => readPem(part, authority)));
  for (const authority of read) certificatesOf(part, authority);
  return { ...material, ca: read };
}

function checkCertificate({ call, node, now }: CredentialsOwner, credentials: Credentials): void {
  const { cert, key, passphrase } = credentials.reveal();
  const [certificate] = certificatesOf({ call, option: 'tls.cert' }, cert) as [X509Certificate];
  if (!certificate.checkPrivateKey(privateKeyOf(call, key, passphrase))) {
    const expected = 'tls.key to be the key of tls.cert';
    throw new BadArgumentError({ call, expected, got: prose('the key of another certificate') });
  }
  if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) {
    const got = prose(`one that is good from ${certificate.validFrom} to ${certificate.validTo}`);
    throw new BadArgumentError({ call, expected: 'a certificate in tls.cert that is good now', got });
  }
  if (credentials.problemWith(node, certificate.toLegacyObject()) === undefined) return;
  const name = credentials.certificateName(node);
  const expected = `a certificate in tls.cert for ${isIP(name) === 0 ? 'the host' : 'the address'} ${name}`;
  const got = prose(`one for ${certificate.subjectAltName ?? certificate.subject}`);
  throw new BadArgumentError({ call, expected, got });
}
