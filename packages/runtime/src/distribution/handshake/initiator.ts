import { Buffer } from '#platform/buffer';
import type { Random } from '../../terms/clock';
import type { HandshakeFailure } from '../../terms/errors';
import { shortName, type NodeName } from '../../terms/node-name';
import { acceptorProof, initiatorProof, sameProof, type Introductions } from './challenge';
import type { Cookie } from './cookie';
import {
  formatMessage,
  nonceBytes,
  parseMessage,
  protocolName,
  protocolVersion,
  type HandshakeMessage,
  type Refused,
  type Verdict,
} from './handshake-message';
import {
  endHandshake,
  failHandshake,
  type HandshakeEnded,
  type HandshakeEvent,
  type HandshakeStep,
} from './handshake-step';
import type { PeerInfo } from './peer-info';

export interface InitiatorOptions {
  readonly local: PeerInfo;
  /** Those that are good for the dialled node, the one in use first. */
  readonly cookies: readonly Cookie[];
  /** The name of the node that was dialled. */
  readonly dialled: NodeName;
  readonly random: Random;
}

/** What does not change during one handshake. */
interface Setting {
  readonly local: PeerInfo;
  readonly cookies: readonly Cookie[];
  readonly dialled: NodeName;
  readonly nonce: string;
}

export type InitiatorState =
  | { readonly phase: 'idle' | 'awaitingChallenge'; readonly setting: Setting }
  | { readonly phase: 'awaitingVerdict'; readonly setting: Setting; readonly introductions: Introductions }
  | HandshakeEnded;

/** The first state of the dialling side's handshake. */
export function initiatorState({ local, cookies, dialled, random }: InitiatorOptions): InitiatorState {
  const nonce = Buffer.from(random.bytes(nonceBytes)).toString('hex');
  return { phase: 'idle', setting: { local, cookies, dialled, nonce } };
}

/** One step of the dialling side's handshake. OTP: `dist_util:handshake_we_started/1`. */
export function stepInitiator(state: InitiatorState, event: HandshakeEvent): HandshakeStep<InitiatorState> {
  if (state.phase === 'ended') return { state, effects: [] };
  if (event.kind === 'timeout')
    return failHandshake('timeout', `${state.setting.dialled} did not answer in time`);
  if (event.kind === 'message') return receive(state, parseMessage(event.text));
  return state.phase === 'idle' && event.kind === 'started'
    ? introduce(state.setting)
    : { state, effects: [] };
}

type Running = Exclude<InitiatorState, HandshakeEnded>;

function introduce(setting: Setting): HandshakeStep<InitiatorState> {
  const { local, nonce } = setting;
  const { name, creation, hidden } = local;
  const hello = {
    type: 'hello',
    protocol: protocolName,
    version: protocolVersion,
    name,
    creation,
    hidden,
    nonce,
  } as const;
  return {
    state: { phase: 'awaitingChallenge', setting },
    effects: [{ kind: 'send', text: formatMessage(hello) }],
  };
}

function receive(state: Running, message: HandshakeMessage | undefined): HandshakeStep<InitiatorState> {
  const { dialled } = state.setting;
  if (message?.type === 'refused') return refused(dialled, message);
  if (state.phase === 'awaitingChallenge' && message?.type === 'challenge') {
    return prove(state.setting, message);
  }
  if (state.phase === 'awaitingVerdict' && message?.type === 'verdict') return judge(state, message);
  return failHandshake('protocol', `${dialled} answered what no node answers`);
}

function prove(setting: Setting, acceptor: Introductions['acceptor']): HandshakeStep<InitiatorState> {
  const { local, nonce, cookies, dialled } = setting;
  if (acceptor.name !== dialled) {
    return failHandshake('name', otherName(dialled, acceptor.name));
  }
  const introductions = { initiator: { ...local, nonce }, acceptor };
  const proofs = cookies.map((cookie) => initiatorProof(cookie, introductions));
  return {
    state: { phase: 'awaitingVerdict', setting, introductions },
    effects: [{ kind: 'send', text: formatMessage({ type: 'proof', proofs }) }],
  };
}

/** A node has one name, and its host one spelling. OTP has all nodes of a cluster use long names, or all of them short ones. */
function otherName(dialled: NodeName, reached: NodeName): string {
  const hint = shortName(dialled) === shortName(reached) ? ', which is known by that name only' : '';
  return `dialled ${dialled}, reached ${reached}${hint}`;
}

function judge(
  { setting, introductions }: Extract<InitiatorState, { phase: 'awaitingVerdict' }>,
  verdict: Verdict,
): HandshakeStep<InitiatorState> {
  const { cookies, dialled } = setting;
  const isProof = (cookie: Cookie): boolean =>
    sameProof(verdict.proof, acceptorProof(cookie, introductions, verdict));
  if (!cookies.some(isProof)) {
    return failHandshake('cookie', refusalText(dialled, 'cookie'));
  }
  const peer = { name: dialled, creation: introductions.acceptor.creation, hidden: verdict.hidden };
  if (verdict.admission === 'ok') return endHandshake({ kind: 'accepted', peer });
  return endHandshake({ kind: 'yielded', peer, to: verdict.admission });
}

const reasons: readonly string[] = ['cookie', 'tls', 'notAllowed', 'name', 'version', 'protocol'];

function refused(dialled: NodeName, { why, version }: Refused): HandshakeStep<InitiatorState> {
  if (reasons.includes(why)) {
    const known = why as HandshakeFailure;
    return failHandshake(known, refusalText(dialled, known, version));
  }
  // Of what an unknown node says only a word is repeated.
  const said = /^[A-Za-z]{1,40}$/.test(why) ? why : 'one that it does not tell';
  return failHandshake('protocol', `${dialled} refused this node for a reason of a later version: ${said}`);
}

function refusalText(dialled: NodeName, why: HandshakeFailure, version?: number): string {
  switch (why) {
    case 'cookie':
      return `${dialled} has another cookie`;
    case 'tls':
      return `the certificate of this node is not one of its name for ${dialled}`;
    case 'notAllowed':
      return `${dialled} does not allow this node`;
    case 'version':
      return version === undefined
        ? `${dialled} speaks another version of the protocol than ${protocolVersion}`
        : `${dialled} speaks version ${version} of the protocol, this node ${protocolVersion}`;
    case 'name':
      return `${dialled} has the name of this node`;
    default:
      return `${dialled} did not understand this node`;
  }
}
