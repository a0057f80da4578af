/** Where to connect for a host as it stands in a node's name: IPv6 addresses stand in brackets there. */
export function connectAddress(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Where a node and the mapper of its host listen: on loopback if the nodes have loopback names, so that no other machine sees
 * them; else on all interfaces (`undefined`).
 */
export function bindAddress(host: string): string | undefined {
  const address = connectAddress(host);
  if (address === 'localhost') return '127.0.0.1';
  return address === '::1' || /^127(\.\d+){3}$/.test(address) ? address : undefined;
}

/** Tells whether both ends of a connection are on one machine. */
export function isSameHost(local: string | undefined, remote: string | undefined): boolean {
  return (
    remote !== undefined && (plain(remote) === plain(local ?? '') || bindAddress(plain(remote)) !== undefined)
  );
}

/** An IPv4 address that arrived over an IPv6 socket. */
function plain(address: string): string {
  return address.replace(/^::ffff:/, '');
}
