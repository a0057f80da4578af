import {
  Agent,
  agentSpec,
  type AgentServer,
  BadArgumentError,
  CallTimeoutError,
  localName,
  NoProcessError,
  ServerExitError,
  startAgent,
  startSupervisor,
  Supervisor,
  stopServer,
  sys,
  FunctionsNotAcceptedError,
  type Node,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { inProcess, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

const COUNTER = localName<AgentServer<number>>('counter');

let node: Node;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
});

const same = <T>(value: T): T => value;
const boom = (): never => {
  throw new Error('boom');
};
const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );
const pidOf = (agent: Agent<any>): any => agent.address;

/** A function of an agent that takes until the test says so. */
function gate<T>(): { wait: (value: T) => Promise<T>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { wait: async (value) => (await opened, value), open };
}

describe('starting an agent', () => {
  it('waits until its first value is made, in the agent', async () => {
    const { wait, open } = gate<number>();
    let started = false;
    const starting = startAgent(node, () => wait(5)).then((agent) => ((started = true), agent));
    await settle();
    expect(started).toBe(false);
    open();
    expect(await (await starting).get(same)).toBe(5);
  });

  it('fails if that throws: it is gone, its name is free, and a linked starter ends', async () => {
    expect(await errorOf(startAgent(node, boom, { name: COUNTER }))).toMatchObject({ code: 'ERR_START' });
    expect(node.whereis(COUNTER)).toBeUndefined();
    const end = await reasonOf(node, (self) => startAgent(self, boom).catch(() => self.receive()));
    expect(end).toMatchObject({ message: 'boom' });
  });

  it('fails if that takes longer than timeoutMs', async () => {
    const { wait } = gate<number>();
    const starting = errorOf(startAgent(node, () => wait(1), { name: COUNTER, timeoutMs: 100 }));
    await clock.advance(100);
    expect(await starting).toMatchObject({ code: 'ERR_START', reason: 'timeout' });
    expect(node.whereis(COUNTER)).toBeUndefined();
  });

  it('fails if the name is taken, and names who has it', async () => {
    const first = await startAgent(node, () => 1, { name: COUNTER });
    expect(await errorOf(startAgent(node, () => 2, { name: COUNTER }))).toMatchObject({
      code: 'ERR_NAME_TAKEN',
      pid: pidOf(first),
    });
    expect(await first.get(same)).toBe(1);
  });

  it('links it to a process: it ends with a failure of that, and not with its normal end', async () => {
    for (const [reason, lives] of [
      ['normal', true],
      ['crash', false],
    ] as const) {
      const agent = await inProcess(node, async (self) => {
        const started = await startAgent(self, () => 0);
        self.exitSignal(self.pid, reason);
        return started;
      });
      await settle();
      expect(node.isAlive(pidOf(agent))).toBe(lives);
    }
  });
});

