import {
  GenServer,
  localName,
  noReply,
  receiveResponse,
  sendRequest,
  stopServer,
  type CallResult,
  type Node,
} from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { inProcess, startTestNode } from '../../../support/test-node';

/** Takes every request, and answers none. */
class Silent extends GenServer<any, any> {
  override handleCall(): CallResult {
    return noReply();
  }
}
const SILENT = localName<Silent>('silent');

/** Whatever asks another node for something, and fails if there is none. */
const verbs: Record<string, (node: Node, to: string) => Promise<unknown>> = {
  'a call of the node': (node, to) => node.call(SILENT.on(to), 'x', { timeoutMs: Infinity }),
  'a call of a process': (node, to) =>
    inProcess(node, (self) => self.call(SILENT.on(to), 'x', { timeoutMs: Infinity })),
  'a call by pid': (node, to) => node.call(`<${to}/1.1/1>` as never, 'x' as never, { timeoutMs: Infinity }),
  'a request that is awaited later': async (node, to) => {
    const response = await receiveResponse(node as never, sendRequest(node as never, SILENT.on(to), 'x'));
    throw (response as { error: unknown }).error;
  },
  'the stop of a server': (node, to) => stopServer(node, SILENT.on(to), { timeoutMs: Infinity }),
  'an rpc': (node, to) => node.rpc.call(to, 'M', 'waits'),
  'an rpc of a module': (node, to) => node.rpc.module<{ waits(): void }>('M').on(to).waits(),
  'an rpc of several nodes': async (node, to) => {
    const [outcome] = await node.rpc.multicall([to], 'M', 'waits');
    throw (outcome as { reason: unknown }).reason;
  },
  'an rpc that is awaited later': (node, to) =>
    node.rpc.receiveResponse(node, node.rpc.sendRequest(node, to, 'M', 'waits')),
  'a process that is started there': (node, to) => node.spawnOn(to, 'M', 'waits'),
  'a process that is asked for': (node, to) =>
    inProcess(node, async (self) => {
      self.spawnRequest(to, 'M', 'waits');
      const { error } = await self.receive('spawnReply');
      throw error;
    }),
};
const all = Object.keys(verbs);

let sim: Simulation;
let a: Node;
afterEach(() => sim.stop());

const setUp = (node: Node): unknown => {
  node.expose('M', { waits: () => new Promise(() => undefined) });
  return node.start(Silent, { name: SILENT });
};

/** Does everything at once. @returns what each fails with, and whether it says that it may have been handled */
async function failures(to: string, meanwhile: () => unknown = () => undefined): Promise<unknown[]> {
  const ends = Promise.allSettled(all.map((verb) => verbs[verb]!(a, to)));
  await meanwhile();
  return (await sim.until(ends)).map((end) => {
    const { code, node, mayHaveBeenHandled } = (end as PromiseRejectedResult).reason ?? {};
    return [code, node, mayHaveBeenHandled];
  });
}
const each = (node: string, mayHaveBeenHandled: boolean): unknown[] =>
  all.map(() => ['ERR_NODEDOWN', node, mayHaveBeenHandled]);

describe('what is asked of another node has not been handled, and says so, if', () => {
  it('there is no such node', async () => {
    sim = new Simulation({ seed: 31 });
    a = await sim.start('a');
    expect(await failures('nobody@sim')).toStrictEqual(each('nobody@sim', false));
  });

  it('the node does not answer the handshake', async () => {
    sim = new Simulation({ seed: 32 });
    a = await sim.start('a');
    await sim.start('b', { setUp });
    sim.pause('b');
    expect(await failures('b@sim')).toStrictEqual(each('b@sim', false));
  });

  it('the node does not accept the cookie', async () => {
    sim = new Simulation({ seed: 33 });
    a = await sim.start('a', { cookie: 'mine' });
    await sim.start('b', { setUp, cookie: 'yours' });
    expect(await failures('b@sim')).toStrictEqual(each('b@sim', false));
  });

  it("it is not connected to, with dist: 'never'", async () => {
    sim = new Simulation({ seed: 34 });
    a = await sim.start('a', { dist: 'never' });
    await sim.start('b', { setUp });
    expect(await failures('b@sim')).toStrictEqual(each('b@sim', false));
  });

  it('it is disconnected from before the handshake has ended', async () => {
    sim = new Simulation({ seed: 35 });
    a = await sim.start('a');
    await sim.start('b', { setUp });
    sim.network.setLatency('a', 'b', 1_000);
    const disconnect = async (): Promise<void> => {
      await sim.advance(1_500);
      expect(await sim.until(a.disconnect('b@sim'))).toBe(false);
    };
    expect(await failures('b@sim', disconnect)).toStrictEqual(each('b@sim', false));
  });

  it('the own node has taken its leave', async () => {
    sim = new Simulation({ seed: 36 });
    a = await sim.start('a');
    await sim.start('b', { setUp });
    await sim.until(a.drain());
    expect(await failures('b@sim')).toStrictEqual(each('b@sim', false));
  });

  it('more waits for the handshake than may wait', async () => {
    sim = new Simulation({ seed: 37 });
    a = await sim.start('a', { sendBuffer: { highBytes: 65_536, maxBytes: 65_536 } });
    await sim.start('b', { setUp });
    const fill = (): void => {
      a.send({ name: 'nobody', node: 'b@sim' }, new Uint8Array(70_000));
    };
    expect(await failures('b@sim', fill)).toStrictEqual(each('b@sim', false));
  });

  it('the own node has no name', async () => {
    sim = new Simulation();
    a = await startTestNode();
    expect(await failures('b@sim')).toStrictEqual(each('b@sim', false));
  });
});

describe('what is asked of another node may have been handled if', () => {
  it('the connection is lost before the answer', async () => {
    sim = new Simulation({ seed: 41 });
    a = await sim.start('a');
    await sim.start('b', { setUp });
    await sim.until(a.connect('b@sim'));
    sim.pause('b');
    expect(await failures('b@sim', () => sim.crash('b'))).toStrictEqual(each('b@sim', true));
  });

  it('it has opened the connection that is lost', async () => {
    sim = new Simulation({ seed: 42 });
    a = await sim.start('a');
    const b = await sim.start('b', { setUp });
    const lose = async (): Promise<void> => {
      b.events.once('nodeup', () => {
        sim.pause(b);
      });
      await sim.advance(1_000);
      await sim.crash(b);
    };
    expect(await failures('b@sim', lose)).toStrictEqual(each('b@sim', true));
  });
});
