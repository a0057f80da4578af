import type { Socket as Stream } from 'node:net';
import { WebSocket } from 'ws';
import { HandshakeError } from '../../terms/errors';
import { refusalOf } from './http-refusal';
import { unsecured, type Security } from './security';
import type { DialOptions, Socket, SocketAddress } from './transport';
import { subprotocol } from './subprotocol';
import { unmasked, wsOptions, WsSocket } from './ws-socket';

/** Opens a WebSocket to a node. */
export function dial(
  { host, port }: SocketAddress,
  options: DialOptions,
  security: Security = unsecured,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const ws = new WebSocket(`${security.scheme}://${where}:${String(port)}/`, subprotocol, {
      ...wsOptions,
      ...unmasked,
      ...security.dialOptions(options.node),
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
      ws.emit('error', refusalOf(response));
      ws.terminate();
    });
    ws.on('error', (error) => {
      settled();
      reject(security.scheme === 'wss' ? inWordsOfTls(error) : error);
    });
    ws.once('open', () => {
      settled();
      resolve(new WsSocket(ws, stream, { ...options, masked: false }));
    });
    if (options.signal.aborted) giveUp();
  });
}

/** Codes of OpenSSL and of Node.js that speak of certificates. */
const ofCertificates =
  /^(ERR_TLS_CERT|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_|PATH_LENGTH|HOSTNAME_MISMATCH)/;
const ofTls = /^(EPROTO$|ERR_SSL_|ERR_TLS_)/;

function inWordsOfTls(error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (ofCertificates.test(code)) {
    return new HandshakeError('tls', `the certificate of the other node is not good: ${error.message}`);
  }
  if (!ofTls.test(code)) return error;
  const plain = /wrong version number|packet length too long/i.test(error.message);
  const what = plain ? 'the other side does not speak TLS' : `TLS failed: ${code}`;
  return new HandshakeError('tls', what);
}
