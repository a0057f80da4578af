import type { Clock, ClockTimer } from '../../terms/clock';
import { firstNetTickState, netTickStep, ticksPerPeriod } from './net-tick';

/** The longest delay a clock takes. */
const longestDelayMs = 2 ** 31 - 1;

/** What a ticker needs of its connection. */
export interface Ticked {
  readonly bytesReceived: number;
  readonly framesSent: number;
  sendTick(): void;
  /** The peer gave no sign of life in time. */
  peerIsDead(): void;
}

/** Looks after one connection: ticks, notices silence, and probes on demand. */
export class NetTicker {
  private state = firstNetTickState;
  private received = 0;
  private sent = 0;
  private timer: ClockTimer | null = null;
  private probeTimer: ClockTimer | null = null;
  private onAnswered: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly netTickMs: number,
    private readonly connection: Ticked,
  ) {}

  start(): void {
    this.note();
    if (this.netTickMs !== Infinity) this.arm();
  }

  stop(): void {
    this.timer?.cancel();
    this.probeTimer?.cancel();
    this.timer = this.probeTimer = this.onAnswered = null;
  }

  /** Asks for a sign of life within `timeoutMs`: then `onAnswered` is called, else the peer is dead. */
  probe(timeoutMs: number, onAnswered: () => void): void {
    this.onAnswered = onAnswered;
    this.probeTimer ??= this.clock.setTimer(() => {
      this.connection.peerIsDead();
    }, timeoutMs);
    this.connection.sendTick();
  }

  /** A frame has come. */
  heard(): void {
    if (this.onAnswered !== null) this.answered(this.onAnswered);
  }

  private answered(onAnswered: () => void): void {
    this.probeTimer?.cancel();
    this.probeTimer = this.onAnswered = null;
    onAnswered();
  }

  private arm(): void {
    this.timer = this.clock.setTimer(this.look, Math.min(this.netTickMs / ticksPerPeriod, longestDelayMs));
  }

  private readonly look = (): void => {
    const { bytesReceived, framesSent } = this.connection;
    const { state, effect } = netTickStep(this.state, {
      received: bytesReceived !== this.received,
      sent: framesSent !== this.sent,
    });
    this.state = state;
    this.note();
    if (effect === 'peerIsDead') {
      this.connection.peerIsDead();
      return;
    }
    if (effect === 'sendTick') this.connection.sendTick();
    this.arm();
  };

  private note(): void {
    this.received = this.connection.bytesReceived;
    this.sent = this.connection.framesSent;
  }
}
