import { Agent, startAgent, startSupervisor, Supervisor, type Node, type ServerPid } from '@trestle/runtime';
import { freePort } from '../../support/free-port';
import { settle, startTestNode, watch } from '../../support/test-node';
import { kid, type Diary } from './family';

let here: Node;
let there: Node;
let diary: Diary;
let supervisor: ServerPid<Supervisor>;

beforeEach(async () => {
  const options = { cookie: 'two nodes', mapperPort: await freePort() };
  here = await startTestNode({ ...options, name: 'here@127.0.0.1' });
  there = await startTestNode({ ...options, name: 'there@127.0.0.1' });
  expect(await here.connect(there.name)).toBe(true);
  diary = [];
  supervisor = await startSupervisor(there, {
    strategy: 'oneForOne',
    children: [kid(diary, 'a'), kid(diary, 'b')],
  });
});

describe('a supervisor on another node', () => {
  it('tells of its children, and stops, restarts and forgets them', async () => {
    expect(await Supervisor.whichChildren(here, supervisor)).toEqual([
      { id: 'a', pid: there.whereis('a'), type: 'worker' },
      { id: 'b', pid: there.whereis('b'), type: 'worker' },
    ]);
    await Supervisor.terminateChild(here, supervisor, 'a');
    expect(await Supervisor.restartChild(here, supervisor, 'a')).toBe(there.whereis('a'));
    await Supervisor.terminateChild(here, supervisor, 'b');
    await Supervisor.deleteChild(here, supervisor, 'b');
    expect(await Supervisor.countChildren(here, supervisor)).toMatchObject({ specs: 1, active: 1 });
    await expect(Supervisor.deleteChild(here, supervisor, 'b')).rejects.toMatchObject({ reason: 'notFound' });
  });

  it('cannot be given a child: a spec holds a function', async () => {
    await expect(Supervisor.startChild(here, supervisor, kid(diary, 'c'))).rejects.toThrow(
      /^request\.spec\.start: a function .*cannot be sent to another node$/,
    );
  });

  it('can be killed from afar, and takes its children with it', async () => {
    const end = await watch(there, supervisor);
    here.exitSignal(supervisor, 'kill');
    expect(await end.reason).toBe('killed');
    await settle();
    expect(diary).toEqual(['+a', '+b', '-a', '-b']);
  });
});

describe('an agent on another node', () => {
  it('is out of reach where its node accepts no functions, and lives on', async () => {
    const agent = await startAgent(there, () => 1);
    const away = new Agent(here, agent.address);
    await expect(away.get((n) => n)).rejects.toMatchObject({ code: 'ERR_FUNCTIONS_NOT_ACCEPTED' });
    away.cast((n) => n + 1);
    expect(await agent.get((n) => n)).toBe(1);
    await away.stop();
    await expect(agent.get((n) => n)).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  });
});
