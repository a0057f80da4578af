import type { RequestListener, Server as HttpServer, ServerOptions } from 'node:http';
import type { Server } from 'node:https';
import { isIP, type Socket as Stream } from 'node:net';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { ClientOptions } from 'ws';
import type { NodeName } from '../../terms/node-name';
import type { HttpRefusal } from '../socket/http-refusal';
import type { OnRefused, Security } from '../socket/security';
import type { Credentials } from './credentials';
import { contextOf } from './tls-context';
import { createTlsServer, renew } from './tls-server';

/** What a stream of TLS knows of the other side. */
type Secured = Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerCertificate'>;

/** Connections over TLS, with credentials that can be replaced while they are in use. */
export class TlsSecurity implements Security {
  readonly scheme = 'wss';
  private readonly servers = new Set<Server>();

  constructor(private credentials: Credentials) {}

  get mutual(): boolean {
    return this.credentials.mutual;
  }

  /** From now on new connections, of both directions, have these. */
  use(credentials: Credentials): void {
    this.credentials = credentials;
    for (const server of this.servers) renew(server, credentials);
  }

  createServer(http: ServerOptions, onRequest: RequestListener, refused: OnRefused): HttpServer {
    const server = createTlsServer({ credentials: this.credentials, http, onRequest, refused });
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
    return server;
  }

  refusalOf(stream: Stream): { readonly refusal: HttpRefusal; readonly problem: string } | undefined {
    const socket = stream as Stream & Secured;
    if (!this.credentials.mutual || socket.authorized) return undefined;
    const code = hasCertificate(socket) ? authorizationCode(socket) : 'NO_CERTIFICATE';
    return { refusal: `certificate ${code}`, problem: `its certificate is not good: ${code}` };
  }

  problemWith(stream: Stream, node: NodeName): string | undefined {
    if (!this.credentials.mutual) return undefined;
    return this.credentials.problemWith(node, (stream as Stream & Secured).getPeerCertificate());
  }

  dialOptions(node: NodeName | undefined): ClientOptions {
    const { credentials } = this;
    const name = node === undefined ? undefined : credentials.certificateName(node);
    return {
      ...contextOf(credentials),
      rejectUnauthorized: true,
      // Whatever address the node was found at, it is its name that the certificate must show.
      ...(name === undefined
        ? {}
        : {
            servername: isIP(name) === 0 ? name : '',
            checkServerIdentity: (host: string, certificate: PeerCertificate) =>
              checkServerIdentity(name, certificate),
          }),
    } as unknown as ClientOptions;
  }
}

function hasCertificate(socket: Secured): boolean {
  return Object.keys(socket.getPeerCertificate()).length > 0;
}

/** The types say it is an error; it is a code. */
function authorizationCode({ authorizationError }: Secured): string {
  return String(authorizationError);
}
