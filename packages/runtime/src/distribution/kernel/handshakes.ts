import type { AllowedNodes } from '../../node/options/allowed-nodes';
import type { LocalNode } from '../../node/local-node';
import { HandshakeError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import { acceptorState, stepAcceptor } from '../handshake/acceptor';
import type { Cookie } from '../handshake/cookie';
import type { CookieJar } from '../handshake/cookie-jar';
import { initiatorState, stepInitiator } from '../handshake/initiator';
import type { PeerInfo } from '../handshake/peer-info';
import {
  HandshakeExchange,
  type HandshakeListener,
  type HandshakeOutcome,
} from '../connection/handshake-exchange';
import type { SocketCloser } from '../socket/socket-closer';
import type { Socket, SocketAddress, Transport } from '../socket/transport';
import { longestFrameBytes, type Limits } from '../wire/limits';
import { locateWithin } from './locate-within';
import type { Attempt } from './peer';

/** Bytes an HTTP upgrade may take, and the few messages of a handshake. */
const upgradeBytes = 16 * 1024;
const handshakeMessages = 4;

/** What the handshakes of a node share. */
export interface HandshakesOptions {
  readonly local: LocalNode;
  readonly self: PeerInfo;
  readonly cookies: CookieJar;
  readonly allowedNodes: AllowedNodes;
  readonly limits: Limits;
  readonly closer: SocketCloser;
  readonly transport: Transport;
  /** Where a node listens; `undefined` if nobody knows. */
  readonly locate: (node: NodeName, signal: AbortSignal) => Promise<SocketAddress | undefined>;
}

/** Bytes a peer may send before it has proved itself. */
export function unprovenBytes(limits: Limits): number {
  return upgradeBytes + handshakeMessages * limits.maxHandshakeBytes;
}

/** Where somebody is who has not proved to be a node. */
export type Stranger = Pick<Socket, 'remoteAddress' | 'remoteHost'>;

/** Who meets the nodes that dial this one. */
export interface DialledListener {
  /** A node has proved itself and asks to be let in; it wants to be followed from here. */
  asked(attempt: Attempt, peer: PeerInfo): void;
  /** The handshake has ended before that. */
  leftUnproven(stranger: Stranger, outcome: HandshakeOutcome): void;
}

/** Begins handshakes, as the side that dials and as the side that is dialled. */
export class Handshakes {
  constructor(private readonly options: HandshakesOptions) {}

  /** Finds a node, connects to it and shakes hands. `listener` hears of it in a later turn. */
  dial(node: NodeName, listener: HandshakeListener): Attempt {
    const attempt = new DialAttempt(listener);
    void this.connect(node, attempt).then(
      (socket) => {
        this.initiate(node, attempt, socket);
      },
      (error: unknown) => {
        attempt.fail(outcomeOf(error));
      },
    );
    return attempt;
  }

  /** Answers the handshake of a node that dialled. */
  accept(socket: Socket, listener: DialledListener): void {
    const { self, cookies, local, allowedNodes } = this.options;
    const cookiesOf = (node: NodeName): readonly Cookie[] => cookies.of(node);
    const state = acceptorState({ local: self, cookiesOf, random: local.random });
    const context = { ...this.options, clock: local.clock };
    const exchange: HandshakeExchange<typeof state> = new HandshakeExchange(
      socket,
      state,
      stepAcceptor,
      context,
      {
        asked: (peer) => {
          const problem = socket.problemWith?.(peer.name);
          if (!allowedNodes.has(peer.name)) exchange.disallow(`${peer.name} is not allowed`);
          else if (problem === undefined) listener.asked(exchange, peer);
          else exchange.distrust(`${peer.name} has the certificate of another: ${problem}`);
        },
        ended: (outcome) => {
          listener.leftUnproven(socket, outcome);
        },
      },
    );
    exchange.begin();
  }

  private async connect(node: NodeName, attempt: DialAttempt): Promise<Socket> {
    const { limits, locate, transport, local, allowedNodes } = this.options;
    const { clock } = local;
    if (!allowedNodes.has(node)) throw new HandshakeError('notAllowed', 'this node does not allow it');
    const { signal } = attempt;
    // To find it and to reach it share one deadline.
    const deadline = clock.now() + limits.handshakeTimeoutMs;
    const patience = { clock, timeoutMs: limits.handshakeTimeoutMs, signal };
    const address = await locateWithin(locate(node, signal), patience);
    if (address === undefined) throw new Error('nobody knows where it listens');
    return transport.dial(address, {
      node,
      timeoutMs: Math.max(1, deadline - clock.now()),
      maxFrameBytes: longestFrameBytes,
      maxUnprovenBytes: unprovenBytes(limits),
      signal,
    });
  }

  private initiate(dialled: NodeName, attempt: DialAttempt, socket: Socket): void {
    const { self, local, closer } = this.options;
    if (attempt.signal.aborted) {
      closer.close(socket);
      return;
    }
    const cookies = this.options.cookies.of(dialled);
    const state = initiatorState({ local: self, cookies, dialled, random: local.random });
    const context = { ...this.options, clock: local.clock };
    attempt.proceed(new HandshakeExchange(socket, state, stepInitiator, context, attempt.listener));
  }
}

/** An attempt that may be given up before there is a socket. */
class DialAttempt implements Attempt {
  private readonly abort = new AbortController();
  private exchange: Attempt | null = null;
  private hasEnded = false;

  constructor(public listener: HandshakeListener) {}

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  proceed(exchange: Attempt & { begin(): void }): void {
    this.exchange = exchange;
    exchange.begin();
  }

  admission(): void {
    // It is the side that is dialled that admits.
  }

  follow(listener: HandshakeListener): void {
    this.listener = listener;
    this.exchange?.follow(listener);
  }

  close(): void {
    this.abort.abort();
    if (this.exchange === null) this.fail({ kind: 'closed', problem: undefined });
    else this.exchange.close();
  }

  fail(outcome: HandshakeOutcome): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    // A search that was not waited for ends, too.
    this.abort.abort();
    this.listener.ended(outcome);
  }
}

function outcomeOf(error: unknown): HandshakeOutcome {
  if (error instanceof HandshakeError) return { kind: 'failed', why: error.why, message: error.message };
  return { kind: 'closed', problem: (error as Error).message };
}
