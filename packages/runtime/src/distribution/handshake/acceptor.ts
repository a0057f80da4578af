import { Buffer } from '#platform/buffer';
import type { Random } from '../../terms/clock';
import type { HandshakeFailure } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import { acceptorProof, initiatorProof, sameProof, type Introductions } from './challenge';
import type { Cookie } from './cookie';
import {
  formatMessage,
  nonceBytes,
  parseMessage,
  protocolVersion,
  versionOfHello,
  type Hello,
} from './handshake-message';
import {
  endHandshake,
  failHandshake,
  type Admission,
  type HandshakeEnded,
  type HandshakeEvent,
  type HandshakeStep,
} from './handshake-step';
import type { PeerInfo } from './peer-info';

export interface AcceptorOptions {
  readonly local: PeerInfo;
  /** The cookies that are good for a node, the one in use first. */
  readonly cookiesOf: (node: NodeName) => readonly Cookie[];
  readonly random: Random;
}

/** What does not change during one handshake. */
interface Setting {
  readonly local: PeerInfo;
  readonly cookiesOf: AcceptorOptions['cookiesOf'];
  readonly nonce: string;
}

export type AcceptorState =
  | { readonly phase: 'awaitingHello'; readonly setting: Setting }
  | {
      readonly phase: 'awaitingProof';
      readonly setting: Setting;
      readonly introductions: Introductions;
    }
  | {
      readonly phase: 'awaitingAdmission';
      readonly setting: Setting;
      readonly introductions: Introductions;
      /** The one both sides know. */
      readonly cookie: Cookie;
    }
  | HandshakeEnded;

type Introduced = Extract<AcceptorState, { introductions: Introductions }>;
type Proved = Extract<AcceptorState, { phase: 'awaitingAdmission' }>;

/** The first state of the accepting side's handshake. */
export function acceptorState({ local, cookiesOf, random }: AcceptorOptions): AcceptorState {
  const nonce = Buffer.from(random.bytes(nonceBytes)).toString('hex');
  return { phase: 'awaitingHello', setting: { local, cookiesOf, nonce } };
}

/** One step of the accepting side's handshake. OTP: `dist_util:handshake_other_started/1`. */
export function stepAcceptor(state: AcceptorState, event: HandshakeEvent): HandshakeStep<AcceptorState> {
  if (state.phase === 'ended') return { state, effects: [] };
  switch (event.kind) {
    case 'timeout':
      return failHandshake('timeout', 'the other side did not answer in time');
    case 'message':
      return state.phase === 'awaitingHello' ? greet(state.setting, event.text) : receive(state, event.text);
    case 'admission':
      return state.phase === 'awaitingAdmission' ? decide(state, event.decision) : { state, effects: [] };
    case 'distrusted':
      return refuse('tls', event.problem);
    case 'disallowed':
      return refuse('notAllowed', event.problem);
    case 'started':
      return { state, effects: [] };
  }
}

function greet(setting: Setting, text: string): HandshakeStep<AcceptorState> {
  const version = versionOfHello(text);
  if (version !== undefined && version !== protocolVersion) {
    return refuse(
      'version',
      `the other side speaks version ${version} of the protocol, this node ${protocolVersion}`,
    );
  }
  const hello = parseMessage(text);
  if (hello?.type !== 'hello') return refuse('protocol', 'the other side is no node');
  if (hello.name === setting.local.name)
    return refuse('name', `the other side has this node's name, ${hello.name}`);
  return challenge(setting, hello);
}

function challenge(setting: Setting, initiator: Hello): HandshakeStep<AcceptorState> {
  const { name, creation } = setting.local;
  const acceptor = { name, creation, nonce: setting.nonce };
  const introductions = { initiator, acceptor };
  const text = formatMessage({ type: 'challenge', ...acceptor });
  return { state: { phase: 'awaitingProof', setting, introductions }, effects: [{ kind: 'send', text }] };
}

function receive(state: Introduced, text: string): HandshakeStep<AcceptorState> {
  const { setting, introductions } = state;
  const { name } = introductions.initiator;
  const message = parseMessage(text);
  if (state.phase !== 'awaitingProof' || message?.type !== 'proof') {
    return refuse('protocol', `${name} said what no node says`);
  }
  const cookie = provenCookie(setting.cookiesOf(name), introductions, message.proofs);
  if (cookie === undefined) return refuse('cookie', `${name} has another cookie`, name);
  const peer = peerOf(introductions);
  return {
    state: { phase: 'awaitingAdmission', setting, introductions, cookie },
    effects: [{ kind: 'askAdmission', peer }],
  };
}

/** The first of the node's cookies that the other side knows. */
function provenCookie(
  cookies: readonly Cookie[],
  introductions: Introductions,
  proofs: readonly string[],
): Cookie | undefined {
  return cookies.find((cookie) => {
    const expected = initiatorProof(cookie, introductions);
    return proofs.some((proof) => sameProof(proof, expected));
  });
}

function decide(
  { setting, introductions, cookie }: Proved,
  admission: Admission,
): HandshakeStep<AcceptorState> {
  const { hidden } = setting.local;
  const proof = acceptorProof(cookie, introductions, { admission, hidden });
  const verdict = {
    kind: 'send',
    text: formatMessage({ type: 'verdict', admission, hidden, proof }),
  } as const;
  const peer = peerOf(introductions);
  if (admission === 'ok') return endHandshake(verdict, { kind: 'accepted', peer });
  return endHandshake(verdict, { kind: 'yielded', peer, to: admission });
}

function peerOf({ initiator: { name, creation, hidden } }: Introductions): PeerInfo {
  return { name, creation, hidden };
}

/**
 * The other side learns which rule it broke, and never how near it came; of another version, also which one is spoken here.
 */
function refuse(
  why: Exclude<HandshakeFailure, 'timeout'>,
  message: string,
  claimed?: NodeName,
): HandshakeStep<AcceptorState> {
  const refused = { type: 'refused', why } as const;
  const text = formatMessage(why === 'version' ? { ...refused, version: protocolVersion } : refused);
  return endHandshake(
    { kind: 'send', text },
    { kind: 'failed', why, message, ...(claimed === undefined ? {} : { claimed }) },
  );
}
