import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { AddressInfo, Socket as Stream } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Door, whereFrom } from './door';
import { refuseRequest, refuseStream } from './http-refusal';
import { ListenedSocket } from './listened-socket';
import { unsecured, type Security } from './security';
import type { Listener, ListenOptions, Socket } from './transport';
import { subprotocol } from './subprotocol';
import { wsOptions } from './ws-socket';

/** Waits for the WebSockets of other nodes. What comes and is no node is refused, and never reaches the node. */
export async function listen(
  options: ListenOptions,
  onSocket: (socket: Socket) => void,
  security: Security = unsecured,
): Promise<Listener> {
  const sockets = new WebSocketServer({
    ...wsOptions,
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxFrameBytes,
    handleProtocols: () => subprotocol,
  });
  const refused = (stream: Stream, problem: string): void => options.refused?.(whereFrom(stream), problem);
  const server = security.createServer(timeouts(options.timeoutMs), refuseRequest, refused);
  const door = doorOf(options);
  server.on('connection', (stream: Stream) => door.enter(stream));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!speaksOurs(request)) {
      refuseStream(stream, 'protocol');
      return;
    }
    const refusal = security.refusalOf(request.socket);
    if (refusal !== undefined) {
      refused(request.socket, refusal.problem);
      refuseStream(stream, refusal.refusal);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (ws) => {
      const socket = new ListenedSocket(ws, request.socket, options, security);
      socket.onProven = () => door.leave(request.socket);
      onSocket(socket);
    });
  });
  await listening(server, options);
  return { port: (server.address() as AddressInfo).port, close: () => closed(server, door) };
}

function doorOf({ maxUnproven, maxUnprovenPerAddress = maxUnproven, refused }: ListenOptions): Door {
  const limits = { total: maxUnproven, perAddress: maxUnprovenPerAddress };
  return new Door(limits, (address, problem) => refused?.(address, problem));
}

function speaksOurs(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === subprotocol);
}

/** A stranger that says nothing, or says it slowly, is cut off. For the server 0 means never. */
function timeouts(timeoutMs: number): ServerOptions {
  const timeout = timeoutMs === Infinity ? 0 : Math.ceil(timeoutMs);
  const connectionsCheckingInterval = Math.min(1_000, Math.max(timeout, 10));
  return { headersTimeout: timeout, requestTimeout: timeout, connectionsCheckingInterval };
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
