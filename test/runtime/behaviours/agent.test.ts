import {
  Agent,
  AgentServer,
  childSpec,
  localName,
  ServerExitError,
  startAgent,
  startSupervisor,
  type Node,
} from '@trestle/runtime';
import { inProcess, reasonOf, settle, startTestNode } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let node: Node;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
});

const same = <T>(value: T): T => value;

describe('an agent', () => {
  it('keeps the value that its first function makes', async () => {
    const agent = await startAgent(node, () => 42);
    expect(await agent.get(same)).toBe(42);
    expect(await agent.get((value) => value + 1)).toBe(43);
    expect(await agent.get(same)).toBe(42);
  });

  it('updates its value, gets and updates it in one step, and takes casts', async () => {
    const agent = await startAgent(node, () => [1]);
    await agent.update((list) => [...list, 2]);
    expect(await agent.getAndUpdate((list) => [list.length, [...list, 3]])).toBe(2);
    agent.cast((list) => [...list, 4]);
    expect(await agent.get(same)).toEqual([1, 2, 3, 4]);
  });

  it('executes functions one after another, async ones too', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const agent = await startAgent(node, () => 'a');
    const slow = agent.update(async (value) => (await gate, `${value}b`));
    const next = agent.getAndUpdate((value) => [value, `${value}c`]);
    open();
    await slow;
    expect(await next).toBe('ab');
    expect(await agent.get(async (value) => Promise.resolve(value))).toBe('abc');
  });

  it('can keep nothing at all', async () => {
    const agent = await startAgent<undefined | number>(node, () => undefined);
    expect(await agent.get(same)).toBeUndefined();
    await agent.update(() => 1);
    expect(await agent.get(same)).toBe(1);
  });

  it('executes its functions in its own process', async () => {
    const agent = await startAgent(node, () => 0);
    const failure = await inProcess(node, (self) =>
      new Agent(self, agent.address).get(() => {
        throw new Error('in the agent');
      }),
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServerExitError);
  });

  it.each(['get', 'update', 'getAndUpdate'] as const)(
    'ends with the error of a function given to %s, and its caller hears of it',
    async (verb) => {
      const agent = await startAgent(node, () => 0);
      const failing = agent[verb](() => {
        throw new Error('bad function');
      });
      await expect(failing).rejects.toMatchObject({
        code: 'ERR_SERVER_EXIT',
        reason: { type: 'error', message: 'bad function' },
      });
      await expect(agent.get(same)).rejects.toMatchObject({ code: 'ERR_NOPROC' });
    },
  );

  it('ends with the error of a function that was cast', async () => {
    const reason = await reasonOf(node, async (self) => {
      const agent = await startAgent(self, () => 0);
      agent.cast(() => {
        throw new Error('bad function');
      });
      await self.receive();
    });
    expect(reason).toMatchObject({ type: 'error', message: 'bad function' });
  });

  it('does not start if its first function throws', async () => {
    const starting = startAgent(node, () => {
      throw new Error('no value');
    });
    await expect(starting).rejects.toMatchObject({ code: 'ERR_START', reason: { message: 'no value' } });
  });

  it('is reached by its name, and by its pid from any process', async () => {
    const COUNTER = localName<AgentServer<number>>('counter');
    const agent = await startAgent(node, () => 1, { name: COUNTER });
    await new Agent(node, COUNTER).update((n) => n + 1);
    expect(await inProcess(node, (self) => new Agent(self, agent.address).get((n) => n * 10))).toBe(20);
    await expect(startAgent(node, () => 1, { name: COUNTER })).rejects.toMatchObject({
      code: 'ERR_NAME_TAKEN',
    });
  });

  it('is linked to the process that starts it, and to none if a node does', async () => {
    let linked!: Agent<number>;
    await reasonOf(node, async (self) => {
      linked = await startAgent(self, () => 0);
      self.exit('enough');
    });
    const { address } = linked;
    await expect(new Agent(node, address).get(same)).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  });

  it('stops when it is told to', async () => {
    const agent = await startAgent(node, () => 0);
    await agent.stop();
    await expect(agent.get(same)).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  });

  it('lets its callers wait no longer than they want', async () => {
    const agent = await startAgent(node, () => 0);
    const forever = new Promise<number>(() => {});
    const waiting = expect(agent.get(() => forever, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
    });
    await clock.advance(110);
    await waiting;
  });

  it('starts anew under a supervisor when it has ended by an error', async () => {
    const COUNTER = localName<AgentServer<number>>('counter');
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [childSpec(AgentServer<number>, { args: () => 7, name: COUNTER })],
    });
    const agent = new Agent(node, COUNTER);
    await agent.update((n) => n + 1);
    agent.cast(() => {
      throw new Error('bad function');
    });
    await settle();
    expect(await agent.get(same)).toBe(7);
  });

  it('refuses what is no function, no pair and no option', async () => {
    const agent = await startAgent(node, () => 0);
    await expect(agent.get(1 as never)).rejects.toThrow('agent.get: expected a function, got 1');
    await expect(agent.update(undefined as never)).rejects.toThrow('agent.update: expected a function');
    await expect(agent.getAndUpdate({} as never)).rejects.toThrow('agent.getAndUpdate: expected a function');
    expect(() => agent.cast('x' as never)).toThrow("agent.cast: expected a function, got 'x'");
    await expect(startAgent(node, 0 as never)).rejects.toThrow('startAgent: expected a function, got 0');
    await expect(startAgent(node, () => 0, { nam: 'x' } as never)).rejects.toThrow(
      "startAgent: expected options to have no 'nam'",
    );
    expect(() => new Agent(node, {} as never)).toThrow('Agent: expected a pid, a name or { name, node }');
    await expect(agent.getAndUpdate((() => 1) as never)).rejects.toMatchObject({
      reason: { type: 'badReturnValue', callback: 'getAndUpdate', value: 1 },
    });
  });
});
