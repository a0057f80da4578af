import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket as Stream } from 'node:net';
import type { ClientOptions } from 'ws';
import type { NodeName } from '../../terms/node-name';
import type { HttpRefusal } from './http-refusal';

/** What a server tells of those it could not even understand. */
export type OnRefused = (stream: Stream, problem: string) => void;

/** What is between a stream and the HTTP that becomes a WebSocket: nothing, or TLS. */
export interface Security {
  readonly scheme: 'ws' | 'wss';
  createServer(options: ServerOptions, onRequest: RequestListener, refused: OnRefused): Server;
  /** Why who asks for a WebSocket does not get it; `undefined` if it does. */
  refusalOf(stream: Stream): { readonly refusal: HttpRefusal; readonly problem: string } | undefined;
  /** Why the other side is not the node it says it is; `undefined` if it may be. */
  problemWith(stream: Stream, node: NodeName): string | undefined;
  /** What dialling takes. */
  dialOptions(node: NodeName | undefined): ClientOptions;
}

/** The first byte of a client that speaks TLS: the record of a handshake. */
export const tlsHandshakeByte = 0x16;

/** Nothing is encrypted. */
export const unsecured: Security = {
  scheme: 'ws',
  createServer(options, onRequest, refused) {
    const server = createServer(options, onRequest);
    server.on('clientError', (error: Error & { rawPacket?: Uint8Array }, stream: Stream) => {
      if (error.rawPacket?.[0] === tlsHandshakeByte) refused(stream, 'it wants TLS, and this node has none');
      // The bytes of an HTTP answer are no TLS: the client knows at once.
      if (stream.writable) stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      stream.destroySoon();
    });
    return server;
  },
  refusalOf: () => undefined,
  problemWith: () => undefined,
  dialOptions: () => ({}),
};
