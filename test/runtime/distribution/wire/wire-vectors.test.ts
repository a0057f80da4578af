import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Decoder } from 'cbor-x';
import {
  acceptorProof,
  initiatorProof,
} from '../../../../packages/runtime/src/distribution/handshake/challenge';
import { Cookie } from '../../../../packages/runtime/src/distribution/handshake/cookie';
import {
  formatMessage,
  parseMessage,
} from '../../../../packages/runtime/src/distribution/handshake/handshake-message';
import { CborBlock } from '../../../../packages/runtime/src/distribution/wire/cbor-block';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { nodeNamePattern } from '../../../../packages/runtime/src/terms/node-name';
import { opcode } from '../../../../packages/runtime/src/distribution/wire/opcodes';
import { ValueEncoder } from '../../../../packages/runtime/src/distribution/wire/value-encoder';
import {
  answerProof,
  pulseGreeting,
  pulseSecret,
  questionProof,
} from '../../../../packages/runtime/src/distribution/pulse/pulse-proof';
import { decode, encode } from './wire-fixture';

const page = readFileSync(join(__dirname, '../../../../docs/wire-protocol.md'), 'utf8');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** What JavaScript on the page stands for. */
const evaluate = (text: string): unknown => runInThisContext(`(${text})`) as unknown;

/** The lines of the blocks of a kind. */
function blocks(kind: string): string[][] {
  return Array.from(page.matchAll(new RegExp('```' + kind + '\\n([^`]*)\\n```', 'g')), ([, text]) =>
    text!.split('\n'),
  );
}

function pairs(lines: string[]): [string, string][] {
  return lines.flatMap((line, index) => (index % 2 === 0 ? [[line, lines[index + 1]!]] : []));
}

function encodeValue(value: unknown): string {
  const block = new CborBlock();
  new ValueEncoder(block, defaultLimits).encode(value, 'value', 0);
  return hex(block.cut(block.length));
}

const signals = blocks('signal').map(([fields, bytes]) => [fields!, bytes!] as const);
const values = blocks('values').flatMap(pairs);
// CBOR as everybody decodes it: what it makes of a signal are the fields that the page shows.
const plain = new Decoder({ useRecords: false, mapsAsObjects: true });

it('the name of a node matches the pattern that the page shows', () => {
  const [, shown] = /A node is named [^`]*`name@host`[^]*? matches `([^`]+)`/.exec(page)!;
  expect(shown).toBe(nodeNamePattern.source);
});

it('every opcode has a section with its number, its fields and a vector', () => {
  const sections = Array.from(page.matchAll(/^### (\d+) (\w+)\n\n`\[\1.*\]`\n/gm), ([, code, name]) => [
    name,
    Number(code),
  ]);
  expect(Object.fromEntries(sections)).toEqual(opcode);
  const shown = signals.map(([fields]) => (evaluate(fields) as [number])[0]);
  expect(new Set(shown)).toEqual(new Set(Object.values(opcode)));
});

it.each(signals)('the signal %s has the bytes that the page shows, in both directions', (fields, bytes) => {
  const frame = Buffer.from(bytes, 'hex');
  expect(plain.decode(frame)).toEqual(evaluate(fields));
  expect(hex(encode(decode(frame)))).toBe(bytes);
});

it.each(values)('the value %s has the bytes that the page shows, in both directions', (text, bytes) => {
  const value = evaluate(text);
  expect(encodeValue(value)).toBe(bytes);
  // As the value of a message to the process `x`.
  const [signal] = decode(Buffer.from(`830162783e${bytes}`, 'hex'));
  expect((signal as { message: unknown }).message).toEqual(value);
});

it('the messages of a handshake are those that the page shows, and so are their proofs', () => {
  const texts = blocks('handshake')[0]!;
  const [hello, challenge, proof, verdict] = texts.map((text) => parseMessage(text) as any);
  expect([hello, challenge, proof, verdict].map(formatMessage)).toEqual(texts);
  const introductions = { initiator: hello, acceptor: challenge };
  const cookie = new Cookie('secret');
  expect(proof.proofs).toEqual([initiatorProof(cookie, introductions)]);
  expect(verdict.proof).toBe(acceptorProof(cookie, introductions, verdict));
});

it('what is said to a pulse is what the page shows, and so are the proofs', () => {
  const [greeting, question, answer] = blocks('pulse')[0]!;
  const [name, pulseNonce] = greeting!.split(' ');
  expect(name).toBe(pulseGreeting);
  const { nonce: askerNonce, proofs } = JSON.parse(question!);
  const talk = { pulseNonce: pulseNonce!, askerNonce, owner: { name: 'b@127.0.0.1', creation: 200 } };
  const secret = pulseSecret(new Cookie('secret'));
  expect(proofs).toEqual([questionProof(secret, talk)]);
  const { proof, ...said } = JSON.parse(answer!);
  expect(proof).toBe(answerProof(secret, talk, said));
});
