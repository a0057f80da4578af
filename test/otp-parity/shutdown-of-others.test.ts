import {
  GenServer,
  noReply,
  startSupervisor,
  startTaskSupervisor,
  stopServer,
  Supervisor,
  Task,
  TaskSupervisor,
  type CallResult,
  type Node,
  type Pid,
  type Self,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { idle, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';

/** Answers nobody. */
class Silent extends GenServer<any> {
  override handleCall(): CallResult {
    return noReply();
  }
}

/** Calls whom it is told to call, and does not catch what comes of it. */
class Caller extends GenServer<any, Pid> {
  override async handleCast(to: Pid): Promise<void> {
    await this.self.call<any, any>(to, 'x', { timeoutMs: Infinity });
  }
}

const shutdownOf = (code: string): object => ({
  type: 'shutdown',
  detail: expect.objectContaining({ type: 'error', code }),
});
const crashes = (node: Node): unknown[] => logOf(node).filter(({ report }) => report?.type === 'crash');

describe('a call that fails because the server was shut down', () => {
  inBothPlaces('ends a server that does not catch it in order: no crash is reported', async (places) => {
    const { here, there } = places;
    const server = await there.start(Silent);
    const caller = await here.start(Caller);
    const { reason } = await watch(here, caller);
    here.cast(caller, server);
    await quiet(places);
    there.exitSignal(server, 'shutdown');
    expect(await reason).toEqual(shutdownOf('ERR_SERVER_EXIT'));
    expect(crashes(here)).toStrictEqual([]);
  });

  inBothPlaces('ends a body that does not catch it in order, and those it is linked to', async (places) => {
    const { here, there } = places;
    const server = await there.start(Silent);
    const linked = idle(here);
    const { reason } = await watch(here, linked.pid);
    const own = reasonOf(here, async (self) => {
      self.link(linked.pid);
      await self.call<any, any>(server, 'x', { timeoutMs: Infinity });
    });
    await quiet(places);
    there.exitSignal(server, 'shutdown');
    expect(await own).toEqual(shutdownOf('ERR_SERVER_EXIT'));
    expect(await reason).toEqual(shutdownOf('ERR_SERVER_EXIT'));
    expect(crashes(here)).toStrictEqual([]);
  });

  it('is no reason to restart a transient child, unlike the crash of the server', async () => {
    const node = await startTestNode();
    const [stopped, crashed] = [await node.start(Silent), await node.start(Silent)];
    const child = (id: string, to: Pid): { id: string; restart: 'transient'; start: (p: Self) => Pid } => ({
      id,
      restart: 'transient',
      start: (parent) =>
        parent.spawnLink(async (self) => self.call<any, any>(to, 'x', { timeoutMs: Infinity })),
    });
    const children = [child('a', stopped), child('b', crashed)];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    const before = await Supervisor.whichChildren(node, supervisor);
    await settle();
    node.exitSignal(stopped, 'shutdown');
    node.exitSignal(crashed, 'crash');
    // Calls again, to nobody: that is no shutdown either, until the supervisor gives up.
    const { reason } = await watch(node, supervisor);
    expect(await reason).toBe('shutdown');
    const restarted = logOf(node).flatMap(({ report }) =>
      report?.type === 'supervisor' ? [report.offender.id] : [],
    );
    expect(before.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(new Set(restarted)).toEqual(new Set(['b']));
  });

  it.each<[string, (node: Node, server: Pid) => unknown]>([
    ['normal', (node, server) => stopServer(node, server)],
    ['killed', (node, server) => node.exitSignal(server, 'kill')],
    ['{ type: shutdown }', (node, server) => node.exitSignal(server, { type: 'shutdown', detail: 'why' })],
  ])('is no other than that: one whose server ended with %s is a crash', async (_, end) => {
    const node = await startTestNode();
    const server = await node.start(Silent);
    const own = reasonOf(node, (self) => self.call<any, any>(server, 'x', { timeoutMs: Infinity }));
    await settle();
    await end(node, server);
    expect(await own).toEqual(expect.objectContaining({ type: 'error', code: 'ERR_SERVER_EXIT' }));
    expect(crashes(node)).toHaveLength(1);
  });
});

describe('a task that was shut down', () => {
  it('ends an owner in order that awaits it and does not catch that', async () => {
    const node = await startTestNode();
    const supervisor = await startTaskSupervisor(node);
    const own = reasonOf(node, async (self) => {
      const task = await TaskSupervisor.asyncNolink(self, supervisor, (its: Self<any>) => its.receive());
      node.exitSignal(task.pid!, 'shutdown');
      await Task.await(self, task);
    });
    expect(await own).toEqual(shutdownOf('ERR_TASK_EXIT'));
    expect(crashes(node)).toStrictEqual([]);
  });
});
