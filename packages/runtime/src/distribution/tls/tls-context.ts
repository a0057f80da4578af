import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { Credentials } from './credentials';

/**
 * With what both sides speak TLS. No session is resumed: a certificate that is not good any more must not live on in a
 * ticket.
 */
export function contextOf(credentials: Credentials): SecureContextOptions {
  return {
    ...credentials.reveal(),
    minVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
