import { z } from '#zod';
import type { NodeName } from '../../terms/node-name';
import { flagSchema, functionSchema, textSchema } from '../../terms/option-schemas';
import { problemOf } from '../../terms/options';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';

/** With what a node encrypts its connections, and knows its peers. Texts are PEM, or paths of PEM files. */
export interface TlsOptions {
  /** The certificate of this node, followed by those between it and the authority, if there are any. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /** The passphrase of the key, if it has one. */
  readonly passphrase?: string | undefined;
  /** The authorities that sign certificates of nodes. Default: those Node.js trusts, which is the whole web. */
  readonly ca?: string | readonly string[] | undefined;
  /** Whether a node that dials needs a certificate too, of its name. Default: whether there is a `ca`. */
  readonly mutual?: boolean | undefined;
  /** The name that the certificate of a node must show. Default: the host of its node name. */
  readonly certificateName?: ((node: NodeName) => string) | undefined;
}

/** `TlsOptions`, or a function that gets them, at the start and at each `reloadTls`. */
export type TlsSource = TlsOptions | (() => TlsOptions | Promise<TlsOptions>);

const schema: z.ZodType<TlsOptions> = z.strictObject({
  // Checked apart: an error must not show a key.
  cert: z.unknown().optional(),
  key: z.unknown().optional(),
  passphrase: z.unknown().optional(),
  ca: z.union([textSchema, z.array(textSchema).min(1)], { error: 'PEM or paths of PEM files' }).optional(),
  mutual: flagSchema.optional(),
  certificateName: functionSchema<(node: NodeName) => string>().optional(),
}) as unknown as z.ZodType<TlsOptions>;

/** @throws BadArgumentError if an option is wrong; whether the files are what they should be is checked later */
export function checkTlsOptions(call: string, options: TlsOptions): TlsOptions {
  if (typeof options !== 'object' || (options as TlsOptions | null) === null) {
    const expected = 'tls to be an object with cert and key, or a function that gets one';
    throw new BadArgumentError({ call, expected, got: prose(`a value of type ${typeof options}`) });
  }
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new BadArgumentError({ call, ...problemOf(result.error.issues[0], options, 'tls') });
}
