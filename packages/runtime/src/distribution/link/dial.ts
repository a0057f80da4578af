import type { IncomingMessage } from 'node:http';
import type { Socket as Stream } from 'node:net';
import { WebSocket } from 'ws';
import { HandshakeError } from '../../terms/errors';
import type { DialOptions, Socket, SocketAddress } from './transport';
import { subprotocol, unmasked, wsOptions, WsSocket } from './ws-socket';

/** Opens a WebSocket to a node. */
export function dial({ host, port }: SocketAddress, options: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const ws = new WebSocket(`ws://${where}:${String(port)}/`, subprotocol, {
      ...wsOptions,
      ...unmasked,
      maxPayload: options.maxFrameBytes,
      ...(options.timeoutMs === Infinity ? {} : { handshakeTimeout: Math.ceil(options.timeoutMs) }),
      followRedirects: false,
    });
    const giveUp = (): void => ws.terminate();
    const settled = (): void => options.signal.removeEventListener('abort', giveUp);
    options.signal.addEventListener('abort', giveUp);
    let stream: Stream;
    ws.once('upgrade', (response) => (stream = response.socket));
    ws.once('unexpected-response', (_request, response) => {
      ws.emit('error', refusal(response));
      ws.terminate();
    });
    ws.on('error', (error) => {
      settled();
      reject(error);
    });
    ws.once('open', () => {
      settled();
      resolve(new WsSocket(ws, stream, options.maxUnprovenBytes));
    });
    if (options.signal.aborted) giveUp();
  });
}

function refusal(response: IncomingMessage): HandshakeError {
  const spoken = response.headers['x-trestle-protocol'];
  response.resume();
  return spoken === undefined
    ? new HandshakeError(
        'protocol',
        `what listens there is no node: it answered ${String(response.statusCode)}`,
      )
    : new HandshakeError('version', `this node speaks ${subprotocol}, the other one ${String(spoken)}`);
}
