import { connect, type Socket } from 'node:net';
import type { Clock, ClockTimer } from '../../terms/clock';
import { awaitPatiently } from '../../process/patient-timer';
import { LineSplitter } from './line-splitter';
import { connectAddress } from '../../terms/host-address';
import { PortMapperError } from './mapper-error';
import {
  formatLine,
  mapperLimits,
  parseAnswer,
  type MapperAnswer,
  type MapperRequest,
} from './mapper-protocol';

export interface MapperConnectionOptions {
  readonly host: string;
  /** The mapper's port. */
  readonly port: number;
  readonly clock: Clock;
  /** Gives up: the connection closes. */
  readonly signal?: AbortSignal | undefined;
}

/** The port is not free for another node to take over, and whoever has it keeps it until it ends. */
function silent(ms: number): string {
  return (
    `does not answer within ${String(ms)} ms: the process that has it is stopped or blocked; ` +
    'another node takes over when that process has ended, and with resolve and fixed ports none is needed'
  );
}

/** A connection to the port mapper of a host, which may be another node. */
export class MapperConnection {
  /** The connection is gone, after a request was answered. */
  onClose: () => void = () => undefined;
  private readonly lines = new LineSplitter(mapperLimits.maxAnswerBytes);
  private readonly timer: ClockTimer;

  /**
   * Connects, and asks one thing. Resolves with the answer and the connection, which stays open, or with `undefined`
   * if no mapper is there (any more).
   * @throws PortMapperError if the host cannot be reached, or what listens there is no port mapper
   */
  static ask(
    options: MapperConnectionOptions,
    request: MapperRequest,
  ): Promise<{ answer: MapperAnswer; connection: MapperConnection } | undefined> {
    return new Promise((resolve, reject) => {
      const connection = new MapperConnection(options, request, (result) => {
        if (result === undefined) resolve(undefined);
        else if (result instanceof PortMapperError) reject(result);
        else resolve({ answer: result, connection });
      });
    });
  }

  private readonly socket: Socket;

  private constructor(
    private readonly options: MapperConnectionOptions,
    request: MapperRequest,
    private settle: (result: MapperAnswer | PortMapperError | undefined) => void,
  ) {
    const { host, port, clock, signal } = options;
    const socket = (this.socket = connect({ host: connectAddress(host), port }));
    const patienceMs = request.type === 'register' ? mapperLimits.registerMs : mapperLimits.answerMs;
    this.timer = awaitPatiently(clock, patienceMs, () => this.finish(this.problem(silent(patienceMs))));
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(formatLine(request)));
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.finish(this.outcomeOf(error)));
    socket.once('close', () => this.closed());
    signal?.addEventListener('abort', this.close);
    if (signal?.aborted === true) this.close();
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  readonly close = (): void => {
    this.socket.destroy();
  };

  private receive(chunk: string): void {
    const lines = this.lines.push(chunk);
    if (lines?.length === 0) return;
    const answer = lines === undefined ? undefined : parseAnswer(lines[0] ?? '');
    this.finish(answer ?? this.problem('is held by something that is no port mapper of Trestle'));
  }

  private outcomeOf(error: NodeJS.ErrnoException): PortMapperError | undefined {
    const gone = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '');
    return gone ? undefined : this.problem(`cannot be reached: ${error.message}`);
  }

  private problem(what: string): PortMapperError {
    const { host, port } = this.options;
    return new PortMapperError(`the port mapper's port ${host}:${port} ${what}`);
  }

  private closed(): void {
    this.options.signal?.removeEventListener('abort', this.close);
    const wasSettled = this.finish(undefined);
    if (wasSettled) this.onClose();
  }

  /** The first result counts; only an answer leaves the connection open. Returns whether there was one before. */
  private finish(result: MapperAnswer | PortMapperError | undefined): boolean {
    const { settle } = this;
    if (settle === settled) return true;
    this.settle = settled;
    this.timer.cancel();
    if (result === undefined || result instanceof PortMapperError) this.socket.destroy();
    settle(result);
    return false;
  }
}

/** Stands where the listener stood once it has been told. */
function settled(): void {
  // Nothing that comes later is of interest.
}
