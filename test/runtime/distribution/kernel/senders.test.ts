import {
  body,
  GenServer,
  localName,
  noReply,
  reply,
  stop,
  type CallResult,
  type From,
  type Node,
  type Self,
} from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { partsOf } from '../../../support/test-node';

/** Notes what it is told, and tells it. */
class Diary extends GenServer<any, any> {
  private readonly lines: string[] = [];
  override handleCall(request: any): CallResult {
    return reply(request, this.lines);
  }
  override handleCast({ line }: { line: string }): void {
    this.lines.push(line);
  }
}
const DIARY = localName<Diary>('diary');

const mebibyte = 1024 * 1024;
const long = new Uint8Array(20 * mebibyte);
/** Bytes per millisecond: next to nothing of them arrives while a short signal is on its way. */
const slowly = 5_000;
/** Frames, of hundreds, until a short signal has its answer: six fragments, each with the frame that announces it. */
const few = 12;

let sim: Simulation;
let a: Node;
let b: Node;
beforeEach(async () => {
  sim = new Simulation({ seed: 51 });
  [a, b] = (await sim.startNodes(['a', 'b'], { netTickMs: 4_000 })) as [Node, Node];
  await b.start(Diary, { name: DIARY });
  await sim.until(a.connect('b@sim'));
});
afterEach(() => sim.stop());

const connectionOf = (from: Node, to: string): { framesSent: number; hasCalls: boolean } =>
  (partsOf(from).distribution as any).peers.get(to).connection;

/** The frames that leave a node until something has come about. */
async function framesUntil<T>(node: Node, to: string, end: Promise<T>): Promise<readonly [T, number]> {
  const before = connectionOf(node, to).framesSent;
  const value = await sim.until(end, { withinMs: 1e9 });
  return [value, connectionOf(node, to).framesSent - before];
}

/** A process that does what the test makes its `self` do, and the messages it has got. */
async function puppet(node: Node): Promise<{ self: Self<any>; inbox: any[] }> {
  const inbox: any[] = [];
  const self = await sim.until(
    new Promise<Self<any>>((resolve) => {
      node.spawn<any>(async (process) => {
        resolve(process);
        for (;;) inbox.push(await process.receive());
      });
    }),
  );
  return { self, inbox };
}

describe('an rpc that is made outside of processes', () => {
  beforeEach(() => {
    b.expose('M', {
      size: (bytes: Uint8Array) => bytes.length,
      bytes: (length: number) => new Uint8Array(length),
      waits: () => new Promise(() => undefined),
      note: (line: string) => {
        b.cast(DIARY, { line });
      },
    });
  });

  it('does not wait for the long request of another one', async () => {
    sim.network.readSlowly(b, slowly);
    const slow = a.rpc.call('b@sim', 'M', 'size', [long]);
    await sim.advance(10);
    const [size, frames] = await framesUntil(a, 'b@sim', a.rpc.call('b@sim', 'M', 'size', [[]]));
    expect(size).toBe(0);
    expect(frames).toBeLessThanOrEqual(few);
    expect(await sim.until(slow)).toBe(long.length);
  });

  it('does not wait for the long request of another one if it awaits its result later', async () => {
    sim.network.readSlowly(b, slowly);
    const requests = [long, [1, 2]].map((arg) => a.rpc.sendRequest(a, 'b@sim', 'M', 'size', [arg]));
    const [slow, fast] = requests.map((request) => a.rpc.receiveResponse(a, request));
    const [size, frames] = await framesUntil(a, 'b@sim', fast!);
    expect(size).toBe(2);
    expect(frames).toBeLessThanOrEqual(few);
    expect(await sim.until(slow!)).toBe(long.length);
  });

  it('does not wait for the long cast of another one, nor does a cast', async () => {
    sim.network.readSlowly(b, slowly);
    a.rpc.cast('b@sim', 'M', 'note', [long]);
    a.rpc.cast('b@sim', 'M', 'note', ['short']);
    const [, frames] = await framesUntil(a, 'b@sim', a.rpc.call('b@sim', 'M', 'size', [[]]));
    expect(frames).toBeLessThanOrEqual(few);
    expect(await sim.until(b.call(DIARY, 'read'))).toEqual(['short']);
  });

  it('does not wait for the long answer of another one', async () => {
    sim.network.readSlowly(a, slowly);
    const slow = a.rpc.call('b@sim', 'M', 'bytes', [long.length]);
    await sim.advance(100);
    const [answer, frames] = await framesUntil(b, 'a@sim', a.rpc.call('b@sim', 'M', 'bytes', [1]));
    expect(answer).toEqual(new Uint8Array(1));
    expect(frames).toBeLessThanOrEqual(few);
    expect(await sim.until(slow)).toHaveLength(long.length);
  });

  it('that is given up while its request leaves is given up there, too', async () => {
    sim.network.readSlowly(b, slowly);
    const call = a.rpc.call('b@sim', 'M', 'waits', [long], { timeoutMs: 20 });
    await expect(sim.until(call)).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    await sim.advance(10_000);
    expect([connectionOf(a, 'b@sim').hasCalls, connectionOf(b, 'a@sim').hasCalls]).toEqual([false, false]);
  });

  it('has its answer behind what its function has sent to the process that waits', async () => {
    const { self, inbox } = await puppet(a);
    b.expose('Tells', {
      tell: body((there, to) => {
        there.send(to as never, { type: 'told', bytes: new Uint8Array(2 * mebibyte) } as never);
        return 'done';
      }),
    });
    sim.network.readSlowly(a, slowly);
    expect(await sim.until(self.node.rpc.call('b@sim', 'Tells', 'tell', [self.pid]))).toBe('done');
    await sim.settle();
    expect(inbox.map(({ type }) => type)).toEqual(['told']);
  });
});

