import {
  BadArgumentError,
  childSpec,
  DynamicSupervisor,
  dynamicSupervisorSpec,
  GenServer,
  partitionName,
  partitionSupervisorSpec,
  Process,
  startDynamicSupervisor,
  startPartitionSupervisor,
  startSupervisor,
  startTaskSupervisor,
  Supervisor,
  supervisorSpec,
  TaskSupervisor,
  taskSpec,
  taskSupervisorSpec,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { startTestNode } from '../support/test-node';
import { failureOf } from '../runtime/behaviours/family';

let node: Node;
beforeEach(async () => {
  node = await startTestNode();
});

class Server extends GenServer {}
class Worker extends Process {}
const start = (): never => {
  throw new Error('started, though something is wrong');
};
const spec = { id: 'a', start };

/** Wrong values of an option that takes a time, a number or a word, and what is said of them. */
const notCounts = [-1, 0.5, NaN, '3', null, true, {}] as const;
const notTimes = [-1, NaN, '5', null, true, {}, -Infinity] as const;
const notWords = ['', 'always', 'one_for_one', 1, null, {}] as const;
const notIds = ['', undefined, null, 7, {}, Symbol('s')] as const;

type Wrong = readonly [option: object, expected: string];
const each = (values: readonly unknown[], make: (value: unknown) => object, expected: string): Wrong[] =>
  values.map((value) => [make(value), expected]);

const count = 'a number of restarts: a whole number, 0 or more';
const intensities: Wrong[] = [
  ...each(notCounts, (restarts) => ({ intensity: { restarts } }), `intensity.restarts to be ${count}`),
  ...each(
    [...notTimes, 0],
    (withinMs) => ({ intensity: { withinMs } }),
    'intensity.withinMs to be milliseconds (more than 0, or Infinity)',
  ),
  ...each([3, null, 'much', []], (intensity) => ({ intensity }), 'intensity to be { restarts, withinMs }'),
  [{ intensity: { restarts: 1, maxSeconds: 5 } }, "intensity to have no 'maxSeconds'"],
];

const names: Wrong[] = [
  ...each(['', '<0.1>'], (name) => ({ name }), "a name: a non-empty string that does not start with '<'"),
  ...each([5, null, {}, []], (name) => ({ name }), 'name to be a string, a local name or a via name'),
];

const specs: Wrong[] = [
  ...each(notIds, (id) => ({ ...spec, id }), 'id to be a string'),
  ...each(
    [undefined, null, 'now', Server.name, {}],
    (wrong) => ({ id: 'a', start: wrong }),
    'start to be a function',
  ),
  ...each(
    notWords,
    (restart) => ({ ...spec, restart }),
    "restart to be 'permanent', 'transient' or 'temporary'",
  ),
  ...each(
    [...notTimes, 'brutal_kill', 'infinity'],
    (shutdownMs) => ({ ...spec, shutdownMs }),
    "shutdownMs to be milliseconds (0 or more, or Infinity) or 'brutalKill'",
  ),
  ...each([1, 'yes', null], (significant) => ({ ...spec, significant }), 'significant to be true or false'),
  ...each(notWords, (type) => ({ ...spec, type }), "type to be 'worker' or 'supervisor'"),
  [{ ...spec, shutdown: 5_000 }, "options to have no 'shutdown'"],
  ...each(
    [Server, undefined, null, 'Server', 5, []],
    (wrong) => wrong as object,
    'options to be a child spec',
  ),
];

const supervisors: Wrong[] = [
  ...intensities,
  ...names,
  ...each(
    [undefined, ...notWords],
    (strategy) => ({ strategy }),
    "strategy to be 'oneForOne', 'oneForAll' or 'restForOne'",
  ),
  ...each(
    notWords,
    (autoShutdown) => ({ autoShutdown }),
    "autoShutdown to be 'never', 'anySignificant' or 'allSignificant'",
  ),
  ...each([spec, null, 'all', 5], (children) => ({ children }), 'children to be an array of child specs'),
  ...specs.map(([wrong, expected]): Wrong => [{ children: [spec, wrong] }, expected]),
  [{ children: [spec, { ...spec, id: 'b' }, spec] }, 'children[0] and children[2] to have ids of their own'],
  [{ maxRestarts: 3 }, "options to have no 'maxRestarts'"],
];

const dynamicSupervisors: Wrong[] = [
  ...intensities,
  ...names,
  ...each(['oneForAll', 'restForOne', 5], (strategy) => ({ strategy }), "strategy to be 'oneForOne'"),
  ...each(notCounts, (maxChildren) => ({ maxChildren }), 'maxChildren to be a number of children'),
  ...each(
    ['x', 5, null],
    (extraArguments) => ({ extraArguments }),
    'extraArguments to be an array of arguments',
  ),
  [{ children: [] }, "options to have no 'children'"],
];

const PARTS = partitionName('parts', 2);
const partitions: Wrong[] = [
  ...intensities,
  ...each(notWords, (strategy) => ({ strategy }), "strategy to be 'oneForOne', 'oneForAll' or 'restForOne'"),
  ...each(['parts', undefined, null, 5], (name) => ({ name }), 'name to be a name made by partitionName'),
  ...specs.map(([wrong, expected]): Wrong => [{ child: () => wrong }, expected]),
  ...each([undefined, null, 5], (child) => ({ child }), 'options to be a child spec'),
  [{ child: { ...spec, restart: 'transient', significant: true } }, "autoShutdown to be 'anySignificant'"],
  [{ partitions: 4 }, "options to have no 'partitions'"],
];

/** Every start, by its name, with right options to spoil, and what is wrong then. */
const starts: [call: string, start: (options: any) => unknown, right: object, wrong: Wrong[]][] = [
  ['startSupervisor', (o) => startSupervisor(node, o), { strategy: 'oneForOne' }, supervisors],
  ["supervisorSpec 'x'", supervisorSpec, { id: 'x', strategy: 'oneForOne' }, supervisors],
  ['startDynamicSupervisor', (o) => startDynamicSupervisor(node, o), {}, dynamicSupervisors],
  ["dynamicSupervisorSpec 'x'", dynamicSupervisorSpec, { id: 'x' }, dynamicSupervisors],
  ['startTaskSupervisor', (o) => startTaskSupervisor(node, o), {}, dynamicSupervisors],
  ["taskSupervisorSpec 'x'", taskSupervisorSpec, { id: 'x' }, dynamicSupervisors],
  [
    'startPartitionSupervisor',
    (o) => startPartitionSupervisor(node, o),
    { name: PARTS, child: spec },
    partitions,
  ],
  ["partitionSupervisorSpec 'x'", partitionSupervisorSpec, { id: 'x', name: PARTS, child: spec }, partitions],
];

/** The error of a call that throws or rejects. */
const errorOf = (call: () => unknown): Promise<Error> => failureOf((async () => call())());

describe('wrong options', () => {
  it.each(starts)(
    'of %s are refused by name, with what was expected and got: nothing starts',
    async (...row) => {
      const [call, startIt, right, wrongs] = row;
      const before = [node.processes(), node.registered()];
      for (const [wrong, expected] of wrongs) {
        const error = await errorOf(() => startIt({ ...right, ...wrong }));
        expect([wrong, error]).toEqual([wrong, expect.any(BadArgumentError)]);
        expect(error.message).toContain(call);
        expect(error.message).toContain(`expected ${expected}`);
        expect(error.message).toContain(', got ');
      }
      for (const wrong of [null, 5, 'x', []]) {
        expect(await errorOf(() => startIt(wrong))).toBeInstanceOf(BadArgumentError);
      }
      expect([node.processes(), node.registered()]).toEqual(before);
    },
  );

  it.each<[call: string, make: (options: any) => unknown]>([
    ['childSpec Server', (options) => childSpec(Server, options)],
    ['childSpec Worker', (options) => childSpec(Worker, options)],
    ['taskSpec', (options) => taskSpec(() => 1, options)],
    ['supervisorSpec', (kept) => supervisorSpec({ id: 'x', strategy: 'oneForOne', ...kept })],
    ['dynamicSupervisorSpec', (kept) => dynamicSupervisorSpec({ id: 'x', ...kept })],
    ['taskSupervisorSpec', (kept) => taskSupervisorSpec({ id: 'x', ...kept })],
    [
      'partitionSupervisorSpec',
      (kept) => partitionSupervisorSpec({ id: 'x', name: PARTS, child: spec, ...kept }),
    ],
  ])('of %s are refused by name', async (call, make) => {
    const kept: Wrong[] = [
      ...each(
        notIds.filter((id) => id !== undefined),
        (id) => ({ id }),
        'a string',
      ),
      ...each(notWords, (restart) => ({ restart }), "restart to be 'permanent'"),
      ...each(notTimes, (shutdownMs) => ({ shutdownMs }), 'shutdownMs to be milliseconds'),
      ...each([1, null], (significant) => ({ significant }), 'significant to be true or false'),
      [{ shutdown: 1 }, "options to have no 'shutdown'"],
    ];
    for (const [wrong, expected] of kept) {
      const { message } = await errorOf(() => make(wrong));
      expect(message).toMatch(new RegExp(`^${call}( '.*')?: expected `));
      expect(message).toContain(expected);
    }
  });

  it.each([Date, class {}, {}, undefined, null, 'Server', 5])(
    'of childSpec: %p is neither a class of processes nor a spec',
    async (wrong) => {
      expect(await errorOf(() => childSpec(wrong as never))).toBeInstanceOf(BadArgumentError);
    },
  );

  it('leave what is not told at its default, also where it is told to be undefined', async () => {
    const undefinedAll = { intensity: { restarts: undefined, withinMs: undefined }, autoShutdown: undefined };
    const options = { strategy: 'oneForOne', children: undefined, name: undefined, ...undefinedAll } as never;
    const pid = await startSupervisor(node, options);
    const state = await node.call<any, any>(pid, { type: '$getState' });
    expect(state).toMatchObject({ intensity: { restarts: 3, withinMs: 5_000 }, autoShutdown: 'never' });
  });
});

describe('what a supervisor is started on', () => {
  it.each([undefined, null, {}, 'node', 5])('must be a node or a process, not %p', async (on) => {
    const expected = 'expected a node or a process';
    const options = { strategy: 'oneForOne' } as const;
    expect((await errorOf(() => startSupervisor(on as never, options))).message).toContain(expected);
    expect((await errorOf(() => startDynamicSupervisor(on as never))).message).toContain(expected);
    expect((await errorOf(() => startTaskSupervisor(on as never))).message).toContain(expected);
    const parts = { name: PARTS, child: spec };
    expect((await errorOf(() => startPartitionSupervisor(on as never, parts))).message).toContain(expected);
  });

  it('must be a node that runs', async () => {
    const stopped = await startTestNode();
    await stopped.stop();
    const error = await errorOf(() => startSupervisor(stopped, { strategy: 'oneForOne' }));
    expect(error.message).toContain('expected a running node, got');
  });
});

describe('what a supervisor is asked about a child', () => {
  it.each(notIds)('must name it by its id, not by %p', async (id) => {
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne' });
    for (const ask of ['getChildSpec', 'terminateChild', 'restartChild', 'deleteChild'] as const) {
      const error = await errorOf(() => Supervisor[ask](node, supervisor, id as string));
      expect(error).toBeInstanceOf(BadArgumentError);
      expect(error.message).toContain(`${ask}: expected the id of a child: a string that is not empty, got`);
    }
  });

  it.each(['a', '', undefined, 5, {}])('and has no id must name it by its pid, not by %p', async (pid) => {
    const supervisor = await startDynamicSupervisor(node);
    const dynamic = await errorOf(() => DynamicSupervisor.terminateChild(node, supervisor, pid as never));
    expect(dynamic.message).toContain('terminateChild: expected the pid of a child, got');
    const tasks = await startTaskSupervisor(node);
    const task = await errorOf(() => TaskSupervisor.terminateChild(node, tasks, pid as never));
    expect(task.message).toContain('TaskSupervisor.terminateChild: expected the pid of a child, got');
  });

  it('to start must be a right spec: the door refuses others, and so does the supervisor itself', async () => {
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne' });
    const dynamic = await startDynamicSupervisor(node);
    for (const [wrong, expected] of specs) {
      const doors = [
        () => Supervisor.startChild(node, supervisor, wrong as never),
        () => DynamicSupervisor.startChild(node, dynamic, wrong as never),
      ];
      for (const door of doors) {
        const error = await errorOf(door);
        expect(error).toBeInstanceOf(BadArgumentError);
        expect(error.message).toContain(`startChild: expected ${expected}`);
      }
      for (const pid of [supervisor, dynamic] as ServerPid<any>[]) {
        const reply = await node.call(pid, { type: 'startChild', spec: wrong });
        expect(reply).toMatchObject({ kind: 'failed', reason: { code: 'ERR_BAD_ARGUMENT' } });
      }
    }
    expect(await Supervisor.countChildren(node, supervisor)).toMatchObject({ specs: 0 });
    expect(await DynamicSupervisor.countChildren(node, dynamic)).toMatchObject({ specs: 0 });
  });

  it('must be sent to an address', async () => {
    for (const nobody of [undefined, null, 5, {}] as never[]) {
      expect(await errorOf(() => Supervisor.whichChildren(node, nobody))).toBeInstanceOf(BadArgumentError);
      expect(await errorOf(() => DynamicSupervisor.countChildren(node, nobody))).toBeInstanceOf(
        BadArgumentError,
      );
    }
  });
});

describe('checkChildSpecs', () => {
  it('refuses what a supervisor would refuse, and starts nothing', () => {
    for (const [wrong, expected] of specs)
      expect(() => Supervisor.checkChildSpecs([wrong as never])).toThrow(
        `checkChildSpecs: children[0]: expected ${expected}`,
      );
    expect(() => Supervisor.checkChildSpecs([spec, spec])).toThrow('to have ids of their own');
    expect(() => Supervisor.checkChildSpecs(spec as never)).toThrow('children to be an array of child specs');
    expect(() => Supervisor.checkChildSpecs([], 'sometimes' as never)).toThrow("autoShutdown to be 'never'");
  });

  it('takes significant children where no supervisor is told of', () => {
    Supervisor.checkChildSpecs([{ ...spec, restart: 'transient', significant: true }]);
    Supervisor.checkChildSpecs([{ ...spec, restart: 'transient', significant: true }], 'allSignificant');
  });
});
