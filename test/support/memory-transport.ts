import type {
  DialOptions,
  Listener,
  ListenOptions,
  Socket,
  SocketAddress,
  Transport,
} from '../../packages/runtime/src/distribution/link/transport';

/** A network in memory: delivers messages in later turns of the event loop, in order, and can be cut or frozen. */
export class MemoryNetwork {
  /** What was dialled, in order. */
  readonly dialled: number[] = [];
  private readonly listeners = new Map<number, (socket: Socket) => void>();
  private readonly sockets = new Set<MemorySocket>();
  private frozen: MemorySocket[] = [];
  private lastPort = 0;
  private dials: Promise<void> = Promise.resolve();

  /** The transport of the nodes of this network. */
  readonly transport: Transport = {
    listen: (options, onSocket) => this.listen(options, onSocket),
    dial: (address, options) => this.dial(address, options),
  };

  /** Sockets that are open, counting both ends of each connection. */
  get open(): number {
    return this.sockets.size;
  }

  /** Closes every connection, as when each other side is killed. */
  cut(): void {
    for (const socket of [...this.sockets]) socket.terminate();
  }

  /** From now on nothing of what is sent over the connections there are arrives, not even that they close. */
  freeze(): void {
    this.frozen = [...this.sockets];
    for (const socket of this.frozen) socket.isFrozen = true;
  }

  /** Ends every frozen socket that is left, as an operating system does in the end. */
  thaw(): void {
    for (const socket of this.frozen) socket.closed();
  }

  /** Every dial waits until the returned function is called. */
  holdDials(): () => void {
    let release = (): void => {};
    this.dials = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** Sends on behalf of one end of every connection. */
  inject(data: Uint8Array | string): void {
    for (const socket of [...this.sockets].slice(0, 1)) socket.send(data);
  }

  remove(socket: MemorySocket): void {
    this.sockets.delete(socket);
  }

  private async listen(options: ListenOptions, onSocket: (socket: Socket) => void): Promise<Listener> {
    const port = options.port === 0 ? ++this.lastPort : options.port;
    if (this.listeners.has(port)) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
    this.listeners.set(port, onSocket);
    return { port, close: async () => void this.listeners.delete(port) };
  }

  private async dial({ port }: SocketAddress, { signal }: DialOptions): Promise<Socket> {
    this.dialled.push(port);
    await this.dials;
    await new Promise((resolve) => setImmediate(resolve));
    const onSocket = this.listeners.get(port);
    if (onSocket === undefined || signal.aborted) throw new Error('connection refused');
    const [here, there] = [new MemorySocket(this), new MemorySocket(this)];
    Object.assign(here, { other: there });
    Object.assign(there, { other: here });
    this.sockets.add(here).add(there);
    onSocket(there);
    return here;
  }
}

/** One end of a connection in memory. */
export class MemorySocket implements Socket {
  readonly remoteAddress = 'memory';
  bufferedAmount = 0;
  bytesReceived = 0;
  isFrozen = false;
  readonly other!: MemorySocket;
  private hasClosed = false;
  private messageListener: (data: Uint8Array | string) => void = () => {};
  private closeListener: (problem: string | undefined) => void = () => {};

  constructor(private readonly network: MemoryNetwork) {}

  set onMessage(listener: (data: Uint8Array | string) => void) {
    this.messageListener = listener;
  }

  set onClose(listener: (problem: string | undefined) => void) {
    this.closeListener = listener;
    if (this.hasClosed) listener(undefined);
  }

  send(data: Uint8Array | string): void {
    if (this.hasClosed) return;
    const sent = typeof data === 'string' ? data : data.slice();
    this.later(() => this.other.receive(sent));
  }

  prove(): void {}

  close(): void {
    if (this.hasClosed) return;
    this.later(() => this.other.terminate());
  }

  terminate(): void {
    if (this.hasClosed) return;
    this.later(() => this.other.closed());
    this.closed();
  }

  closed(): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    this.network.remove(this);
    setImmediate(() => this.closeListener(undefined));
  }

  private receive(data: Uint8Array | string): void {
    if (this.hasClosed) return;
    this.bytesReceived += data.length;
    this.messageListener(data);
  }

  private later(arrive: () => void): void {
    setImmediate(() => {
      if (!this.isFrozen) arrive();
    });
  }
}
