import { bindAddress, connectAddress, isSameHost } from '../../../packages/runtime/src/terms/host-address';

describe('where a node of a host listens', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['localhost', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
  ])('%s is for this machine alone: %s', (host, address) => {
    expect(bindAddress(host)).toBe(address);
  });

  it.each(['10.0.0.5', 'pathfinder', '127.example.org', '[fe80::1]'])(
    '%s is for all: every address',
    (host) => {
      expect(bindAddress(host)).toBeUndefined();
    },
  );

  it('takes the brackets off an IPv6 address to connect to it', () => {
    expect(connectAddress('[fe80::1]')).toBe('fe80::1');
    expect(connectAddress('pathfinder')).toBe('pathfinder');
  });
});

describe('both ends of a connection', () => {
  it.each([
    ['127.0.0.1', '127.0.0.2'],
    // As a socket says it that listens for both kinds of addresses.
    ['::ffff:10.0.0.5', '::ffff:127.0.0.1'],
    ['::1', '::1'],
    ['10.0.0.5', '::ffff:10.0.0.5'],
  ])('are on one machine: %s and %s', (local, remote) => {
    expect(isSameHost(local, remote)).toBe(true);
  });

  it.each([
    ['10.0.0.5', '10.0.0.6'],
    ['127.0.0.1', '::ffff:10.0.0.5'],
    ['fe80::1', 'fe80::2'],
    ['10.0.0.5', undefined],
    [undefined, undefined],
  ])('are on two, for all one knows: %s and %s', (local, remote) => {
    expect(isSameHost(local, remote)).toBe(false);
  });
});