describe('the functions of an agent', () => {
  it('of many processes see each what the one before has left', async () => {
    const agent = await startAgent(node, () => 0);
    const add = (self: any): Promise<void> =>
      new Agent<number>(self, pidOf(agent)).update(async (n) => Promise.resolve(n + 1));
    await Promise.all(Array.from({ length: 50 }, () => inProcess(node, add)));
    expect(await agent.get(same)).toBe(50);
  });

  it('keep the order in which one process gave them, casts among them', async () => {
    const agent = await startAgent<string>(node, () => '');
    agent.cast((text) => `${text}a`);
    const b = agent.update((text) => `${text}b`);
    agent.cast((text) => `${text}c`);
    const d = agent.getAndUpdate((text) => [text, `${text}d`]);
    expect([await b, await d, await agent.get(same)]).toStrictEqual([undefined, 'abc', 'abcd']);
  });

  it('that are slow keep the others waiting, but not whoever gave them: it may give up', async () => {
    const agent = await startAgent(node, () => 1);
    const { wait, open } = gate<number>();
    const slow = errorOf(agent.update((n) => wait(n + 1), { timeoutMs: 100 }));
    const next = agent.get(same, { timeoutMs: Infinity });
    await clock.advance(110);
    expect(await slow).toBeInstanceOf(CallTimeoutError);
    open();
    // What was given up is done all the same.
    expect(await next).toBe(2);
  });

  it('change nothing in a get', async () => {
    const agent = await startAgent(node, () => 1);
    expect(await agent.get((n) => n + 1)).toBe(2);
    expect(await agent.get(same)).toBe(1);
  });

  it('that throw end the agent: whoever waits hears the error, and its value is lost', async () => {
    const agent = await startAgent(node, () => 1, { name: COUNTER });
    const { wait, open } = gate<number>();
    const first = agent.update(wait);
    const failing = errorOf(agent.update(boom));
    const waiting = errorOf(agent.get(same));
    open();
    await first;
    for (const call of [failing, waiting]) {
      const error = await call;
      expect(error).toBeInstanceOf(ServerExitError);
      expect(error.reason).toMatchObject({ message: 'boom' });
    }
    expect(node.whereis(COUNTER)).toBeUndefined();
  });

  it('that reject end the agent as well', async () => {
    const agent = await startAgent(node, () => 1);
    const end = await watch(node, pidOf(agent));
    agent.cast(() => Promise.reject(new Error('later')));
    expect(await end.reason).toMatchObject({ message: 'later' });
  });

  it.each([[5], [[1]], [[1, 2, 3]], [undefined], [{ 0: 1, 1: 2, length: 2 }]])(
    'of getAndUpdate that return %j, which is no pair, end it with badReturnValue',
    async (value) => {
      const agent = await startAgent(node, () => 1);
      expect(await errorOf(agent.getAndUpdate((() => value) as never))).toMatchObject({
        code: 'ERR_SERVER_EXIT',
        reason: { type: 'badReturnValue', callback: 'getAndUpdate', value },
      });
    },
  );

  it('may make the value anything, nothing too', async () => {
    const agent = await startAgent<unknown>(node, () => undefined);
    for (const value of [null, 0, '', [], undefined]) {
      await agent.update(() => value);
      expect(await agent.get(same)).toBe(value);
    }
  });

  it('that ask their own agent wait in vain, until their time is over', async () => {
    const agent = await startAgent(node, () => 1);
    const asked = agent.get(async () => (await errorOf(agent.get(same, { timeoutMs: 100 }))).code as string);
    await clock.advance(110);
    expect(await asked).toBe('ERR_CALL_TIMEOUT');
    expect(await agent.get(same)).toBe(1);
  });

  it('hand out the value itself where messages are shared: who changes it changes it for all', async () => {
    const sharing = await startTestNode({ messageIsolation: 'share' });
    const agent = await startAgent(sharing, () => ({ list: [1] }));
    (await agent.get(same)).list.push(2);
    expect(await agent.get(({ list }) => list)).toEqual([1, 2]);
  });
});

describe('an agent that is gone', () => {
  it('fails calls at once, and drops casts', async () => {
    const agent = await startAgent(node, () => 1);
    await agent.stop();
    const calls = [agent.get(same), agent.update(same), agent.getAndUpdate((n) => [n, n]), agent.stop()];
    for (const error of await Promise.all(calls.map(errorOf))) expect(error).toBeInstanceOf(NoProcessError);
    expect(() => {
      agent.cast(same);
    }).not.toThrow();
  });

  it('by name is whoever has the name later', async () => {
    const agent = new Agent(node, COUNTER);
    expect(await errorOf(agent.get(same))).toBeInstanceOf(NoProcessError);
    await startAgent(node, () => 1, { name: COUNTER });
    expect(await agent.get(same)).toBe(1);
    await agent.stop();
    await startAgent(node, () => 2, { name: COUNTER });
    expect(await agent.get(same)).toBe(2);
  });
});

describe('agent.stop', () => {
  it('is done after the functions before it, with the reason it is given', async () => {
    const agent = await startAgent(node, () => 1);
    const end = await watch(node, pidOf(agent));
    const before = agent.get(same);
    const stopping = agent.stop({ reason: 'shutdown' });
    const behind = errorOf(agent.get(same));
    expect(await before).toBe(1);
    await stopping;
    expect(await end.reason).toBe('shutdown');
    expect(await behind).toMatchObject({ code: 'ERR_SERVER_EXIT', reason: 'shutdown' });
  });

  it('waits no longer than it is told to', async () => {
    const agent = await startAgent(node, () => 1);
    const { wait, open } = gate<number>();
    const busy = agent.update(wait, { timeoutMs: Infinity });
    const stopping = errorOf(agent.stop({ timeoutMs: 100 }));
    await clock.advance(110);
    expect(await stopping).toBeInstanceOf(CallTimeoutError);
    open();
    await busy;
    await settle();
    // It was told to stop all the same.
    expect(node.isAlive(pidOf(agent))).toBe(false);
  });
});

