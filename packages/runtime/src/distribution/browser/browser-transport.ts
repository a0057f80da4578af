import type { Clock } from '../../terms/clock';
import type { NodeName } from '../../terms/node-name';
import { subprotocol } from '../socket/subprotocol';
import type { DialOptions, Listener, Socket, SocketAddress, Transport } from '../socket/transport';
import { BrowserSocket } from './browser-socket';
import { opened } from './opening';
import type { WebSocketClass } from './web-socket';

/** Nodes are dialled by the WebSockets of the platform. Nobody can dial a web page. */
export class BrowserTransport implements Transport {
  /** @param urls where the nodes are that can be dialled */
  constructor(
    private readonly urls: ReadonlyMap<NodeName, string>,
    private readonly clock: Clock,
    private readonly WebSocket: WebSocketClass,
  ) {}

  /** Where a node is; `undefined` if there is no URL of it. */
  readonly locate = (node: NodeName): SocketAddress | undefined => {
    const url = this.urls.get(node);
    if (url === undefined) return undefined;
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname, port: port === '' ? (protocol === 'wss:' ? 443 : 80) : Number(port) };
  };

  /** Nobody ever comes. */
  listen(): Promise<Listener> {
    return Promise.resolve({ port: 0, close: () => Promise.resolve() });
  }

  async dial({ host, port }: SocketAddress, options: DialOptions): Promise<Socket> {
    const { clock } = this;
    const known = options.node === undefined ? undefined : this.urls.get(options.node);
    const url = known ?? `ws://${host}:${String(port)}/`;
    const ws = new this.WebSocket(url, subprotocol);
    ws.binaryType = 'arraybuffer';
    await opened(ws, { ...options, url, clock });
    return new BrowserSocket(ws, { ...options, url, clock });
  }
}
