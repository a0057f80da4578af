import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket as Stream } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Door } from './door';
import type { Listener, ListenOptions, Socket } from './transport';
import { subprotocol, wsOptions, WsSocket } from './ws-socket';

/** Waits for the WebSockets of other nodes. What comes and is no node is refused, and never reaches the node. */
export async function listen(options: ListenOptions, onSocket: (socket: Socket) => void): Promise<Listener> {
  const sockets = new WebSocketServer({
    ...wsOptions,
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxFrameBytes,
    handleProtocols: () => subprotocol,
  });
  const server = createServer(timeouts(options.timeoutMs), refuseRequest);
  const door = doorOf(options);
  server.on('connection', (stream: Stream) => door.enter(stream));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!speaksOurs(request)) {
      refuseUpgrade(stream);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (ws) => {
      const socket = new ListenedSocket(ws, request.socket, options.maxUnprovenBytes);
      socket.onProven = () => door.leave(request.socket);
      onSocket(socket);
    });
  });
  await listening(server, options);
  return { port: (server.address() as AddressInfo).port, close: () => closed(server, door) };
}

class ListenedSocket extends WsSocket {
  onProven: () => void = () => undefined;

  override prove(): void {
    super.prove();
    this.onProven();
  }
}

function doorOf({ maxUnproven, maxUnprovenPerAddress = maxUnproven, refused }: ListenOptions): Door {
  const limits = { total: maxUnproven, perAddress: maxUnprovenPerAddress };
  return new Door(limits, (address, problem) => refused?.(address, problem));
}

function speaksOurs(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === subprotocol);
}

const refusalText = `This is a node of a Trestle cluster: it speaks ${subprotocol} over WebSocket.\n`;
const refusalOfUpgrade = [
  'HTTP/1.1 400 Bad Request',
  `X-Trestle-Protocol: ${subprotocol}`,
  'Content-Type: text/plain',
  'Connection: close',
  `Content-Length: ${String(refusalText.length)}`,
  '',
  refusalText,
].join('\r\n');

/** A stranger that says nothing, or says it slowly, is cut off. For the server 0 means never. */
function timeouts(timeoutMs: number): ServerOptions {
  const timeout = timeoutMs === Infinity ? 0 : Math.ceil(timeoutMs);
  const connectionsCheckingInterval = Math.min(1_000, Math.max(timeout, 10));
  return { headersTimeout: timeout, requestTimeout: timeout, connectionsCheckingInterval };
}

/** An upgraded connection is nobody's: what goes wrong with it must not be the program's end. */
function refuseUpgrade(stream: Duplex): void {
  stream.on('error', () => stream.destroy());
  stream.end(refusalOfUpgrade, () => stream.destroy());
}

function refuseRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
  response.end(refusalText);
}

function listening(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server, door: Door): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    door.shut();
  });
}
