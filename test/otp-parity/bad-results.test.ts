import {
  GenServer,
  GenStatem,
  initialState,
  keepState,
  nextState,
  reply,
  startAgent,
  startSupervisor,
  type Node,
  type ServerExitError,
} from '@trestle/runtime';
import { inBothPlaces } from '../support/both-places';
import { startTestNode } from '../support/test-node';

/** Returns from its callbacks what it is told to, whatever that is. */
class Server extends GenServer<any, any, any> {
  override init(result: any): any {
    return result;
  }
  override handleCall({ result }: any): any {
    return result;
  }
}

/** As `Server`, as a machine. */
class Machine extends GenStatem<{ state: 'on' | 'off'; calls: any; args: any }> {
  static override readonly stateEnter = true;
  init(result: any): any {
    return result;
  }
  on(event: any): any {
    return event.request?.result;
  }
  off(): any {
    return nextState('on');
  }
}

/** What a caller reads of a server that has ended by what it returned. */
const read = (node: Node, server: any, result: unknown): Promise<unknown> =>
  node.call<any, any>(server, { result }).then(
    () => 'a reply',
    (error: unknown) => (error as ServerExitError).message.replace(/^.*replied: /, ''),
  );

describe('what a callback returns and is no result', () => {
  it('is told by whoever starts the server, with what was expected and got', async () => {
    const node = await startTestNode();
    const words = 'nothing, noReply(…), continueWith(…), hibernate() or stop(…), decline(…), ignore()';
    const text = `bad return value of init: expected ${words}; of a state machine initialState(…), got`;
    await expect(node.start(Server, { args: 'ok' })).rejects.toThrow(`start Server: ${text} 'ok'`);
    await expect(node.start(Machine, { args: 'on' })).rejects.toThrow(`start Machine: ${text} 'on'`);
  });

  inBothPlaces('is told by whoever calls it, with what was expected and got', async ({ here, there }) => {
    const server = await there.start(Server);
    expect(await read(here, server, 5)).toBe(
      'bad return value of handleCall: expected reply(request, …), noReply(…) or stop(…), got 5',
    );
    const machine = await there.start(Machine, { args: initialState('on') });
    expect(await read(here, machine, 5)).toBe(
      'bad return value of handleEvent: expected nothing, nextState(…), keepState(…), repeatState(…), stop(…) or stopAndReply(…), got 5',
    );
  });

  it('is told of actions and of the entering of a state as well', async () => {
    const node = await startTestNode();
    const args = initialState('on');
    expect(await read(node, await node.start(Machine, { args }), keepState(5 as never))).toMatch(
      /^bad action: expected reply\(request, …\) to a call, .* or another action of its state, got 5$/,
    );
    expect(await read(node, await node.start(Machine, { args }), nextState('off'))).toMatch(
      /^bad return value of handleEvent \(enter\): expected a result that stays in the state .*, got/,
    );
  });

  it('is told of start functions and the functions of agents, too', async () => {
    const node = await startTestNode();
    const children = [{ id: 'a', start: () => reply as never }];
    await expect(startSupervisor(node, { strategy: 'oneForOne', children })).rejects.toThrow(
      "failed to start child 'a': bad return value of start: expected a pid; of a child also ignore(), of an application also { root, state }, got [Function: reply]",
    );
    const agent = await startAgent(node, () => 1);
    await expect(agent.getAndUpdate(() => 5 as never)).rejects.toThrow(
      'bad return value of getAndUpdate: expected a pair: [result, state], got 5',
    );
  });
});
