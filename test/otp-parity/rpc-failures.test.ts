import { body, type Node, type Pid } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { inBothPlaces, quiet } from '../support/both-places';
import { logOf, startTestNode } from '../support/test-node';

const nobody = 'nobody@127.0.0.1';

/** Exposes functions that fail, each in its way. @returns the processes that wait to be ended */
function exposeFailures(node: Node): Pid[] {
  const waiting: Pid[] = [];
  node.expose('Fails', {
    fine: (n: number) => n + 1,
    throws: () => {
      throw new RangeError('too far');
    },
    rejects: () => Promise.reject(new RangeError('too late')),
    exits: body((self) => self.exit({ type: 'mine' })),
    exitsLater: body(async (self) => {
      await Promise.resolve();
      self.exit('later');
    }),
    waits: body((self) => {
      waiting.push(self.pid);
      return self.receive('never');
    }),
  });
  return waiting;
}

describe('a call by rpc', () => {
  inBothPlaces('fails in one of four ways, each an error of its own', async (places) => {
    const { here, there } = places;
    const waiting = exposeFailures(there);
    const failure = (fn: string, node = there.name): Promise<unknown> =>
      here.rpc.call(node, 'Fails', fn).catch((error: unknown) => error);
    expect(await failure('throws')).toMatchObject({ code: 'ERR_REMOTE', cause: { name: 'RangeError' } });
    expect(await failure('rejects')).toMatchObject({ code: 'ERR_REMOTE', cause: { message: 'too late' } });
    expect(await failure('exits')).toMatchObject({ code: 'ERR_REMOTE_EXIT', reason: { type: 'mine' } });
    expect(await failure('exitsLater')).toMatchObject({ code: 'ERR_REMOTE_EXIT', reason: 'later' });
    const killed = failure('waits');
    await quiet(places);
    there.exitSignal(waiting[0] as Pid, 'kill');
    expect(await killed).toMatchObject({
      code: 'ERR_REMOTE_KILLED',
      reason: 'killed',
      mayHaveBeenHandled: true,
      message: `rpc Fails.waits on ${there.name}: the process of the function was ended: killed`,
    });
    expect(await failure('none')).toMatchObject({ code: 'ERR_NOT_EXPOSED', mayHaveBeenHandled: false });
    expect(await failure('fine', nobody)).toMatchObject({ code: 'ERR_NODEDOWN', mayHaveBeenHandled: false });
    expect(await here.rpc.call(there.name, 'Fails', 'fine', [1])).toBe(2);
  });

  inBothPlaces('leaves no process behind, however it ends', async (places) => {
    const { here, there } = places;
    exposeFailures(there);
    await quiet(places);
    const before = there.processes();
    for (const fn of ['fine', 'throws', 'rejects', 'exits', 'exitsLater', 'none'])
      await here.rpc.call(there.name, 'Fails', fn).catch(() => undefined);
    await quiet(places);
    expect(there.processes()).toEqual(before);
  });

  inBothPlaces('of several nodes has the outcome of each, in their order', async ({ here, there }) => {
    exposeFailures(there);
    const outcomes = await here.rpc.multicall([nobody, there.name, there.name], 'Fails', 'exits');
    expect(outcomes.map((outcome: any) => [outcome.node, outcome.reason.code])).toEqual([
      [nobody, 'ERR_NODEDOWN'],
      [there.name, 'ERR_REMOTE_EXIT'],
      [there.name, 'ERR_REMOTE_EXIT'],
    ]);
  });

  it('times out on time though its function never ends', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    exposeFailures(node);
    const outcome = node.rpc
      .call(node.name, 'Fails', 'waits', [], { timeoutMs: 1_000 })
      .catch((error: unknown) => error);
    await clock.advance(1_100);
    expect(await outcome).toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
      mayHaveBeenHandled: true,
      message: `rpc Fails.waits on ${node.name}: no reply within 1000 ms`,
    });
  });

  it('has no time limit unless it is told one', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const waiting = exposeFailures(node);
    const outcome = node.rpc.call(node.name, 'Fails', 'waits').catch((error: unknown) => error);
    await clock.advance(24 * 3_600_000);
    node.exitSignal(waiting[0] as Pid, 'enough');
    expect(await outcome).toMatchObject({ code: 'ERR_REMOTE_KILLED', reason: 'enough' });
  });
});

describe('a cast by rpc', () => {
  inBothPlaces('never fails: what fails there is a crash in the log of that node', async (places) => {
    const { here, there } = places;
    exposeFailures(there);
    here.rpc.cast(nobody, 'Fails', 'fine');
    here.rpc.cast(there.name, 'Fails', 'throws');
    await quiet(places);
    const crashes = logOf(there).flatMap(({ report }: any) => (report?.type === 'crash' ? [report] : []));
    expect(crashes.map(({ reason }) => reason.message)).toEqual(['too far']);
  });

  inBothPlaces(
    'that is refused is one line in the log of that node, of who wanted what and why not',
    async (places) => {
      const { here, there } = places;
      exposeFailures(there);
      here.rpc.cast(there.name, 'Fails', 'none');
      await quiet(places);
      const told = logOf(there).filter(({ level }) => level === 'warning' || level === 'error');
      const problem = "module 'Fails' exposes no function 'none'";
      expect(told).toEqual([
        expect.objectContaining({
          report: { type: 'refused', verb: 'rpc.cast', called: 'Fails.none', from: here.name, problem },
          text: `rpc.cast of Fails.none by ${here.name} was refused: ${problem}`,
        }),
      ]);
    },
  );
});
