import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';

/** What is longer is no path, and may be a key that was meant to be PEM: it is not shown. */
const longestPath = 120;

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** What is read, in words for errors. */
export interface PemPart {
  readonly call: string;
  /** `tls.cert`. */
  readonly option: string;
}

/**
 * The text of an option that is PEM, or the path of a PEM file.
 * @throws BadArgumentError if it is neither
 */
export async function readPem({ call, option }: PemPart, source: unknown): Promise<string> {
  if (typeof source !== 'string' || source === '') {
    const got = prose(source === '' ? 'an empty string' : `a value of type ${typeof source}`);
    throw new BadArgumentError({ call, expected: `${option} to be PEM or the path of a PEM file`, got });
  }
  if (source.includes('-----BEGIN ')) return source;
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no path';
    const where = source.length > longestPath ? '' : ` (${source})`;
    const expected = `${option} to be PEM or a file that can be read${where}`;
    throw new BadArgumentError({ call, expected, got: prose(code) });
  }
}

/**
 * The certificates of a PEM text, one or more.
 * @throws BadArgumentError if there is none, or one that is broken
 */
export function certificatesOf({ call, option }: PemPart, pem: string): readonly X509Certificate[] {
  const blocks = pem.match(certificateBlock) ?? [];
  if (blocks.length === 0) {
    throw new BadArgumentError({ call, expected: `a certificate in ${option}`, got: prose('none') });
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    const got = prose((error as Error).message);
    throw new BadArgumentError({ call, expected: `${option} to hold certificates in PEM`, got });
  }
}

/** @throws BadArgumentError if there is no key in it, or it does not open with the passphrase */
export function privateKeyOf(call: string, pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const got = prose((error as Error).message);
    const how = passphrase === undefined ? '' : ' that tls.passphrase opens';
    throw new BadArgumentError({ call, expected: `tls.key to be a private key in PEM${how}`, got });
  }
}
