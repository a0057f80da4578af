import { z } from '#zod';
import { isNodeName } from '../../terms/node-name';

export const protocolName = 'trestle';
/** Raised when nodes of before could not understand nodes of after. */
export const protocolVersion = 1;
/** Bytes of chance in a nonce: it never comes twice. */
export const nonceBytes = 32;
/** How many cookies may be good at one time, while a cluster changes to a new one. */
export const maxProofs = 8;

const nodeName = z.string().refine(isNodeName, 'a node name');
const creation = z.int().min(0);
/** A nonce, or a proof: 32 bytes in hexadecimal. */
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Every version there will be says this much in its first message. */
const anyHello = z.object({
  type: z.literal('hello'),
  protocol: z.literal(protocolName),
  version: z.int(),
});
/** The dialling node introduces itself. */
const hello = anyHello.extend({ name: nodeName, creation, hidden: z.boolean(), nonce: digest });
/** The dialled node does so too, and asks for proof. */
const challenge = z.object({ type: z.literal('challenge'), name: nodeName, creation, nonce: digest });
/** The dialling node knows the cookie: one proof for each that is good for it, the one in use first. */
const proof = z.object({ type: z.literal('proof'), proofs: z.array(digest).min(1).max(maxProofs) });
/** So does the dialled one, of the same cookie, and it says whether the connection stands. */
const verdict = z.object({
  type: z.literal('verdict'),
  admission: z.enum(['ok', 'alreadyConnected', 'simultaneous']),
  hidden: z.boolean(),
  proof: digest,
});
/** The dialled node hangs up. A later version may have reasons that this one does not know. */
const refused = z.object({
  type: z.literal('refused'),
  why: z.string(),
  /** The version that it speaks, if it says so. */
  version: z.int().optional(),
});

const message = z.discriminatedUnion('type', [hello, challenge, proof, verdict, refused]);

export type Hello = z.infer<typeof hello>;
export type Verdict = z.infer<typeof verdict>;
export type Refused = z.infer<typeof refused>;

export type HandshakeMessage = z.infer<typeof message>;

/** Reads a message; `undefined` if it is none. */
export function parseMessage(text: string): HandshakeMessage | undefined {
  return message.safeParse(parseJson(text)).data;
}

/** The version of the node that sent a hello; `undefined` if it is no hello of any version. */
export function versionOfHello(text: string): number | undefined {
  return anyHello.safeParse(parseJson(text)).data?.version;
}

export function formatMessage(message: HandshakeMessage): string {
  return JSON.stringify(message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
