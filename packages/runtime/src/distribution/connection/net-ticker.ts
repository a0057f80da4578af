import type { Clock, ClockTimer } from '../../terms/clock';
import type { AskPulse } from '../pulse/pulse-line';
import { awaitPatiently, whenRead } from '../../process/patient-timer';
import {
  firstNetTickState,
  netTickStep,
  ticksPerPeriod,
  type NetTickEffect,
  type NetTickEvent,
} from './net-tick';

/** The longest delay a clock takes. */
const longestDelayMs = 2 ** 31 - 1;

/** Which part of the time to the next look a pulse has to answer. */
const askedWithin = 0.75;

/** What a ticker needs of its connection. */
export interface Ticked {
  readonly bytesReceived: number;
  readonly framesSent: number;
  sendTick(): void;
  /** The peer gave no sign of life in time. */
  peerIsDead(): void;
  /** The peer lives, but its event loop has not turned for so long; or it has been heard again, after so long. */
  peerIs(type: 'nodeBusy' | 'nodeReady', forMs: number): void;
}

/** Looks after one connection: ticks, notices silence, tells busy from dead, and probes on demand. */
export class NetTicker {
  /** How to ask the pulse of the peer, once it has told of one. */
  askPulse: AskPulse | null = null;
  private state = firstNetTickState;
  private received = 0;
  private sent = 0;
  private lookedAt = 0;
  private busySince = 0;
  private timer: ClockTimer | null = null;
  private probeTimer: ClockTimer | null = null;
  private onAnswered: (() => void) | null = null;
  /** How many ticks have no answer yet, and how many answers there are to come until that of the probe. */
  private unanswered = 0;
  private answersToProbe = 0;
  /** Whether the next frame is of interest. */
  private listens = false;
  private isOver = false;
  private readonly lookMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly netTickMs: number,
    private readonly connection: Ticked,
  ) {
    this.lookMs = Math.min(netTickMs / ticksPerPeriod, longestDelayMs);
  }

  start(): void {
    this.note();
    if (this.netTickMs !== Infinity) this.arm();
  }

  stop(): void {
    this.isOver = true;
    this.timer?.cancel();
    this.probeTimer?.cancel();
    this.timer = this.probeTimer = this.onAnswered = null;
  }

  /**
   * Sends a tick that is to be answered within `timeoutMs`: then `onAnswered` is called, else the peer is dead. What the
   * peer has sent before, perhaps as its last, is no answer.
   */
  probe(timeoutMs: number, onAnswered: () => void): void {
    this.onAnswered = onAnswered;
    this.probeTimer ??= awaitPatiently(this.clock, timeoutMs, () => {
      this.connection.peerIsDead();
    });
    this.sendTick();
    this.answersToProbe = this.unanswered;
  }

  /** A frame has come. */
  heard(): void {
    if (this.listens) this.noteHeard();
  }

  /** The answer to the first tick that had none has come. */
  answered(): void {
    this.unanswered = Math.max(0, this.unanswered - 1);
    if (this.onAnswered === null || --this.answersToProbe > 0) return;
    const { onAnswered } = this;
    this.probeTimer?.cancel();
    this.probeTimer = this.onAnswered = null;
    onAnswered();
  }

  private sendTick(): void {
    this.unanswered += 1;
    this.connection.sendTick();
  }

  private noteHeard(): void {
    this.listens = false;
    this.step({ kind: 'heard' });
  }

  private arm(): void {
    this.timer = this.clock.setTimer(() => {
      whenRead(this.clock, () => !this.isOver, this.look);
    }, this.lookMs);
  }

  private readonly look = (): void => {
    const { bytesReceived, framesSent } = this.connection;
    const received = bytesReceived !== this.received;
    const sent = framesSent !== this.sent;
    const late = this.clock.now() - this.lookedAt >= 2 * this.lookMs;
    this.note();
    this.step({ kind: 'look', received, sent, late, hasPulse: this.askPulse !== null });
    if (!this.hasEnded()) this.arm();
  };

  private step(event: NetTickEvent): void {
    const { state, effects } = netTickStep(this.state, event);
    this.state = state;
    if (state.pulse !== 'unasked' || state.busy) this.listens = true;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: NetTickEffect): void {
    switch (effect.kind) {
      case 'sendTick':
        this.sendTick();
        return;
      case 'askPulse':
        void this.ask(this.lookMs * askedWithin);
        return;
      case 'peerIsBusy':
        this.busySince = this.clock.now() - effect.forMs;
        this.connection.peerIs('nodeBusy', effect.forMs);
        return;
      case 'peerIsReady':
        this.connection.peerIs('nodeReady', this.clock.now() - this.busySince);
        return;
      case 'peerIsDead':
        this.stop();
        this.connection.peerIsDead();
    }
  }

  private async ask(timeoutMs: number): Promise<void> {
    const answer = await this.askPulse?.(timeoutMs);
    if (this.hasEnded()) return;
    this.step({ kind: 'pulse', answer, netTickMs: this.netTickMs });
  }

  /** What a step causes may have ended it, which the compiler cannot see. */
  private hasEnded(): boolean {
    return this.isOver;
  }

  private note(): void {
    this.received = this.connection.bytesReceived;
    this.sent = this.connection.framesSent;
    this.lookedAt = this.clock.now();
  }
}
