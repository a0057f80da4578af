import { BadArgumentError, isNodeName, isPid, isRef, localName, nodeOfPid, type Pid } from '@trestle/runtime';
import {
  checkName,
  describeAddress,
  destinationOf,
  nodeOfDestination,
} from '../../../packages/runtime/src/terms/address';
import { checkNodeName, hostOf, shortName } from '../../../packages/runtime/src/terms/node-name';
import { isPidShaped } from '../../../packages/runtime/src/terms/pid';
import { RefSource } from '../../../packages/runtime/src/terms/ref';

const pid = '<n1@127.0.0.1/42.7/rs>' as Pid;

describe('a node name', () => {
  it.each([
    'n1@127.0.0.1',
    'nonode@nohost',
    'a_b-c.d@host.example',
    'x@[::1]',
    'x@[2001:db8::7]',
    'x@[::ffff:10.0.0.1]',
    `${'n'.repeat(250)}@host`,
  ])('is well formed: %s', (name) => {
    expect(isNodeName(name)).toBe(true);
    expect(checkNodeName('test', name)).toBe(name);
    expect(`${shortName(name)}@${hostOf(name)}`).toBe(name);
  });

  it.each([
    '',
    'n1',
    '@host',
    'n1@',
    'n1@a@b',
    'n 1@host',
    'n1@ho/st',
    'n@h:1',
    'n@::1',
    'n@[::1',
    'n@::1]',
    'n@[host]',
    'n@[fe80::1%eth0]',
    '<n1@host>',
    '-n@host',
    `${'n'.repeat(251)}@host`,
    5,
    null,
  ])('is refused: %p', (name) => {
    expect(isNodeName(name)).toBe(false);
    expect(() => checkNodeName('connect', name)).toThrow(BadArgumentError);
  });
});

describe('a pid', () => {
  it('is a string that names its node, and the same after a trip as JSON', () => {
    expect(isPid(pid)).toBe(true);
    expect(nodeOfPid(pid)).toBe('n1@127.0.0.1');
    expect(JSON.parse(JSON.stringify(pid))).toBe(pid);
  });

  it.each([
    '',
    'kv',
    '<>',
    '<n@h>',
    '<n@h/1/1>',
    '<n@h/1.1/>',
    '<n@h/1.1/A>',
    '<n@h/1.1/1',
    ' <n@h/1.1/1>',
    '<n h/1.1/1>',
    5,
    undefined,
    {},
  ])('is not: %p', (value) => {
    expect(isPid(value)).toBe(false);
    expect(() => nodeOfPid(value as string)).toThrow('nodeOfPid: expected a pid, got');
  });

  it('can be told at a glance from what has no node', () => {
    expect(isPidShaped(pid)).toBe(true);
    for (const value of ['kv', '<0.1.0>', '<a/1.0/1>', '<kv', '<@/>', '<n@h/1.0/1', 5]) {
      expect(isPidShaped(value)).toBe(false);
    }
  });
});

describe('a reference', () => {
  it('is never made twice, on any node or in any life of one', () => {
    const sources = [new RefSource('a@h', 1), new RefSource('a@h', 2), new RefSource('b@h', 1)];
    const refs = new Set(sources.flatMap((source) => Array.from({ length: 100 }, () => source.next())));
    expect(refs.size).toBe(300);
    for (const ref of refs) expect(isRef(ref)).toBe(true);
  });

  it.each(['', '#Ref<>', 'kv', pid, 5])('is not: %p', (value) => {
    expect(isRef(value)).toBe(false);
  });
});

describe('an address', () => {
  it('has a plain form: a pid, or a name with its node', () => {
    expect(destinationOf('t', pid, 'n@h')).toBe(pid);
    expect(destinationOf('t', 'kv', 'n@h')).toEqual({ name: 'kv', node: 'n@h' });
    expect(destinationOf('t', localName('kv'), 'n@h')).toEqual({ name: 'kv', node: 'n@h' });
    expect(destinationOf('t', localName('kv').on('b@h'), 'n@h')).toEqual({ name: 'kv', node: 'b@h' });
    expect(nodeOfDestination(pid)).toBe('n1@127.0.0.1');
    expect(nodeOfDestination({ name: 'kv', node: 'b@h' })).toBe('b@h');
  });

  it('has a form for error texts', () => {
    expect(describeAddress(pid, 'n@h')).toBe(pid);
    expect(describeAddress('kv', 'n@h')).toBe('kv@n@h');
    expect(describeAddress(localName('kv'), 'n@h')).toBe('kv@n@h');
    expect(describeAddress({ name: 'kv', node: 'b@h' }, 'n@h')).toBe('kv@b@h');
  });

  it.each([
    5,
    null,
    undefined,
    {},
    { name: 'kv' },
    { name: '', node: 'b@h' },
    { name: 'kv', node: 'b' },
    '',
    '<kv',
    '<n@h/1.0/1',
  ])('is refused: %p', (value) => {
    expect(() => destinationOf('send', value, 'n@h')).toThrow(BadArgumentError);
  });

  it('by name never looks like a pid', () => {
    expect(checkName('t', 'any name, <really>')).toBe('any name, <really>');
    for (const name of ['', '<', pid, 5, null])
      expect(() => localName(name as string)).toThrow(BadArgumentError);
  });

  it('on a node names a node', () => {
    for (const node of ['zz', '', '@h', 5, undefined, null])
      expect(() => localName('kv').on(node as string)).toThrow(
        /^localName.on: expected a node name of the form 'name@host', got /,
      );
  });
});
