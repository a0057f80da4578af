import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { HandshakeError } from '../../terms/errors';
import { subprotocol } from './subprotocol';

/** Why a dialler is refused before it is a WebSocket; `certificate` goes with a code of OpenSSL's. */
export type HttpRefusal = 'protocol' | 'tls' | `certificate ${string}`;

const protocolHeader = 'X-Trestle-Protocol';
const refusalHeader = 'X-Trestle-Refusal';
const text = `This is a node of a Trestle cluster: it speaks ${subprotocol} over WebSocket.\n`;

const statusLines = {
  protocol: '400 Bad Request',
  tls: '426 Upgrade Required',
  certificate: '403 Forbidden',
};

/** Says why in HTTP, and hangs up. The stream is nobody's: what goes wrong with it must not be the program's end. */
export function refuseStream(stream: Duplex, refusal: HttpRefusal): void {
  const [kind] = refusal.split(' ') as [keyof typeof statusLines];
  const lines = [
    `HTTP/1.1 ${statusLines[kind]}`,
    `${protocolHeader}: ${subprotocol}`,
    `${refusalHeader}: ${refusal}`,
    'Content-Type: text/plain',
    'Connection: close',
    `Content-Length: ${String(text.length)}`,
    '',
    text,
  ];
  stream.on('error', () => stream.destroy());
  stream.end(lines.join('\r\n'), () => stream.destroy());
}

/** Answers a request that is for a web server. */
export function refuseRequest(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
  response.end(text);
}

/** What a dialler learns from an answer that is no WebSocket's. */
export function refusalOf(response: IncomingMessage): HandshakeError {
  const spoken = response.headers[protocolHeader.toLowerCase()];
  const [kind, code = ''] = String(response.headers[refusalHeader.toLowerCase()] ?? '').split(' ');
  response.resume();
  if (spoken === undefined) {
    const answer = String(response.statusCode);
    return new HandshakeError('protocol', `what listens there is no node: it answered ${answer}`);
  }
  if (kind === 'tls') {
    return new HandshakeError('tls', 'the other node wants TLS, and this one does not speak it');
  }
  if (kind === 'certificate') {
    // Of what an unknown server says only a code is repeated.
    const why = /^[A-Z_]{1,60}$/.test(code) ? code : 'for a reason it does not tell';
    return new HandshakeError('tls', `the other node does not take this one's certificate: ${why}`);
  }
  return new HandshakeError('version', `this node speaks ${subprotocol}, the other one ${String(spoken)}`);
}
