import type { Clock, ClockTimer } from '../../terms/clock';
import type { Admission, HandshakeEffect, HandshakeEvent, HandshakeStep } from '../handshake/handshake-step';
import type { PeerInfo } from '../handshake/peer-info';
import type { Limits } from '../wire/limits';
import { awaitPatiently } from '../../process/patient-timer';
import type { SocketCloser } from '../socket/socket-closer';
import type { Socket } from '../socket/transport';

/** How a handshake ended. Only `accepted` leaves the socket open, for the listener to use. */
export type HandshakeOutcome =
  | { readonly kind: 'accepted'; readonly peer: PeerInfo; readonly socket: Socket }
  | { readonly kind: 'yielded'; readonly peer: PeerInfo }
  | Extract<HandshakeEffect, { kind: 'failed' }>
  /** Somebody hung up: the peer, or this node, which has made up its mind. */
  | { readonly kind: 'closed'; readonly problem: string | undefined };

/** Who follows a handshake. */
export interface HandshakeListener {
  /** The peer has proved itself and asks to be let in; answer with `admission`, now or later. */
  asked(peer: PeerInfo): void;
  /** Called once. */
  ended(outcome: HandshakeOutcome): void;
}

/** The surroundings of a handshake. */
export interface HandshakeContext {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly closer: SocketCloser;
}

/** Performs one handshake over one socket: feeds the steps with what arrives, and does what they want done. */
export class HandshakeExchange<State> {
  private timer: ClockTimer | null = null;
  private hasEnded = false;

  constructor(
    private readonly socket: Socket,
    private state: State,
    private readonly step: (state: State, event: HandshakeEvent) => HandshakeStep<State>,
    private readonly context: HandshakeContext,
    private listener: HandshakeListener,
  ) {}

  begin(): void {
    const { clock, limits } = this.context;
    if (limits.handshakeTimeoutMs !== Infinity) {
      this.timer = awaitPatiently(clock, limits.handshakeTimeoutMs, () => {
        this.feed({ kind: 'timeout' });
      });
    }
    this.socket.onMessage = (data) => {
      this.receive(data);
    };
    this.socket.onClose = (problem) => {
      this.end({ kind: 'closed', problem });
    };
    this.feed({ kind: 'started' });
  }

  admission(decision: Admission): void {
    this.feed({ kind: 'admission', decision });
  }

  /** The peer's certificate is somebody else's. */
  distrust(problem: string): void {
    this.feed({ kind: 'distrusted', problem });
  }

  /** The peer is none that may connect. */
  disallow(problem: string): void {
    this.feed({ kind: 'disallowed', problem });
  }

  /** From now on `listener` hears how it goes. */
  follow(listener: HandshakeListener): void {
    this.listener = listener;
  }

  /** Gives up. */
  close(): void {
    this.end({ kind: 'closed', problem: undefined });
  }

  private receive(data: Uint8Array | string): void {
    if (typeof data === 'string' && data.length <= this.context.limits.maxHandshakeBytes) {
      this.feed({ kind: 'message', text: data });
      return;
    }
    const what = typeof data === 'string' ? 'too long a message' : 'bytes';
    this.end({
      kind: 'failed',
      why: 'protocol',
      message: `the peer sent ${what} before the handshake was done`,
    });
  }

  private feed(event: HandshakeEvent): void {
    if (this.hasEnded) return;
    const { state, effects } = this.step(this.state, event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: HandshakeEffect): void {
    switch (effect.kind) {
      case 'send':
        this.socket.send(effect.text);
        return;
      case 'askAdmission':
        this.listener.asked(effect.peer);
        return;
      case 'accepted':
        this.end({ kind: 'accepted', peer: effect.peer, socket: this.socket });
        return;
      case 'yielded':
        this.end({ kind: 'yielded', peer: effect.peer });
        return;
      case 'failed':
        this.end(effect);
    }
  }

  private end(outcome: HandshakeOutcome): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.timer?.cancel();
    if (outcome.kind !== 'accepted') this.context.closer.close(this.socket);
    this.listener.ended(outcome);
  }
}
