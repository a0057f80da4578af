import { GenServer, localName, receiveResponse, sendRequest, stop, type Self } from '@trestle/runtime';
import { puppet } from '../support/both-places';
import { inProcess, startTestNode } from '../support/test-node';
import { startScripted, type Scripted } from '../support/scripted-server';

/** Tries until it goes well; gives up where nobody else had a turn in the meantime. */
async function persist(attempt: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 0; tries < 100_000; tries++) {
    if ((await attempt().catch(() => undefined)) !== undefined) return true;
  }
  await new Promise<void>(later);
  return false;
}

/** Does something when the event loop had its turn: a timer, or a socket, would. */
function later(action: () => void): void {
  setImmediate(action);
}

/** A server that cannot even be made. */
class Broken extends GenServer {
  constructor() {
    super();
    throw new Error('no');
  }
}

const [late, nobody] = [localName<Scripted>('late'), localName<Scripted>('nobody')];

describe('a process that tries again at once', () => {
  it('to receive a message, with afterMs 0, keeps nobody from sending it', async () => {
    const node = await startTestNode();
    const received = inProcess(node, (self) => {
      later(() => {
        node.send(self.pid, { type: 'go' });
      });
      return persist(() => self.receive('go', { afterMs: 0 }));
    });
    expect(await received).toBe(true);
  });

  it('to receive by a guard what never comes keeps its messages, in order', async () => {
    const node = await startTestNode();
    const left = await inProcess(node, async (self) => {
      for (const n of [1, 2, 3]) self.send(self.pid, n);
      let isOver = false;
      later(() => {
        isOver = true;
      });
      const none = () => self.receive(undefined, { where: () => false, afterMs: 0 });
      const done = await persist(async () => (await none()) ?? (isOver || undefined));
      return [done, await self.receive(), await self.receive(), await self.receive()];
    });
    expect(left).toEqual([true, 1, 2, 3]);
  });

  it('to call a name that nobody has keeps nobody from taking it', async () => {
    const node = await startTestNode();
    const answered = inProcess(node, (self) => {
      later(() => void startScripted(node, {}, { name: 'late' }));
      return persist(() => self.call(late, 'hello'));
    });
    expect(await answered).toBe(true);
  });

  it('to start a server under a name that is taken keeps nobody from giving it up', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, {}, { name: 'late' });
    const started = inProcess(node, (self) => {
      later(() => {
        node.exitSignal(pid, 'kill');
      });
      return persist(() => startScripted(self, {}, { name: 'late' }));
    });
    expect(await started).toBe(true);
  });

  it('to call a server whose mailbox is full does not keep the event loop from its turn', async () => {
    const node = await startTestNode();
    const self = (await puppet(node)).self;
    const full = node.spawn<any>((me) => me.receive('never'), { mailbox: { maxMessages: 1 } });
    node.send(full, 'one');
    let isOver = false;
    later(() => {
      isOver = true;
    });
    const attempt = () => self.call<any, any>(full as never, 1).catch(() => isOver || undefined);
    expect(await persist(attempt)).toBe(true);
  });

  it('to call another node, where there is no distribution, does not keep the event loop from its turn', async () => {
    const node = await startTestNode();
    const { self } = await puppet(node);
    let isOver = false;
    later(() => {
      isOver = true;
    });
    const far = { name: 'x', node: 'far@127.0.0.1' } as never;
    expect(await persist(() => self.call<any, any>(far, 1).catch(() => isOver || undefined))).toBe(true);
  });

  it.each<[string, (self: any) => Promise<unknown>]>([
    [
      'a function of its own node by rpc that is not there',
      ({ node }) => node.rpc.call(node.name, 'None', 'none'),
    ],
    ['spawnOn for no function of its own node', ({ node }) => node.spawnOn(node.name, 'None', 'none')],
    ['spawnOn for a node out of reach', (self) => self.spawnOn('far@127.0.0.1', 'None', 'none')],
  ])('to call %s does not keep the event loop from its turn', async (_what, attempt) => {
    const node = await startTestNode();
    const { self } = await puppet(node);
    let isOver = false;
    later(() => {
      isOver = true;
    });
    expect(await persist(() => attempt(self).catch(() => isOver || undefined))).toBe(true);
  });

  it.each<[string, (self: Self) => Promise<unknown>]>([
    ['to connect, on a node without a name', ({ node }) => node.connect('far@127.0.0.1')],
    ['to disconnect, on a node without a name', ({ node }) => node.disconnect('far@127.0.0.1')],
    ['to ping, on a node without a name', ({ node }) => node.ping('far@127.0.0.1')],
    ['to start a server whose constructor throws', (self) => self.start(Broken)],
    ['to start a server whose init stops it', ({ node }) => startScripted(node, { init: () => stop('no') })],
    ['to send a request to nobody', (self) => receiveResponse(self, sendRequest(self, nobody, 'hello'))],
    ['to call by rpc, on its own node', ({ node }) => node.rpc.call(node.name, 'Node', 'alive')],
    [
      'to call a function by rpc, on its own node, that throws',
      ({ node }) =>
        node.rpc.call(node.name, () => {
          throw new Error('no');
        }),
    ],
    [
      'to send a request by rpc, on its own node, for what is not there',
      (self) =>
        self.node.rpc.receiveResponse(self, self.node.rpc.sendRequest(self, self.node.name, 'None', 'none')),
    ],
  ])('%s, does not keep the event loop from its turn', async (_what, attempt) => {
    const node = await startTestNode();
    const { self } = await puppet(node);
    let isOver = false;
    later(() => {
      isOver = true;
    });
    const tried = () => isOver || undefined;
    expect(await persist(() => attempt(self).then(tried, tried))).toBe(true);
  });

  it('and is ended meanwhile never goes on', async () => {
    const node = await startTestNode();
    let tries = 0;
    const pid = node.spawn(async (self) => {
      for (;;) {
        await self.call(nobody, 1).catch(() => undefined);
        tries += 1;
      }
    });
    await new Promise<void>((resolve) => {
      later(resolve);
    });
    node.exitSignal(pid, 'kill');
    const before = tries;
    await new Promise<void>((resolve) => {
      later(resolve);
    });
    expect(tries - before).toBeLessThanOrEqual(1);
    expect(before).toBeGreaterThan(0);
  });
});
