import type { Clock, ClockTimer } from '../../terms/clock';
import type { Socket } from '../socket/transport';
import { isOpen, type WebSocket } from './web-socket';

/** How often it is looked whether what waited has left: the platform does not tell. */
const drainLookMs = 10;

export interface BrowserSocketOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly maxUnprovenBytes: number;
  readonly maxFrameBytes: number;
}

/** A connection over the platform's WebSocket, which is open. */
export class BrowserSocket implements Socket {
  bytesReceived = 0;
  private messageListener: ((data: Uint8Array | string) => void) | null = null;
  private closeListener: ((problem: string | undefined) => void) | null = null;
  private drainListener: (() => void) | null = null;
  private drainTimer: ClockTimer | null = null;
  private problem: string | undefined;
  private hasClosed = false;
  private proven = false;

  constructor(
    private readonly ws: WebSocket,
    private readonly options: BrowserSocketOptions,
  ) {
    ws.addEventListener('message', ({ data }) => {
      this.received(data);
    });
    ws.addEventListener('close', () => {
      this.closed();
    });
  }

  get remoteAddress(): string {
    return this.options.url;
  }

  get remoteHost(): string {
    return new URL(this.options.url).hostname;
  }

  get bufferedAmount(): number {
    return this.ws.bufferedAmount;
  }

  set onDrain(listener: () => void) {
    this.drainListener = listener;
  }

  set onMessage(listener: (data: Uint8Array | string) => void) {
    this.messageListener = listener;
  }

  set onClose(listener: (problem: string | undefined) => void) {
    this.closeListener = listener;
    if (this.hasClosed) listener(this.problem);
  }

  send(data: Uint8Array | string, whenSent?: () => void): void {
    if (this.hasClosed || this.ws.readyState !== isOpen) return;
    this.ws.send(data);
    // The platform has made a copy.
    whenSent?.();
    if (this.ws.bufferedAmount > 0) this.lookForDrainSoon();
  }

  /** The platform sends when it likes. */
  cork(): void {
    return;
  }

  uncork(): void {
    return;
  }

  prove(): void {
    this.proven = true;
  }

  close(): void {
    this.ws.close(1000);
  }

  /** The platform cannot close at once; nothing more is heard of the connection here. */
  terminate(): void {
    this.ws.close();
    this.closed();
  }

  private received(data: ArrayBuffer | string): void {
    if (this.hasClosed) return;
    const message = typeof data === 'string' ? data : new Uint8Array(data);
    this.bytesReceived += message.length;
    const { maxUnprovenBytes, maxFrameBytes } = this.options;
    if (message.length > maxFrameBytes) this.fail(`a message of more than ${String(maxFrameBytes)} bytes`);
    else if (!this.proven && this.bytesReceived > maxUnprovenBytes)
      this.fail(`more than ${String(maxUnprovenBytes)} bytes before the handshake was done`);
    else this.messageListener?.(message);
  }

  private fail(problem: string): void {
    this.problem ??= problem;
    this.terminate();
  }

  private closed(): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    this.drainTimer?.cancel();
    this.closeListener?.(this.problem);
  }

  private lookForDrainSoon(): void {
    this.drainTimer ??= this.options.clock.setTimer(() => {
      this.drainTimer = null;
      if (this.hasClosed) return;
      if (this.ws.bufferedAmount > 0) this.lookForDrainSoon();
      else this.drainListener?.();
    }, drainLookMs);
  }
}
