import type { TlsSource } from '../../node/options/tls-options';
import type { NodeName } from '../../terms/node-name';
import type { PulseLine } from '../pulse/pulse-line';

/** Where a node can be reached. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** How two nodes exchange bytes: WebSockets, or a simulated network under test. */
export interface Transport {
  /**
   * Waits for connections of other nodes.
   * @param options.port 0 takes a free one
   * @throws Error if it cannot listen there, `code` `EADDRINUSE` if another program does
   */
  listen(options: ListenOptions, onSocket: (socket: Socket) => void): Promise<Listener>;
  /**
   * Connects to a node that listens.
   * @throws Error if nobody answers in time, or somebody who does not speak the protocol
   */
  dial(address: SocketAddress, options: DialOptions): Promise<Socket>;
  /** How nodes find out whether a silent one is only busy; without it, none has a pulse. */
  readonly pulse?: PulseLine;
  /**
   * Reads its credentials anew, or takes others, for connections that are made from now on; for a transport that has some.
   * @throws BadArgumentError if they are not good; then nothing has changed
   */
  reload?(source?: TlsSource): Promise<void>;
}

/** What a listener grants. */
export interface ListenOptions {
  /** The address to listen on; without it, every one the machine has. */
  readonly host?: string | undefined;
  readonly port: number;
  /** How long a peer may take to say what it wants. */
  readonly timeoutMs: number;
  /** How many connections may be in their handshake at once; if there are more, the oldest is turned away. */
  readonly maxUnproven: number;
  /** How many of them may come from one address. Default: all. */
  readonly maxUnprovenPerAddress?: number | undefined;
  /** Is told who was refused, and why, before there was a socket. */
  readonly refused?: ((address: string, problem: string) => void) | undefined;
  /** Bytes a peer may send before it has proven itself. */
  readonly maxUnprovenBytes: number;
  /** Bytes of the largest message of a peer that has. */
  readonly maxFrameBytes: number;
}

/** What a dialled socket grants. */
export interface DialOptions {
  readonly timeoutMs: number;
  readonly maxUnprovenBytes: number;
  readonly maxFrameBytes: number;
  /** Which node is dialled, for a transport that verifies who answers. */
  readonly node?: NodeName | undefined;
  /** Gives up, when it fires. */
  readonly signal: AbortSignal;
}

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; those that exist live on. */
  close(): Promise<void>;
}

/**
 * One connection as bytes. Messages arrive whole and in order, until it closes; then `onClose` is called once, at once
 * if it is set later. The side that dialled speaks first.
 */
export interface Socket {
  /** Where the peer is, for log lines. */
  readonly remoteAddress: string;
  /** The address of its machine. */
  readonly remoteHost: string;
  /** Bytes handed over and not yet taken by the network. */
  readonly bufferedAmount: number;
  /** Bytes that came so far, of unfinished messages too: proof of life. */
  readonly bytesReceived: number;
  /** Called whenever bytes that waited have all been taken by the network. */
  set onDrain(listener: () => void);
  /**
   * Why the other side, which dialled, is not the node it says it is; `undefined` if it may be. For a transport that
   * verifies who dials.
   */
  problemWith?(node: NodeName): string | undefined;
  /** Bytes are the listener's while it is called: their memory may be used again after that. */
  set onMessage(listener: (data: Uint8Array | string) => void);
  /**
   * Called when nothing comes any more; if this side closes it, when the socket has closed. Whoever is told of the end of the
   * other side may close the socket then, with another listener.
   * @param listener `problem` says what the peer did wrong, if it did
   */
  set onClose(listener: (problem: string | undefined) => void);
  /**
   * Is asked where the bytes of a message go that begins, `undefined` if anywhere. A transport that can puts them there,
   * and calls `onMessage` with that memory.
   */
  roomFor?: (length: number) => Uint8Array | undefined;
  /** @param whenSent is called when the network has taken this and all before it, and no more reads their memory, if ever */
  send(data: Uint8Array | string, whenSent?: () => void): void;
  /** Keeps what is sent until `uncork`, so that it leaves together. */
  cork(): void;
  uncork(): void;
  /** The peer has proved itself: it may send as much as it likes, in frames of the agreed size. */
  prove(): void;
  /** Closes once everything sent has left; `onClose` follows when the peer has closed too. */
  close(): void;
  /** Closes at once; `onClose` follows. */
  terminate(): void;
}
