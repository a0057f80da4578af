import {
  childSpec,
  DynamicSupervisor,
  dynamicSupervisorSpec,
  GenServer,
  localName,
  NameTakenError,
  PartitionName,
  partitionName,
  partitionSupervisorSpec,
  reply,
  StartError,
  startPartitionSupervisor,
  startSupervisor,
  stopServer,
  Supervisor,
  type Call,
  type CallResult,
  type Node,
} from '@trestle/runtime';
import { availableParallelism } from 'node:os';
import { inBothPlaces } from '../support/both-places';
import { settle, startTestNode } from '../support/test-node';
import { kid } from '../runtime/behaviours/family';

/** Counts, and knows which partition it is. */
class Counter extends GenServer<
  Call<{ type: 'count'; by: number }, [number, number]>,
  never,
  number | undefined
> {
  private total = 0;
  private partition = -1;
  override init(partition: number | undefined): undefined {
    this.partition = partition ?? -1;
  }
  override handleCall(request: Call<{ type: 'count'; by: number }, [number, number]>): CallResult {
    this.total += request.by;
    return reply(request, [this.partition, this.total]);
  }
}

const COUNTERS = partitionName<Counter>('counters', 4);
const child = (partition: number) => childSpec(Counter, { args: partition });
const count = { type: 'count', by: 1 } as const;

let node: Node;
beforeEach(async () => {
  node = await startTestNode();
});

describe('a partition supervisor', () => {
  it('starts as many processes of one kind as there are partitions', async () => {
    const pid = await startPartitionSupervisor(node, { name: COUNTERS, child });
    expect(await Supervisor.countChildren(node, pid)).toMatchObject({ specs: 4, active: 4 });
    expect(node.whereis(COUNTERS.supervisor)).toBe(pid);
    expect(COUNTERS.all().map((name) => node.whereis(name))).toEqual(
      (await Supervisor.whichChildren(node, pid)).map((info) => info.pid),
    );
  });

  it('has as many partitions as there are cores, unless told otherwise', () => {
    expect(partitionName('some').partitions).toBe(availableParallelism());
  });

  it('tells each child which partition it is, where its spec is a function', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    const replies = await Promise.all(COUNTERS.all().map((name) => node.call(name, count)));
    expect(replies.map(([partition]) => partition)).toEqual([0, 1, 2, 3]);
  });

  it('starts them all from one spec otherwise', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child: childSpec(Counter) });
    expect(await node.call(COUNTERS.of(1), count)).toEqual([-1, 1]);
    expect(await node.call(COUNTERS.of(2), count)).toEqual([-1, 1]);
  });

  it('routes a whole number by its remainder, whatever its sign', () => {
    expect([0, 1, 4, 7, -1, -6, 9n, -9n].map((key) => COUNTERS.partitionOf(key))).toEqual([
      0, 1, 0, 3, 1, 2, 1, 1,
    ]);
  });

  it('routes a string by its hash: always to the same partition, and evenly', () => {
    const hits = [0, 0, 0, 0];
    for (let n = 0; n < 4_000; n++) hits[COUNTERS.partitionOf(`key ${n}`)]! += 1;
    for (const hit of hits) expect(Math.abs(hit - 1_000)).toBeLessThan(150);
    expect(COUNTERS.partitionOf('key 7')).toBe(new PartitionName('other', 4).partitionOf('key 7'));
  });

  it('keeps partitions apart: the one that fails restarts alone, under the same address', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    await node.call(COUNTERS.of(0), count);
    await node.call(COUNTERS.of(1), count);
    node.exitSignal(node.whereis(COUNTERS.of(1))!, 'oops');
    await settle();
    expect(await node.call(COUNTERS.of(0), count)).toEqual([0, 2]);
    expect(await node.call(COUNTERS.of(1), count)).toEqual([1, 1]);
  });

  it('restarts all with the strategy oneForAll', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child, strategy: 'oneForAll' });
    await node.call(COUNTERS.of(0), count);
    node.exitSignal(node.whereis(COUNTERS.of(1))!, 'oops');
    await settle();
    expect(await node.call(COUNTERS.of(0), count)).toEqual([0, 1]);
  });

  it('spreads the children of dynamic supervisors', async () => {
    const DYNAMIC = partitionName<DynamicSupervisor>('dynamic', 2);
    await startPartitionSupervisor(node, { name: DYNAMIC, child: dynamicSupervisorSpec({ id: 'any' }) });
    for (const key of [0, 1, 2])
      await DynamicSupervisor.startChild(node, DYNAMIC.of(key), childSpec(Counter));
    const counts = await Promise.all(
      DYNAMIC.all().map((name) => DynamicSupervisor.countChildren(node, name)),
    );
    expect(counts.map(({ active }) => active)).toEqual([2, 1]);
  });

  it('stands below another supervisor, and stops with it', async () => {
    const before = node.registered();
    const children = [partitionSupervisorSpec({ id: 'counters', name: COUNTERS, child })];
    const root = await startSupervisor(node, { strategy: 'oneForOne', children });
    expect(await node.call(COUNTERS.of('any'), count)).toHaveLength(2);
    await stopServer(node, root);
    expect(node.registered()).toEqual(before);
  });

  it('does not start, and leaves nothing, if a partition does not start or has a name of its own', async () => {
    const failing = (partition: number) =>
      kid([], `kid ${partition}`, { starts: [partition === 2 ? 'fails' : 'well'] });
    const before = [node.registered(), node.processes().length];
    for (const wrong of [failing, (partition: number) => kid([], `kid ${partition}`)]) {
      const starting = startPartitionSupervisor(node, { name: COUNTERS, child: wrong });
      await expect(starting).rejects.toThrow(StartError);
      await settle();
      expect([node.registered(), node.processes().length]).toEqual(before);
    }
  });

  it('refuses a wrong name, wrong keys and wrong options', async () => {
    expect(() => partitionName('', 1)).toThrow('partitionName: expected a name');
    expect(() => partitionName('p', 0)).toThrow('expected a number of partitions: 1 or more, got 0');
    expect(() => COUNTERS.of(0.5)).toThrow(
      "partition of 'counters': expected a key: a whole number or a string",
    );
    expect(() => COUNTERS.of({} as never)).toThrow('got {}');
    const start = (options: object) => startPartitionSupervisor(node, { name: COUNTERS, child, ...options });
    await expect(start({ name: localName('x') })).rejects.toThrow('a name made by partitionName');
    await expect(start({ child: 5 })).rejects.toThrow('partition 0: expected options to be a child spec');
    await expect(start({ strategy: 'all' })).rejects.toThrow('strategy to be');
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    await expect(start({})).rejects.toThrow(NameTakenError);
  });
});

describe('a partition', () => {
  inBothPlaces('is addressed by its key', async ({ here, there }) => {
    await startPartitionSupervisor(there, { name: COUNTERS, child });
    expect(await here.call(COUNTERS.of(6).on(there.name), count)).toEqual([2, 1]);
    expect(await there.call(COUNTERS.of(2), count)).toEqual([2, 2]);
  });
});
