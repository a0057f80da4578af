import { Buffer } from '#platform/buffer';
import { hmacSha256, sameBytes } from '#platform/crypto';
import type { Cookie } from '../handshake/cookie';
import type { PulseAnswer, PulseOwner } from './pulse-line';

/** What the lines of a pulse begin with; it names the version. */
export const pulseGreeting = 'trestle-pulse/1';

/** What is said over one connection to a pulse, and what proves it. */
export interface PulseTalk {
  /** 32 bytes in hexadecimal that each side has drawn for this connection. */
  readonly pulseNonce: string;
  readonly askerNonce: string;
  readonly owner: PulseOwner;
}

/** The secret that a pulse is asked with: made from the cookie, which its thread never sees. */
export function pulseSecret(cookie: Cookie): string {
  return hmacSha256(cookie.reveal(), pulseGreeting);
}

/** Proves that the asker knows the cookie. */
export function questionProof(secret: string, { pulseNonce, askerNonce, owner }: PulseTalk): string {
  return proof(secret, ['question', pulseNonce, askerNonce, owner.name, owner.creation]);
}

/** Proves that the answer is one of the node that was asked, to this question. */
export function answerProof(secret: string, talk: PulseTalk, { blockedMs, beats }: PulseAnswer): string {
  const { pulseNonce, askerNonce, owner } = talk;
  return proof(secret, ['answer', pulseNonce, askerNonce, owner.name, owner.creation, blockedMs, beats]);
}

/** Compares two proofs in a time that does not tell how much of them is equal. */
export function isSameProof(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && sameBytes(a, b);
}

function proof(secret: string, fields: readonly unknown[]): string {
  return hmacSha256(secret, JSON.stringify(fields));
}
