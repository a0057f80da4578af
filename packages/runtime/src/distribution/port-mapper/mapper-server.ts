import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, ClockTimer } from '../../terms/clock';
import { awaitPatiently } from '../../process/patient-timer';
import { LineSplitter } from './line-splitter';
import { bindAddress, isSameHost } from '../../terms/host-address';
import {
  formatLine,
  mapperLimits,
  parseRequest,
  type MapperAnswer,
  type MapperRequest,
} from './mapper-protocol';

export interface MapperServerOptions {
  /** The host part of the names; it decides on the interface. */
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** Whether there was a mapper before, whose nodes will register again. */
  readonly tookOver: boolean;
  /** Told of the names that are known, whenever they change. */
  readonly namesChanged: (names: readonly string[]) => void;
}

/** The port mapper of a host: knows which name listens where, as long as the one that registered it is connected. */
export class MapperServer {
  private readonly ports = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private readonly settledAt: number;
  private isClosing = false;
  private readonly server: Server;

  /** Binds the port; `undefined` if somebody else has it. */
  static listen(options: MapperServerOptions): Promise<MapperServer | undefined> {
    const mapper = new MapperServer(options);
    const host = bindAddress(options.host);
    return new Promise((resolve, reject) => {
      // It stays: to run out of descriptors is no reason to end.
      mapper.server.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') resolve(undefined);
        else reject(error);
      });
      mapper.server.listen({ port: options.port, ...(host === undefined ? {} : { host }) }, () =>
        resolve(mapper),
      );
    });
  }

  private constructor(private readonly options: MapperServerOptions) {
    this.settledAt =
      options.clock.now() + (options.tookOver ? mapperLimits.takeOverMs : mapperLimits.startMs);
    this.server = createServer((socket) => this.serve(socket));
    this.server.maxConnections = mapperLimits.maxConnections;
  }

  /** Registers a name of the process that serves; it stays as long as the mapper. */
  register(name: string, port: number): boolean {
    if (this.ports.has(name) || this.ports.size >= mapperLimits.maxNames) return false;
    this.ports.set(name, port);
    this.options.namesChanged([...this.ports.keys()]);
    return true;
  }

  /** Stops to listen and hangs up on everybody. */
  close(): Promise<void> {
    this.isClosing = true;
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const socket of this.sockets) socket.destroy();
    });
  }

  private serve(socket: Socket): void {
    new MapperGuest(socket, this.options.clock, (request, guest) => this.answer(request, guest, socket));
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private answer(request: MapperRequest, guest: MapperGuest, socket: Socket): MapperAnswer {
    switch (request.type) {
      case 'register':
        return isSameHost(socket.localAddress, socket.remoteAddress)
          ? this.admit(request.name, request.port, guest, socket)
          : { type: 'refused' };
      case 'lookup': {
        const port = this.ports.get(request.name);
        if (port !== undefined) return { type: 'found', port };
        return { type: 'unknown', settling: this.options.clock.now() < this.settledAt };
      }
      case 'names':
        return { type: 'names', names: Array.from(this.ports, ([name, port]) => ({ name, port })) };
    }
  }

  private admit(name: string, port: number, guest: MapperGuest, socket: Socket): MapperAnswer {
    if (this.ports.has(name)) return { type: 'taken' };
    if (guest.isRegistered || !this.register(name, port)) return { type: 'refused' };
    guest.stay();
    this.forgetAtEnd(name, socket);
    return { type: 'registered' };
  }

  /** A name is free as soon as its node has hung up: whoever asks for it next may come in the same turn. */
  private forgetAtEnd(name: string, socket: Socket): void {
    const forget = (): void => {
      socket.off('end', forget).off('close', forget);
      this.ports.delete(name);
      if (!this.isClosing) this.options.namesChanged([...this.ports.keys()]);
    };
    socket.on('end', forget).on('close', forget);
  }
}

/** One connection to the mapper. */
class MapperGuest {
  isRegistered = false;
  private readonly lines = new LineSplitter(mapperLimits.maxRequestBytes);
  private readonly timer: ClockTimer;

  constructor(
    private readonly socket: Socket,
    clock: Clock,
    private readonly answer: (request: MapperRequest, guest: MapperGuest) => MapperAnswer,
  ) {
    this.timer = awaitPatiently(clock, mapperLimits.idleMs, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.receive(chunk));
    // A 'close' follows.
    socket.on('error', () => undefined);
    socket.once('close', () => this.timer.cancel());
  }

  /** It has registered a name, which lasts as long as the connection. */
  stay(): void {
    this.isRegistered = true;
    this.timer.cancel();
    // Tells of a process that went without a word, should the system keep its connection.
    this.socket.setKeepAlive(true, 60_000);
  }

  private receive(chunk: string): void {
    for (const line of this.lines.push(chunk) ?? ['too long a line']) {
      const request = parseRequest(line);
      if (request === undefined) {
        this.socket.destroy();
        return;
      }
      this.socket.write(formatLine(this.answer(request, this)));
    }
  }
}