describe('what is sent by way of a node', () => {
  it('stays in order: a call of a server sees the long cast before it', async () => {
    sim.network.readSlowly(b, slowly);
    a.cast(DIARY.on('b@sim'), { line: 'long', long });
    a.cast(DIARY.on('b@sim'), { line: 'short' });
    expect(await sim.until(a.call(DIARY.on('b@sim'), 'read'))).toEqual(['long', 'short']);
  });
});

describe('what a server answers', () => {
  /** Sends a long message to who asks, and answers as it is told. */
  class Telling extends GenServer<any, any> {
    override handleCall(request: any, from: From): CallResult {
      this.self.send(request.to, { type: 'long', long });
      if (request.how === 'reply') return reply(request, 'done');
      if (request.how === 'later') from.reply('done');
      if (request.how === 'unsendable') return reply(request, () => undefined);
      return request.how === 'stop' ? stop('enough') : noReply();
    }
  }

  it.each([
    ['reply', 'done'],
    ['later', 'done'],
    ['unsendable', 'ERR_REMOTE'],
    ['stop', 'ERR_SERVER_EXIT'],
  ])('comes behind what it has sent before to who asks, however long that is: %s', async (how, expected) => {
    const { self, inbox } = await puppet(a);
    const server = await b.start(Telling);
    sim.network.readSlowly(a, slowly);
    const call = self.call(server, { type: 'tell', how, to: self.pid }, { timeoutMs: Infinity });
    const answer = call.catch((error: unknown) => (error as { code: string }).code);
    expect(await sim.until(answer, { withinMs: 1e9 })).toBe(expected);
    await sim.settle();
    expect(inbox.map(({ type }) => type)).toEqual(['long']);
  });

  it('does not wait for what another server sends', async () => {
    const { self } = await puppet(a);
    const server = await b.start(Telling);
    sim.network.readSlowly(a, slowly);
    void self.call(server, { type: 'tell', how: 'reply', to: self.pid }, { timeoutMs: Infinity });
    await sim.advance(10);
    const [lines, frames] = await framesUntil(b, 'a@sim', self.call(DIARY.on('b@sim'), 'read'));
    expect(lines).toStrictEqual([]);
    expect(frames).toBeLessThanOrEqual(few);
  });
});

describe('the request to start a process', () => {
  it('stays in order with the long messages of who asks', async () => {
    const [asker, told] = [await puppet(a), await puppet(b)];
    b.expose('Tells', {
      tell: body((there, to) => there.send(to as never, { type: 'short' } as never)),
    });
    sim.network.readSlowly(b, slowly);
    asker.self.send(told.self.pid, { type: 'long', long });
    await sim.until(asker.self.spawnOn('b@sim', 'Tells', 'tell', [told.self.pid]));
    await sim.settle();
    expect(told.inbox.map(({ type }) => type)).toEqual(['long', 'short']);
  });

  it('does not wait for the long messages of others', async () => {
    const [asker, told] = [await puppet(a), await puppet(b)];
    b.expose('Tells', { nothing: () => undefined });
    sim.network.readSlowly(b, slowly);
    a.send(told.self.pid, { type: 'long', long });
    const [, frames] = await framesUntil(a, 'b@sim', asker.self.spawnOn('b@sim', 'Tells', 'nothing'));
    expect(frames).toBeLessThanOrEqual(few);
  });

  it('is answered before anything else of the new process, whatever its node has to send', async () => {
    const [asker, told] = [await puppet(a), await puppet(a)];
    b.expose('Tells', {
      tell: body((there, to) => there.send(to as never, { type: 'said' } as never)),
    });
    sim.network.readSlowly(a, slowly);
    b.send(told.self.pid, { type: 'long', long });
    asker.self.spawnRequest('b@sim', 'Tells', 'tell', [asker.self.pid]);
    await sim.clock.untilTrue(() => asker.inbox.length === 2);
    expect(asker.inbox.map(({ type }) => type)).toEqual(['spawnReply', 'said']);
    expect(told.inbox).toStrictEqual([]);
  });
});
