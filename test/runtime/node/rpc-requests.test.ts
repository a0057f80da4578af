import { localName, type Node, type ServerRef } from '@trestle/runtime';
import { startCluster } from '../../support/both-places';
import { logOf } from '../../support/test-node';

const rpcOf = (node: Node): ServerRef<any> => localName('rpc').on(node.name) as ServerRef<any>;
const isMine = ({ level }: { level: string }): boolean => level === 'warning' || level === 'error';

describe('the rpc server of a node', () => {
  let here: Node;
  let there: Node;
  beforeEach(async () => {
    const start = await startCluster();
    [here, there] = [await start('here'), await start('there')];
    there.expose('M', { add: (a: number, b: number) => a + b });
    expect(await here.connect(there.name)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'apply'],
    ['of another type', { type: 'evaluate', module: 'M', fn: 'add', args: [] }],
    ['without arguments', { type: 'apply', module: 'M', fn: 'add' }],
    ['with arguments that are no list', { type: 'apply', module: 'M', fn: 'add', args: { length: 2 } }],
    ['without a function', { type: 'apply', module: 'M', args: [] }],
  ])('refuses what is no request, and lives on: %s', async (_what, request) => {
    const server = there.whereis('rpc');
    await expect(here.call(rpcOf(there), request as never)).rejects.toMatchObject({ code: 'ERR_REMOTE' });
    here.cast(rpcOf(there), request as never);
    expect(await here.rpc.call(there.name, 'M', 'add', [1, 2])).toBe(3);
    expect(there.whereis('rpc')).toBe(server);
    expect(logOf(there).filter(({ report }) => report?.type === 'unknownCast')).toHaveLength(1);
  });

  it('takes no `here` of a peer for a function', async () => {
    const request = { type: 'apply', module: 'M', fn: 'add', args: [1, 2], here: 'add' };
    expect(await here.call(rpcOf(there), request as never)).toMatchObject({ status: 'returned', value: 3 });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'calls only what a module itself has: not %s',
    async (fn) => {
      await expect(here.rpc.call(there.name, 'M', fn)).rejects.toMatchObject({ code: 'ERR_NOT_EXPOSED' });
    },
  );

  it('keeps a module as it was exposed, whatever becomes of the object', async () => {
    const functions: Record<string, () => number> = { one: () => 1 };
    there.expose('Kept', functions);
    functions.two = () => 2;
    functions.one = () => 3;
    expect(await here.rpc.call(there.name, 'Kept', 'one')).toBe(1);
    await expect(here.rpc.call(there.name, 'Kept', 'two')).rejects.toMatchObject({ code: 'ERR_NOT_EXPOSED' });
  });

  it('is not asked by whoever awaits a module of it, which is no promise', async () => {
    there.expose('Thenable', { then: () => 'called', add: (a: number, b: number) => a + b });
    const remote = await Promise.resolve(
      here.rpc.module<{ add(a: number, b: number): number }>('Thenable').on(there.name),
    );
    expect(await remote.add(1, 2)).toBe(3);
  });

  it('is not started again when its node stops, and logs nothing then', async () => {
    const before = logOf(there).filter(isMine).length;
    await there.stop();
    expect(logOf(there).filter(isMine)).toHaveLength(before);
  });

  it('is not asked for what is wrong, be there nodes to ask or none', async () => {
    await expect(here.rpc.multicall([], 'M', 5 as never)).rejects.toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
    expect(() => here.rpc.multicast([], 'M', 5 as never)).toThrow('rpc.multicast');
    expect(await here.rpc.multicall([], 'M', 'add')).toStrictEqual([]);
  });
});
