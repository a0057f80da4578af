import {
  bindAddress,
  connectAddress,
} from '../../../../packages/runtime/src/distribution/port-mapper/mapper-address';

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
