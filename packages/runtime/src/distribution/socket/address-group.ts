/** Groups of 16 bits of an IPv6 address that a network gives to one customer: 64 bits. */
const groupsOfNetwork = 4;

/**
 * Who is behind an address, as far as limits care: an IPv4 address is one party; so is a network of 64 bits of IPv6,
 * of which a single machine has all the addresses.
 */
export function addressGroup(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) while (groups.length < groupsOfNetwork) groups.push('0');
  const network = groups.slice(0, groupsOfNetwork).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
