import { BadArgumentError, startNode, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';

let sim: Simulation;
let a: Node;
let b: Node;

const redial = { minMs: 100, maxMs: 1_000 };

beforeEach(async () => {
  sim = new Simulation({ seed: 31, nodes: { redial } });
  [a, b] = [await sim.start('a'), await sim.start('b')];
});
afterEach(() => sim.stop());

const connects = (from: Node, to: string): Promise<boolean> => sim.until(from.connect(to));
const warnings = (node: Node): string[] =>
  sim.log.flatMap((record) => (record.node === node.name && record.level === 'warning' ? [record.text] : []));

describe('a node that allows some nodes', () => {
  it('lets in and connects to those, and no others, whoever dials, and both sides log why', async () => {
    a.allow(['c@sim']);
    const c = await sim.start('c');
    expect([await connects(b, 'a@sim'), await connects(a, 'b@sim')]).toEqual([false, false]);
    expect(await connects(c, 'a@sim')).toBe(true);
    expect(warnings(b)).toEqual(['no connection to node a@sim: a@sim does not allow this node']);
    expect(warnings(a)).toEqual([
      expect.stringMatching(/was refused: b@sim is not allowed$/),
      'no connection to node b@sim: this node does not allow it',
    ]);
  });

  it('can allow further ones, one after another, by patterns too', async () => {
    expect(a.allowed()).toBeUndefined();
    a.allow(['c@sim']);
    a.allow(['b*@sim', 'c@sim']);
    expect(a.allowed()).toEqual(['c@sim', 'b*@sim']);
    expect(await connects(a, 'b@sim')).toBe(true);
  });

  it('can be started so', async () => {
    const picky = await sim.start('picky', { allow: ['a@*'] });
    expect([await connects(b, 'picky@sim'), await connects(picky, 'a@sim')]).toEqual([false, true]);
  });

  it('keeps the connections that it has; what is lost then is dialled by it no more, nor taken in again', async () => {
    expect(await connects(a, 'b@sim')).toBe(true);
    a.allow(['c@sim']);
    await sim.advance(1_000);
    expect(a.list()).toEqual(['b@sim']);
    sim.network.cut(a, b);
    await sim.advance(60_000);
    expect([a.list(), b.list()]).toEqual([[], []]);
    expect(warnings(a).filter((text) => text.startsWith('no connection'))).toStrictEqual([]);
  });

  it('does not dial those that it is told of', async () => {
    a.allow(['c@sim']);
    const c = await sim.start('c', { allow: ['a@sim', 'b@sim'] });
    await connects(c, 'b@sim');
    await connects(a, 'c@sim');
    await sim.advance(60_000);
    expect(a.list()).toEqual(['c@sim']);
    expect(warnings(a)).toStrictEqual([]);
  });

  it('answers what is sent to others as if they could not be reached', async () => {
    a.allow(['c@sim']);
    const probe = await sim.probe<any>(a);
    probe.monitor({ name: 'x', node: 'b@sim' });
    expect(await probe.expectMessage('DOWN')).toMatchObject({ reason: 'noconnection' });
    expect(await sim.until(a.ping('b@sim'))).toBe('pang');
  });

  it.each([[[]], [['no name']], ['b@sim'], [[5]]])('cannot allow %j', (nodes) => {
    expect(() => a.allow(nodes as never)).toThrow(BadArgumentError);
  });
});

it('a node without a name allows nobody anything', async () => {
  const alone = await startNode();
  expect(() => alone.allow(['a@h'])).toThrow('expected a node with a name');
  expect(alone.allowed()).toBeUndefined();
  await expect(startNode({ allow: ['a@h'] })).rejects.toThrow('expected a name, because allow is given');
  await alone.stop();
});