describe('an agent between nodes', () => {
  inBothPlaces('can be stopped, monitored, linked and looked at', async (places) => {
    const { here, there } = places;
    const agent = await startAgent(there, () => ({ n: 1 }));
    const away = new Agent(here, agent.address);
    expect(await sys.getState(here, agent.address)).toEqual({ n: 1 });
    const a = await puppet(here, true);
    a.self.link(pidOf(agent));
    a.self.monitor(pidOf(agent));
    await quiet(places);
    await away.stop();
    await quiet(places);
    expect(a.inbox.map(({ type, reason }) => [type, reason]).sort()).toEqual([
      ['DOWN', 'normal'],
      ['EXIT', 'normal'],
    ]);
  });

  inBothPlaces(
    'takes no functions of other nodes, unless its node was told to',
    async ({ here, there, apart }) => {
      const agent = await startAgent(there, () => 1, { name: 'a' });
      const away = new Agent<number>(here, { name: 'a', node: there.name });
      if (!apart) {
        expect(await away.get(same)).toBe(1);
        return;
      }
      for (const call of [away.get(same), away.update(same), away.getAndUpdate((n) => [n, n])]) {
        expect(await errorOf(call)).toBeInstanceOf(FunctionsNotAcceptedError);
      }
      away.cast(same);
      expect(await agent.get(same)).toBe(1);
    },
  );
});

describe('an agent below a supervisor', () => {
  it('has its first value again when it is restarted', async () => {
    await startSupervisor(node, { strategy: 'oneForOne', children: [agentSpec(() => 7, { name: COUNTER })] });
    const agent = new Agent(node, COUNTER);
    await agent.update((n) => n + 1);
    agent.cast(boom);
    await settle();
    expect(await agent.get(same)).toBe(7);
  });

  it('is called Agent, is permanent, and has 5,000 ms to end, unless told otherwise', async () => {
    expect(agentSpec(() => 0)).toMatchObject({
      id: 'Agent',
      restart: 'permanent',
      shutdownMs: 5_000,
      type: 'worker',
    });
    const supervisor = await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [agentSpec(() => 1), agentSpec(() => 2, { id: 'two', restart: 'temporary' })],
    });
    const children = await Supervisor.whichChildren(node, supervisor);
    expect(children.map(({ id }) => id)).toEqual(['Agent', 'two']);
    await stopServer(node, children[1]!.pid as never);
    await settle();
    expect((await Supervisor.countChildren(node, supervisor)).specs).toBe(1);
  });

  it('keeps the tree from starting if its first value cannot be made', async () => {
    const starting = startSupervisor(node, { strategy: 'oneForOne', children: [agentSpec(boom)] });
    expect(await errorOf(starting)).toMatchObject({
      code: 'ERR_START',
      reason: {
        type: 'shutdown',
        detail: { type: 'failedToStartChild', id: 'Agent', reason: { message: 'boom' } },
      },
    });
  });

  it('is refused with wrong options', () => {
    for (const make of [
      () => agentSpec(5 as never),
      () => agentSpec(() => 0, { args: 5 } as never),
      () => agentSpec(() => 0, { restart: 'always' } as never),
      () => agentSpec(() => 0, { initial: 5 } as never),
    ]) {
      expect(make).toThrow(BadArgumentError);
    }
  });
});

it('the calls of an agent refuse wrong options in their own name', async () => {
  const agent = await startAgent(node, () => 1);
  const calls = {
    get: (options: never) => agent.get((n) => n, options),
    update: (options: never) => agent.update((n) => n, options),
    getAndUpdate: (options: never) => agent.getAndUpdate((n) => [n, n], options),
  };
  for (const [name, call] of Object.entries(calls)) {
    await expect(call({ timeoutMs: -1 } as never)).rejects.toThrow(`agent.${name}: expected timeoutMs`);
    await expect(call({ timeout: 1 } as never)).rejects.toThrow(
      `agent.${name}: expected options to have no 'timeout'`,
    );
  }
  expect(await agent.get((n) => n, { timeoutMs: 5_000 })).toBe(1);
});

describe('tools see of an agent', () => {
  it('its value: in its state, when it is replaced, and in the report of its failure', async () => {
    const agent = await startAgent(node, () => ({ n: 1 }));
    await sys.replaceState(node, agent.address, () => ({ n: 2 }));
    expect(await sys.getState(node, agent.address)).toEqual({ n: 2 });
    await errorOf(agent.get(boom));
    expect(logOf(node).filter(({ level }) => level === 'error')).toMatchObject([
      { text: expect.stringMatching(/^GenServer AgentServer .* terminating/), report: { state: { n: 2 } } },
    ]);
  });
});
