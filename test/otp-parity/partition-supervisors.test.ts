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
  resizePartitions,
  StartError,
  startPartitionSupervisor,
  startSupervisor,
  stopServer,
  Supervisor,
  type Call,
  type CallResult,
  type Node,
  type StartSpec,
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

  it('routes any other plain data by its hash: equal keys to the same partition, on every node', () => {
    const pid = node.spawn(() => undefined);
    const keys = [pid, 0.5, true, null, undefined, ['a', 1], { a: 1, b: ['c'] }, new Uint8Array([1, 2])];
    const wide = partitionName('wide', 1_000_000);
    const routes = keys.map((key) => wide.partitionOf(key));
    expect(new Set(routes).size).toBe(keys.length);
    expect(keys.map((key) => wide.partitionOf(structuredClone(key)))).toEqual(routes);
    expect(wide.partitionOf({ b: 2, a: 1 })).toBe(wide.partitionOf({ a: 1, b: 2 }));
    expect(wide.partitionOf(['1'])).not.toBe(wide.partitionOf([1]));
    expect(wide.partitionOf([['a'], 'b'])).not.toBe(wide.partitionOf(['a', ['b']]));
  });

  it('refuses a key that is no plain data, such as one that contains itself', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    for (const key of [() => 1, Symbol('s'), new Map(), new Counter(), [new Map()], { f: () => 1 }, circle])
      expect(() => COUNTERS.of(key as never)).toThrow('a key: a whole number, a string, or plain data, got');
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

  it('counts and tells of its partitions, whose ids are their numbers', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    const infos = await Supervisor.whichChildren(node, COUNTERS.supervisor);
    expect(infos.map(({ id, type }) => [id, type])).toEqual(['0', '1', '2', '3'].map((id) => [id, 'worker']));
    expect(await Supervisor.countChildren(node, COUNTERS.supervisor)).toEqual({
      specs: 4,
      active: 4,
      supervisors: 0,
      workers: 4,
    });
  });

  it('ends at more than intensity.restarts restarts of any of its partitions', async () => {
    const pid = await startPartitionSupervisor(node, { name: COUNTERS, child, intensity: { restarts: 1 } });
    for (const key of [0, 1]) {
      node.exitSignal(node.whereis(COUNTERS.of(key))!, 'oops');
      await settle();
    }
    expect(node.isAlive(pid)).toBe(false);
    expect(COUNTERS.all().map((name) => node.whereis(name))).toStrictEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
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

  it('starts though a partition ends at once: that one is restarted as its restart says', async () => {
    let starts = 0;
    const brief = (partition: number): StartSpec => ({
      id: 'brief',
      restart: 'transient',
      start: (parent) => {
        starts += 1;
        const pid = parent.spawnLink((self) => self.receive());
        if (starts === 1) parent.exitSignal(pid, partition === 0 ? 'oops' : 'kill');
        return pid;
      },
    });
    const pid = await startPartitionSupervisor(node, { name: COUNTERS, child: brief });
    await settle();
    expect(starts).toBe(5);
    expect(await Supervisor.countChildren(node, pid)).toMatchObject({ active: 4 });
    expect(COUNTERS.all().map((name) => node.whereis(name))).not.toContain(undefined);
  });

  it('refuses a wrong name, wrong keys and wrong options', async () => {
    expect(() => partitionName('', 1)).toThrow('partitionName: expected a name');
    expect(() => partitionName('p', 0)).toThrow('expected a number of partitions: 1 or more, got 0');
    expect(() => COUNTERS.of((() => 1) as never)).toThrow(
      "partition of 'counters': expected a key: a whole number, a string, or plain data, got [Function",
    );
    expect(() => COUNTERS.of(new Map() as never)).toThrow('got Map(0) {}');
    const start = (options: object) => startPartitionSupervisor(node, { name: COUNTERS, child, ...options });
    await expect(start({ name: localName('x') })).rejects.toThrow('a name made by partitionName');
    await expect(start({ child: 5 })).rejects.toThrow('partition 0: expected options to be a child spec');
    await expect(start({ strategy: 'all' })).rejects.toThrow('strategy to be');
    await expect(start({ autoShutdown: 'anySignificant' })).rejects.toThrow("to have no 'autoShutdown'");
    await expect(start({ intensity: { restarts: -1 } })).rejects.toThrow('intensity.restarts to be');
    await expect(start({ child: undefined })).rejects.toThrow('partition 0: expected options to be');
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    await expect(start({})).rejects.toThrow(NameTakenError);
  });
});

describe('resizePartitions', () => {
  it('stops the last partitions, and the new name routes every key to one that runs', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    const fewer = await resizePartitions(node, COUNTERS, 2);
    expect(COUNTERS.all().map((name) => node.whereis(name) !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(fewer.partitions).toBe(2);
    expect(await node.call(fewer.of(3), count)).toEqual([1, 1]);
  });

  it('starts the missing ones again, and leaves the others alone', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    await node.call(COUNTERS.of(0), count);
    const again = await resizePartitions(node, await resizePartitions(node, COUNTERS, 1), 3);
    expect(await node.call(again.of(0), count)).toEqual([0, 2]);
    expect(await node.call(again.of(2), count)).toEqual([2, 1]);
    expect(node.whereis(COUNTERS.of(3))).toBeUndefined();
  });

  it('refuses more than there were at the start, none, and what is no number or name', async () => {
    await startPartitionSupervisor(node, { name: COUNTERS, child });
    const resize = (partitions: unknown, name: unknown = COUNTERS) =>
      resizePartitions(node, name as typeof COUNTERS, partitions as number);
    await expect(resize(5)).rejects.toThrow(
      'resizePartitions: expected a number of partitions: 1 to 4, got 5',
    );
    await expect(resize(0)).rejects.toThrow('expected a number of partitions: 1 or more, got 0');
    await expect(resize('2')).rejects.toThrow("got '2'");
    await expect(resize(2, localName('counters'))).rejects.toThrow('a name made by partitionName');
    await expect(resize(2, partitionName('nobody', 2))).rejects.toMatchObject({ code: 'ERR_NOPROC' });
    expect(await Supervisor.countChildren(node, COUNTERS.supervisor)).toMatchObject({ active: 4 });
  });
});

describe('a partition', () => {
  inBothPlaces('is addressed by its key', async ({ here, there }) => {
    await startPartitionSupervisor(there, { name: COUNTERS, child });
    expect(await here.call(COUNTERS.of(6).on(there.name), count)).toEqual([2, 1]);
    expect(await there.call(COUNTERS.of(2), count)).toEqual([2, 2]);
  });
});
