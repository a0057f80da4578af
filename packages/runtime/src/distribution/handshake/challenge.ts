import { Buffer } from '#platform/buffer';
import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Cookie } from './cookie';
import type { Admission } from './handshake-step';
import { protocolName, protocolVersion } from './handshake-message';

/** What both sides of a handshake know once each has introduced itself. */
export interface Introductions {
  readonly initiator: {
    readonly name: string;
    readonly creation: number;
    readonly hidden: boolean;
    readonly nonce: string;
  };
  readonly acceptor: { readonly name: string; readonly creation: number; readonly nonce: string };
}

/**
 * The proof of the dialling node. It covers the role, so that it can never be sent back as the proof of the other
 * side; both nonces, so that it is good once; and both names and creations, so that it is good for these two nodes.
 */
export function initiatorProof(cookie: Cookie, { initiator, acceptor }: Introductions): string {
  return proof(cookie, ['initiator', ...parts({ initiator, acceptor })]);
}

/** The proof of the dialled node, which covers its verdict too. */
export function acceptorProof(
  cookie: Cookie,
  introductions: Introductions,
  verdict: { readonly admission: Admission; readonly hidden: boolean },
): string {
  return proof(cookie, ['acceptor', ...parts(introductions), verdict.admission, verdict.hidden]);
}

/** Compares two proofs in a time that does not tell how much of them is equal. */
export function sameProof(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && sameBytes(a, b);
}

function parts({ initiator, acceptor }: Introductions): unknown[] {
  return [
    initiator.nonce,
    acceptor.nonce,
    initiator.name,
    acceptor.name,
    initiator.creation,
    acceptor.creation,
    initiator.hidden,
  ];
}

/** As JSON, no two lists of parts read the same. */
function proof(cookie: Cookie, fields: readonly unknown[]): string {
  const text = JSON.stringify([protocolName, protocolVersion, ...fields]);
  return hmacSha256(cookie.reveal(), text);
}
