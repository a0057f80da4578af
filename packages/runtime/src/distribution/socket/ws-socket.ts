import type { Socket as Stream } from 'node:net';
import type { WebSocket } from 'ws';
import type { Socket } from './transport';
import { WsIntake } from './ws-intake';

/** Compression costs 17 times what it saves on a fast network. */
export const wsOptions = { perMessageDeflate: false } as const;

/**
 * Has a client mask with zeros, which changes nothing and is skipped on both sides. Masks keep web pages from making
 * proxies believe in requests of theirs; who is connected here has proved itself, and its bytes are its own.
 */
export const unmasked = { generateMask: (mask: Buffer): void => void mask.fill(0) } as const;

/**
 * Bytes that are read in one turn of the event loop. A turn of the run queue handles about as many messages; without
 * the bound a fast sender would fill mailboxes faster than they are emptied, and memory with them. The sender's
 * network buffers fill instead.
 */
const bytesPerTurn = 64 * 1024;

/** What a WebSocket grants the other side. */
export interface SocketOptions {
  /** Whether that masks what it sends, as a client must. */
  readonly masked: boolean;
  readonly maxUnprovenBytes: number;
  readonly maxFrameBytes: number;
}

/** A connection over a WebSocket. */
export class WsSocket implements Socket {
  readonly remoteAddress: string;
  readonly remoteHost: string;
  roomFor?: (length: number) => Uint8Array | undefined;
  private messageListener: ((data: Uint8Array | string) => void) | null = null;
  private closeListener: ((problem: string | undefined) => void) | null = null;
  private problem: string | undefined;
  private hasClosed = false;
  private isClosing = false;
  private proven = false;
  private bytesThisTurn = 0;
  private readonly intake: WsIntake;

  constructor(
    private readonly ws: WebSocket,
    private readonly stream: Stream,
    private readonly options: SocketOptions,
  ) {
    this.remoteHost = stream.remoteAddress ?? 'unknown';
    this.remoteAddress = `${this.remoteHost}:${String(stream.remotePort ?? 0)}`;
    this.intake = new WsIntake(stream, {
      ...options,
      roomFor: (length) => this.roomFor?.(length),
      onBinary: (message, isPlaced) => {
        // What is a part of something longer fills no mailbox yet.
        if (!isPlaced) this.count(message.length);
        this.messageListener?.(message);
      },
    });
    stream.on('data', this.limitUnproven);
    stream.once('end', () => {
      // To close takes some more turns of the event loop, for which nobody need wait who is not the one that closes.
      if (this.proven && !this.isClosing) this.tellClosed();
    });
    ws.on('message', (data, isBinary) => {
      // The default binary type hands over one buffer.
      const bytes = data as Buffer;
      this.count(bytes.length);
      this.messageListener?.(isBinary ? bytes : bytes.toString());
    });
    ws.on('error', (error) => this.fail(error.message));
    ws.once('close', () => {
      this.hasClosed = true;
      this.tellClosed();
    });
  }

  get bufferedAmount(): number {
    return this.ws.bufferedAmount;
  }

  get bytesReceived(): number {
    return this.stream.bytesRead;
  }

  set onDrain(listener: () => void) {
    this.stream.on('drain', listener);
  }

  set onMessage(listener: (data: Uint8Array | string) => void) {
    this.messageListener = listener;
  }

  set onClose(listener: (problem: string | undefined) => void) {
    this.closeListener = listener;
    if (this.hasClosed) this.tellClosed();
  }

  send(data: Uint8Array | string, whenSent?: () => void): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (whenSent === undefined) this.ws.send(data);
    else {
      this.ws.send(data, (error) => {
        // After a failure the operating system may still be reading.
        if (!error) whenSent();
      });
    }
  }

  cork(): void {
    this.stream.cork();
  }

  uncork(): void {
    this.stream.uncork();
  }

  prove(): void {
    this.proven = true;
    this.intake.open();
    this.stream.off('data', this.limitUnproven);
  }

  close(): void {
    this.isClosing = true;
    this.ws.close(1000);
  }

  terminate(): void {
    this.isClosing = true;
    this.ws.terminate();
  }

  private tellClosed(): void {
    const listener = this.closeListener;
    this.closeListener = null;
    listener?.(this.problem);
  }

  private count(bytes: number): void {
    this.bytesThisTurn += bytes;
    if (this.bytesThisTurn >= bytesPerTurn) this.pauseForTurn();
  }

  private pauseForTurn(): void {
    this.bytesThisTurn = 0;
    if (this.ws.isPaused) return;
    this.ws.pause();
    // This is about reading from the socket; it is the network's turn, not the run queue's.
    // eslint-disable-next-line no-restricted-globals
    setImmediate(() => {
      this.ws.resume();
    });
  }

  private fail(problem: string): void {
    this.problem ??= problem;
    this.intake.stop();
    this.ws.terminate();
  }

  /** `maxPayload` is for life; a stranger must not fill as much memory as a peer may. */
  private readonly limitUnproven = (): void => {
    if (!this.proven && this.stream.bytesRead > this.options.maxUnprovenBytes) {
      this.fail(`more than ${String(this.options.maxUnprovenBytes)} bytes before the handshake was done`);
    }
  };
}
