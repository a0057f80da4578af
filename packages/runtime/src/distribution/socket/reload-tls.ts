import type { TlsSource } from '../../node/options/tls-options';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import type { Transport } from './transport';

/**
 * Reloads the credentials of a transport.
 * @throws BadArgumentError if it has none
 */
export async function reloadTls(transport: Transport, source: TlsSource | undefined): Promise<void> {
  if (transport.reload !== undefined) return transport.reload(source);
  throw new BadArgumentError({
    call: 'reloadTls',
    expected: 'a node that was started with tls',
    got: prose('one without'),
  });
}
