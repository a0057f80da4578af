import { Agent, localName, type AgentServer, startAgent, type Node } from '@trestle/runtime';
import { lives, quiet, startCluster } from '../support/both-places';
import { logOf } from '../support/test-node';

const name = localName<AgentServer<number>>('counter');
const outer = 1;

async function elsewhere(acceptFunctions: boolean): Promise<{
  here: Node;
  there: Node;
  agent: Agent<number>;
  home: Agent<number>;
}> {
  const cluster = await startCluster();
  const [here, there] = [await cluster('here'), await cluster('there', { acceptFunctions })];
  await here.connect(there.name);
  const home = await startAgent(there, () => 42, { name });
  return { here, there, home, agent: new Agent<number>(here, name.on(there.name)) };
}

describe('an agent on another node', () => {
  it('executes functions of this one, if its node accepts them', async () => {
    const { here, there, agent, home } = await elsewhere(true);
    expect(await agent.get((x) => x)).toBe(42);
    await agent.update((x) => x + 1);
    expect(await home.get((x) => x)).toBe(43);
    expect(await agent.getAndUpdate(async (x) => [x, x * 2])).toBe(43);
    agent.cast((x) => x + 1);
    await quiet({ here, there });
    expect(await new Agent<number>(here, home.address).get((x) => x)).toBe(87);
  });

  it('refuses them if its node was not told to accept functions, and lives on', async () => {
    const { here, there, agent, home } = await elsewhere(false);
    await expect(agent.update((x) => x + 1)).rejects.toMatchObject({
      code: 'ERR_FUNCTIONS_NOT_ACCEPTED',
      node: there.name,
      message: expect.stringContaining('startNode({ acceptFunctions: true })'),
    });
    agent.cast((x) => x + 1);
    await quiet({ here, there });
    expect(await home.get((x) => x)).toBe(42);
    expect(logOf(there)).toContainEqual(
      expect.objectContaining({ text: 'a function for the agent was dropped' }),
    );
  });

  it('is ended by one that misses what it closed over, with an error that says so', async () => {
    const { there, agent, home } = await elsewhere(true);
    await expect(agent.update((x) => x + outer)).rejects.toMatchObject({
      code: 'ERR_SERVER_EXIT',
      reason: { name: 'ReferenceError', message: expect.stringContaining('without what it closes over') },
    });
    expect(lives(there, { pid: home.address as never })).toBe(false);
  });

  it('is not sent what is more than its source', async () => {
    const { agent } = await elsewhere(true);
    await expect(agent.get(Math.abs)).rejects.toMatchObject({
      code: 'ERR_UNSENDABLE',
      message: expect.stringMatching(/^agent\.get: a bound or built-in function, 'abs'/),
    });
  });
});
