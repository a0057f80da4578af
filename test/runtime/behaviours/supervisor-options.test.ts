import {
  BadArgumentError,
  childSpec,
  GenServer,
  Process,
  startSupervisor,
  supervisorSpec,
  type Node,
} from '@trestle/runtime';
import { startTestNode } from '../../support/test-node';

let node: Node;
beforeEach(async () => {
  node = await startTestNode();
});

class Server extends GenServer {}
class Worker extends Process {}

const good = childSpec(Server);
const start = (): never => {
  throw new Error('started, though the options are wrong');
};

const wrongSupervisors: [options: any, message: string][] = [
  [{}, "expected strategy to be 'oneForOne', 'oneForAll' or 'restForOne', got undefined"],
  [
    { strategy: 'one_for_one' },
    "expected strategy to be 'oneForOne', 'oneForAll' or 'restForOne', got 'one_for_one'",
  ],
  [
    { strategy: 'oneForOne', intensity: { restarts: -1 } },
    'expected intensity.restarts to be a number of restarts: a whole number, 0 or more, got -1',
  ],
  [
    { strategy: 'oneForOne', intensity: { withinMs: 'soon' } },
    "expected intensity.withinMs to be milliseconds (more than 0, or Infinity), got 'soon'",
  ],
  [{ strategy: 'oneForOne', intensity: 3 }, 'expected intensity to be { restarts, withinMs }, got 3'],
  [
    { strategy: 'oneForOne', intensity: { restarts: 1, seconds: 5 } },
    "expected intensity to have no 'seconds', got { seconds: 5 }",
  ],
  [
    { strategy: 'oneForOne', maxRestarts: 3 },
    "expected options to have no 'maxRestarts', got { maxRestarts: 3 }",
  ],
  [
    { strategy: 'oneForOne', children: good },
    "expected children to be an array of child specs, got { id: 'Server'",
  ],
  [
    { strategy: 'oneForOne', children: [{ id: 'a', start }, good, good] },
    "expected children[1] and children[2] to have ids of their own, got 'Server'",
  ],
  [
    { strategy: 'oneForOne', children: [good, Server] },
    'children[1]: expected options to be a child spec: made by childSpec, or an object with id and start, got [class Server extends GenServer]',
  ],
  [
    { strategy: 'oneForOne', children: [{ start }] },
    'children[0]: expected id to be a string, got undefined',
  ],
  [
    { strategy: 'oneForOne', children: [{ id: 'a', start: 'now' }] },
    "children[0]: expected start to be a function, got 'now'",
  ],
  [
    { strategy: 'oneForOne', children: [{ id: 'a', start, restart: 'always' }] },
    "children[0]: expected restart to be 'permanent', 'transient' or 'temporary', got 'always'",
  ],
  [
    { strategy: 'oneForOne', children: [{ id: 'a', start, shutdownMs: -5 }] },
    "children[0]: expected shutdownMs to be milliseconds (0 or more, or Infinity) or 'brutalKill', got -5",
  ],
  [
    { strategy: 'oneForOne', children: [{ id: 'a', start, restart: 'transient', significant: true }] },
    "expected autoShutdown to be 'anySignificant' or 'allSignificant', because a child is significant",
  ],
  [
    {
      strategy: 'oneForOne',
      autoShutdown: 'anySignificant',
      children: [{ id: 'a', start, significant: true }],
    },
    'expected a significant child to be transient or temporary',
  ],
  [
    { strategy: 'oneForOne', name: '' },
    "expected a name: a non-empty string that does not start with '<', got ''",
  ],
  [undefined, 'expected options to be of type object, got undefined'],
];

describe('the options of a supervisor', () => {
  it.each(wrongSupervisors)('are refused before anything starts: %j', async (options, message) => {
    const processes = node.processes();
    const error = await startSupervisor(node, options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error).toHaveProperty('message', expect.stringContaining(`startSupervisor`));
    expect(error).toHaveProperty('message', expect.stringContaining(message));
    expect(node.processes()).toEqual(processes);
  });

  it('are refused by supervisorSpec already, with the id', () => {
    expect(() => supervisorSpec({ id: 'workers', strategy: 'none' as never })).toThrow(
      "supervisorSpec 'workers': expected strategy to be",
    );
  });

  it('must come with a node or a process to start it on', async () => {
    await expect(startSupervisor({} as never, { strategy: 'oneForOne' })).rejects.toThrow(
      'startSupervisor: expected a node or a process, got {}',
    );
  });
});

describe('a child spec', () => {
  it('is filled up with defaults', () => {
    expect(childSpec(Server)).toMatchObject({
      id: 'Server',
      restart: 'permanent',
      shutdownMs: 5_000,
      significant: false,
      type: 'worker',
    });
    expect(childSpec(Worker)).toMatchObject({ id: 'Worker', restart: 'permanent', type: 'worker' });
    expect(supervisorSpec({ id: 'sup', strategy: 'oneForOne' })).toMatchObject({
      id: 'sup',
      shutdownMs: Infinity,
      type: 'supervisor',
    });
    expect(childSpec({ id: 'own', start })).toEqual({
      id: 'own',
      start,
      restart: 'permanent',
      shutdownMs: 5_000,
      significant: false,
      type: 'worker',
    });
  });

  it.each([
    [() => childSpec({} as never), 'childSpec: expected id to be a string, got undefined'],
    [
      () => childSpec(Date as never),
      'childSpec Date: expected a class that extends GenServer, GenStatem or Process',
    ],
    [() => childSpec(Server, { restart: 'never' as never }), 'childSpec Server: expected restart to be'],
    [() => childSpec(Server, { name: '<0>' }), 'childSpec Server: expected a name: a non-empty string'],
    [() => childSpec(Server, { nam: 'x' } as never), "childSpec Server: expected options to have no 'nam'"],
    [() => childSpec(Worker, { name: 'x' } as never), "childSpec Worker: expected options to have no 'name'"],
    [() => childSpec(Server, { id: '' }), 'childSpec Server: expected id to be a string that is not empty'],
  ])('is refused with a word on what is wrong: %s', (make, message) => {
    expect(make).toThrow(BadArgumentError);
    expect(make).toThrow(message);
  });
});
