import type { LocalNode } from '../../node/local-node';
import type { TlsSource } from '../../node/options/tls-options';
import { BadArgumentError } from '../../terms/errors';
import { dial } from '../socket/dial';
import { listen } from '../socket/listen';
import type {
  DialOptions,
  Listener,
  ListenOptions,
  Socket,
  SocketAddress,
  Transport,
} from '../socket/transport';
import { tcpPulse } from '../pulse/tcp-pulse';
import { loadCredentials, type Credentials } from './credentials';
import { TlsSecurity } from './tls-security';

/** Nodes talk by WebSocket over TLS (`wss`). OTP: `-proto_dist inet_tls`. */
export class TlsTransport implements Transport {
  /** What a pulse says needs no secrecy, and is proved without TLS. */
  readonly pulse = tcpPulse;
  private reloads: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly node: LocalNode,
    private source: TlsSource,
    private readonly security: TlsSecurity,
  ) {}

  /** @throws BadArgumentError if the credentials are not good */
  static async start(node: LocalNode, source: TlsSource): Promise<TlsTransport> {
    return new TlsTransport(node, source, new TlsSecurity(await load('startNode', node, source)));
  }

  listen(options: ListenOptions, onSocket: (socket: Socket) => void): Promise<Listener> {
    return listen(options, onSocket, this.security);
  }

  dial(address: SocketAddress, options: DialOptions): Promise<Socket> {
    return dial(address, options, this.security);
  }

  /**
   * Reads the credentials anew, or takes others, for connections that are made from now on.
   * @throws BadArgumentError if they are not good; then nothing has changed
   */
  reload(source?: TlsSource): Promise<void> {
    const reload = this.reloads.then(() => this.replace(source ?? this.source));
    // Whether one fails is of no concern to the next.
    this.reloads = reload.catch(() => undefined);
    return reload;
  }

  private async replace(source: TlsSource): Promise<void> {
    const credentials = await load('reloadTls', this.node, source);
    if (credentials.mutual !== this.security.mutual) {
      const expected = `tls.mutual to be ${String(this.security.mutual)}, as when the node started`;
      throw new BadArgumentError({ call: 'reloadTls', expected, got: credentials.mutual });
    }
    this.security.use(credentials);
    this.source = source;
  }
}

function load(call: string, { name, clock }: LocalNode, source: TlsSource): Promise<Credentials> {
  return loadCredentials({ call, node: name, now: clock.wallTime() }, source);
}
