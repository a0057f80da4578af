// Encrypted nodes: each proves by a certificate that it is the host of its name, and gets a new one while it runs.
import { startNode } from '@trestle/runtime';
// In earnest an authority of your own signs, and the options are paths: { cert: 'node.crt', key: 'node.key', ca: 'ca.crt' }.
import { TestAuthority } from '../test/support/certificates';

async function main(): Promise<void> {
  const authority = await TestAuthority.create();
  const tls = async () => ({ ...(await authority.issue('127.0.0.1')), ca: authority.ca });
  const cookie = 'tls-example-cookie';
  const silent = { log: () => undefined };

  const a = await startNode({ name: 'tls_a@127.0.0.1', cookie, tls, logger: silent });
  const b = await startNode({ name: 'tls_b@127.0.0.1', cookie, tls, logger: silent });
  console.log('with certificates:', await a.ping('tls_b@127.0.0.1'));

  const plain = await startNode({ name: 'tls_plain@127.0.0.1', cookie, logger: silent });
  console.log('without:', await plain.ping('tls_a@127.0.0.1'));

  // process.on('SIGHUP', () => void a.reloadTls()) is what a service would do.
  await a.reloadTls();
  console.log('still connected:', a.list());

  const other = await TestAuthority.create('Somebody else');
  await a.reloadTls({ ...(await other.issue('10.0.0.1')), ca: other.ca }).catch((error: unknown) => {
    console.log((error as Error).message);
  });
  await Promise.all([a.stop(), b.stop(), plain.stop()]);
}

void main();

// prints:
// with certificates: pong
// without: pang
// still connected: [ 'tls_b@127.0.0.1' ]
// reloadTls: expected a certificate in tls.cert for the address 127.0.0.1, got one for IP Address:10.0.0.1
