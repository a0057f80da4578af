import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket as Stream } from 'node:net';
import { refuseStream } from '../socket/http-refusal';
import { tlsHandshakeByte, type OnRefused } from '../socket/security';
import type { Credentials } from './credentials';
import { contextOf } from './tls-context';

/** How a server of TLS is made. */
export interface TlsServerOptions {
  readonly credentials: Credentials;
  readonly http: ServerOptions;
  readonly onRequest: RequestListener;
  readonly refused: OnRefused;
}

/**
 * A server of HTTP over TLS, which tells those who come without TLS that it is needed. Certificates of clients are
 * asked for here and judged later, where there are words to refuse them with.
 */
export function createTlsServer({ credentials, http, onRequest, refused }: TlsServerOptions): Server {
  const timeoutMs = http.headersTimeout ?? 0;
  const server = createServer(
    {
      ...http,
      ...contextOf(credentials),
      requestCert: credentials.mutual,
      rejectUnauthorized: false,
      ...(timeoutMs === 0 ? {} : { handshakeTimeout: timeoutMs }),
    },
    onRequest,
  );
  lookFirst(server, timeoutMs, refused);
  server.on('clientError', (error: NodeJS.ErrnoException, stream: Stream) => {
    if (isOfTls(error.code)) refused(stream, `TLS failed: ${error.code ?? ''}`);
    stream.destroy();
  });
  return server;
}

/** New connections get the new credentials. */
export function renew(server: Server, credentials: Credentials): void {
  server.setSecureContext(contextOf(credentials));
}

/** Looks at the first byte of every connection before the server does. */
function lookFirst(server: Server, timeoutMs: number, refused: OnRefused): void {
  const secure = server.listeners('connection') as ((stream: Stream) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (stream: Stream) => {
    stream.on('error', () => stream.destroy());
    stream.setTimeout(timeoutMs, () => stream.destroy());
    stream.once('end', () => stream.destroy());
    stream.once('data', (data: Buffer) => {
      stream.setTimeout(0);
      stream.removeAllListeners('timeout');
      if (data[0] === tlsHandshakeByte) {
        stream.pause();
        stream.unshift(data);
        for (const listener of secure) listener.call(server, stream);
      } else {
        refused(stream, 'it does not speak TLS');
        refuseStream(stream, 'tls');
      }
    });
  });
}

function isOfTls(code: string | undefined): boolean {
  return code !== undefined && /^ERR_(SSL|TLS)_/.test(code);
}
