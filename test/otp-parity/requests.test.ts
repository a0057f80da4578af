import {
  BadArgumentError,
  checkResponse,
  GenServer,
  localName,
  NodeDownError,
  noReply,
  NoProcessError,
  receiveResponse,
  reply,
  replyPort,
  RequestIds,
  sendRequest,
  ServerExitError,
  stop,
  UnsendableError,
  waitResponse,
  type Call,
  type CallResult,
  type From,
  type ReplyPort,
  type RequestId,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster, type Places, type Puppet } from '../support/both-places';
import { idle, inProcess, leftovers, partsOf, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

type Ask =
  | Call<{ type: 'double'; n: number }, number>
  | Call<{ type: 'wait' }, string>
  | Call<{ type: 'die' }, never>
  | Call<{ type: 'function' }, unknown>;

/** Answers at once, when it is told to, or by its end. */
class Oracle extends GenServer<Ask, { type: 'answer'; with: string }> {
  readonly waiting: ReplyPort<string>[] = [];

  override handleCall(request: Ask, from: From): CallResult {
    switch (request.type) {
      case 'double':
        return reply(request, request.n * 2);
      case 'wait':
        this.waiting.push(replyPort(request, from));
        return noReply();
      case 'die':
        return stop('asked to');
      case 'function':
        return reply(request, () => 1);
    }
  }

  override handleCast(request: { with: string }): void {
    this.waiting.shift()?.send(request.with);
  }
}

const oracle = localName<Oracle>('oracle');

interface Arranged {
  readonly asker: Puppet;
  readonly pid: ServerPid<Oracle>;
  /** Has the oracle answer the first who waits. */
  answer(text: string): void;
}

async function arrange({ here, there }: Places): Promise<Arranged> {
  const [asker, pid] = [await puppet(here), await there.start(Oracle, { name: oracle })];
  return { asker, pid, answer: (text) => there.cast(pid, { type: 'answer', with: text }) };
}

/** Everything that could be left of a request on both nodes. */
async function nothingLeft(places: Places, pid: ServerPid<Oracle>): Promise<void> {
  await quiet(places);
  const { here, there } = places;
  expect(partsOf(there).table.get(pid)?.openCalls.count() ?? 0).toBe(0);
  expect(leftovers(here)).toMatchObject({ timers: 0, numberedCalls: 0 });
}

describe('a request', () => {
  inBothPlaces('is answered while its sender does something else', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    asker.self.send(asker.pid, 'something else');
    await quiet(places);
    expect(asker.inbox).toEqual(['something else']);
    const response = receiveResponse(asker.self, request);
    answer('42');
    expect(await response).toEqual({ status: 'reply', reply: '42' });
    await nothingLeft(places, pid);
  });

  inBothPlaces('goes to a pid, a name, or a name on a node', async (places) => {
    const { asker, pid } = await arrange(places);
    const here = await places.here.start(Oracle, places.apart ? { name: oracle } : {});
    const addresses = [pid, oracle, oracle.on(places.there.name), here];
    for (const address of addresses) {
      const request = sendRequest(asker.self, address, { type: 'double', n: 4 });
      expect(await receiveResponse(asker.self, request)).toEqual({ status: 'reply', reply: 8 });
    }
  });

  inBothPlaces('is handled in order with messages, calls and casts of its sender', async (places) => {
    const { here, there } = places;
    const seen: unknown[] = [];
    class Sees extends GenServer<Call<{ type: string }, string>, { type: string }> {
      override handleCall(request: Call<{ type: string }, string>): CallResult {
        seen.push(request.type);
        return reply(request, 'ok');
      }
      override handleCast(request: { type: string }): void {
        seen.push(request.type);
      }
      override handleInfo(message: unknown): void {
        seen.push(message);
      }
    }
    const [asker, pid] = [await puppet(here), await there.start(Sees)];
    asker.self.send(pid, 'message');
    sendRequest(asker.self, pid, { type: 'request' });
    asker.self.cast(pid, { type: 'cast' });
    void asker.self.call(pid, { type: 'call' });
    sendRequest(asker.self, pid, { type: 'last' });
    await quiet(places);
    expect(seen).toEqual(['message', 'request', 'cast', 'call', 'last']);
  });

  inBothPlaces('whose response nobody awaits is a message, which checkResponse knows', async (places) => {
    const { asker, pid } = await arrange(places);
    const [first, second] = [1, 2].map((n) => sendRequest(asker.self, pid, { type: 'double', n }));
    await quiet(places);
    expect(asker.inbox).toEqual([
      { type: 'requestResponse', ref: first!.ref, response: { status: 'reply', reply: 2 } },
      { type: 'requestResponse', ref: second!.ref, response: { status: 'reply', reply: 4 } },
    ]);
    expect(checkResponse(asker.inbox[1], first!)).toBeUndefined();
    expect(checkResponse('something else', first!)).toBeUndefined();
    expect(checkResponse(null, first!)).toBeUndefined();
    expect(checkResponse(asker.inbox[0], first!)).toEqual({ status: 'reply', reply: 2 });
    expect(checkResponse(asker.inbox[0], first!)).toBeUndefined();
  });

  inBothPlaces('of a server comes back to its handleInfo', async (places) => {
    const { here, there } = places;
    const seen: unknown[] = [];
    class Middle extends GenServer<never, { type: 'go' }> {
      private request!: RequestId<number>;
      override handleCast(): void {
        this.request = sendRequest(this.self, oracle.on(there.name), { type: 'double', n: 21 });
      }
      override handleInfo(message: unknown): void {
        seen.push(checkResponse(message, this.request));
      }
    }
    await arrange(places);
    here.cast(await here.start(Middle), { type: 'go' });
    await quiet(places);
    expect(seen).toEqual([{ status: 'reply', reply: 42 }]);
  });

  inBothPlaces(
    'can be awaited in a callback of a server, with messages left where they are',
    async (places) => {
      const { here, there } = places;
      const seen: unknown[] = [];
      class Middle extends GenServer<Call<{ type: 'go' }, unknown>> {
        override async handleCall(request: Call<{ type: 'go' }, unknown>): Promise<CallResult> {
          this.self.send(this.self.pid, 'later');
          const asked = sendRequest(this.self, oracle.on(there.name), { type: 'double', n: 21 });
          return reply(request, await receiveResponse(this.self, asked));
        }
        override handleInfo(message: unknown): void {
          seen.push(message);
        }
      }
      await arrange(places);
      const pid = await here.start(Middle);
      expect(await here.call(pid, { type: 'go' })).toEqual({ status: 'reply', reply: 42 });
      await quiet(places);
      expect(seen).toEqual(['later']);
    },
  );

  it('may go to oneself: a server answers itself later', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    class Self extends GenServer<Call<{ type: 'ask' }, string>, { type: 'go' }> {
      private request!: RequestId<string>;
      override handleCast(): void {
        this.request = sendRequest(this.self, this.self.pid as ServerPid<Self>, { type: 'ask' });
      }
      override handleCall(request: Call<{ type: 'ask' }, string>): CallResult {
        return reply(request, 'mine');
      }
      override handleInfo(message: unknown): void {
        seen.push(checkResponse(message, this.request));
      }
    }
    node.cast(await node.start(Self), { type: 'go' });
    await settle();
    expect(seen).toEqual([{ status: 'reply', reply: 'mine' }]);
  });

  inBothPlaces('to nobody ends with an error at once', async (places) => {
    const { here, there } = places;
    const asker = await puppet(here);
    const request = sendRequest(asker.self, oracle.on(there.name), { type: 'wait' });
    const response = await receiveResponse(asker.self, request);
    expect(response).toEqual({ status: 'error', error: expect.any(NoProcessError) as unknown });
  });

  inBothPlaces('ends with an error when its server ends, with the reason', async (places) => {
    const { asker, pid } = await arrange(places);
    const waits = sendRequest(asker.self, pid, { type: 'wait' });
    sendRequest(asker.self, pid, { type: 'die' });
    const response = await receiveResponse(asker.self, waits);
    expect(response).toMatchObject({
      status: 'error',
      error: { code: 'ERR_SERVER_EXIT', reason: 'asked to' },
    });
    expect((response as { error: unknown }).error).toBeInstanceOf(ServerExitError);
    await quiet(places);
    expect(asker.inbox).toMatchObject([
      { type: 'requestResponse', response: { status: 'error', error: { reason: 'asked to' } } },
    ]);
  });

  it('ends with an error when the node of its server is lost, or out of reach', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const { asker, pid } = await arrange({ here, there, apart: true });
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    await quiet({ here, there });
    await here.disconnect(there.name);
    const lost = await receiveResponse(asker.self, request);
    expect(lost).toEqual({ status: 'error', error: expect.any(NodeDownError) as unknown });
    const nowhere = sendRequest(asker.self, oracle.on('nowhere@127.0.0.1'), { type: 'wait' });
    expect(await receiveResponse(asker.self, nowhere)).toMatchObject({ error: { code: 'ERR_NODEDOWN' } });
  });

  it('whose reply cannot travel ends with an error that says so, and the server lives on', async () => {
    const start = await startCluster();
    const [here, there] = [await start('here'), await start('there')];
    await here.connect(there.name);
    const { asker, pid } = await arrange({ here, there, apart: true });
    const response = await receiveResponse(asker.self, sendRequest(asker.self, pid, { type: 'function' }));
    expect(response).toMatchObject({ status: 'error', error: { code: 'ERR_REMOTE' } });
    expect(there.isAlive(pid)).toBe(true);
  });

  inBothPlaces('that cannot travel is refused, and nothing is left of it', async (places) => {
    const { asker, pid } = await arrange(places);
    const send = () => sendRequest(asker.self, pid, { type: 'double', n: (() => 1) as never });
    if (places.apart) expect(send).toThrow(UnsendableError);
    else expect(send).not.toThrow();
    await nothingLeft(places, pid);
  });

  inBothPlaces('ends with its sender: nobody is answered', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    sendRequest(asker.self, pid, { type: 'wait' });
    await quiet(places);
    places.here.exitSignal(asker.pid, 'kill');
    await nothingLeft(places, pid);
    answer('to nobody');
    await nothingLeft(places, pid);
  });

  inBothPlaces('leaves nothing on its sender', async (places) => {
    const { asker, pid } = await arrange(places);
    for (let n = 0; n < 5; n++)
      await receiveResponse(asker.self, sendRequest(asker.self, pid, { type: 'double', n }));
    const process = partsOf(places.here).table.get(asker.pid) as any;
    expect(process.relations?.endListeners?.size ?? 0).toBe(0);
    await quiet(places);
    expect(asker.inbox).toStrictEqual([]);
  });

  inBothPlaces('of code that is no process can be awaited', async (places) => {
    const { pid } = await arrange(places);
    const request = sendRequest(places.here, pid, { type: 'double', n: 5 });
    expect(await receiveResponse(places.here, request)).toEqual({ status: 'reply', reply: 10 });
  });

  inBothPlaces('may be answered by another process', async (places) => {
    const { here, there } = places;
    const other = await puppet(here);
    class Delegates extends GenServer<Call<{ type: 'ask' }, string>> {
      override handleCall(request: Call<{ type: 'ask' }, string>, from: From): CallResult {
        this.self.send(other.pid, replyPort(request, from));
        return noReply();
      }
    }
    const asker = await puppet(here);
    const request = sendRequest(asker.self, await there.start(Delegates), { type: 'ask' });
    await quiet(places);
    (other.inbox[0] as ReplyPort<string>).send('by another');
    expect(await receiveResponse(asker.self, request)).toEqual({ status: 'reply', reply: 'by another' });
  });
});

describe('receiveResponse', () => {
  inBothPlaces('takes a response that came before, out of the mailbox', async (places) => {
    const { asker, pid } = await arrange(places);
    const pending = await inProcess(places.here, async (self) => {
      const request = sendRequest(self, pid, { type: 'double', n: 3 });
      await quiet(places);
      const response = await receiveResponse(self, request, { timeoutMs: 0 });
      return [response, await self.receive(undefined, { afterMs: 0 })];
    });
    expect(pending).toStrictEqual([{ status: 'reply', reply: 6 }, undefined]);
    expect(asker.inbox).toStrictEqual([]);
  });

  inBothPlaces('gives the request up when the time is over: a late response is dropped', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    expect(await receiveResponse(asker.self, request, { timeoutMs: 1 })).toEqual({ status: 'timeout' });
    await nothingLeft(places, pid);
    answer('late');
    await quiet(places);
    expect(asker.inbox).toStrictEqual([]);
    await expect(receiveResponse(asker.self, request)).rejects.toThrow(
      'receiveResponse: expected a request that waits for its response, got ',
    );
  });

  it('waits for as long as it takes unless told otherwise', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { asker, pid, answer } = await arrange({ here: node, there: node, apart: false });
    const response = receiveResponse(asker.self, sendRequest(asker.self, pid, { type: 'wait' }));
    await clock.advance(2 ** 40);
    answer('at last');
    expect(await response).toEqual({ status: 'reply', reply: 'at last' });
  });

  it('is for the sender alone, once, and one at a time', async () => {
    const node = await startTestNode();
    const { asker, pid, answer } = await arrange({ here: node, there: node, apart: false });
    const other = await puppet(node);
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    await expect(receiveResponse(other.self, request)).rejects.toThrow(
      `receiveResponse: expected the sender of the request, ${asker.pid}, got '${other.pid}'`,
    );
    const first = receiveResponse(asker.self, request);
    await expect(receiveResponse(asker.self, request)).rejects.toThrow('a request that nobody awaits');
    answer('once');
    expect(await first).toEqual({ status: 'reply', reply: 'once' });
    await expect(receiveResponse(asker.self, request)).rejects.toThrow(BadArgumentError);
  });

  it('never returns in a process that has ended', async () => {
    const node = await startTestNode();
    const { asker, pid, answer } = await arrange({ here: node, there: node, apart: false });
    const after = jest.fn();
    void receiveResponse(asker.self, sendRequest(asker.self, pid, { type: 'wait' })).then(after);
    node.exitSignal(asker.pid, 'kill');
    answer('x');
    await settle();
    expect(after).not.toHaveBeenCalled();
  });
});

describe('waitResponse', () => {
  inBothPlaces('lets the request go on when the time is over', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    expect(await waitResponse(asker.self, request, { timeoutMs: 0 })).toEqual({ status: 'timeout' });
    expect(await waitResponse(asker.self, request, { timeoutMs: 1 })).toEqual({ status: 'timeout' });
    const response = waitResponse(asker.self, request);
    answer('in the end');
    expect(await response).toEqual({ status: 'reply', reply: 'in the end' });
    await quiet(places);
    expect(asker.inbox).toStrictEqual([]);
  });

  inBothPlaces('leaves a response that comes after its time in the mailbox', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const request = sendRequest(asker.self, pid, { type: 'wait' });
    await waitResponse(asker.self, request, { timeoutMs: 0 });
    await quiet(places);
    answer('later');
    await quiet(places);
    expect(checkResponse(asker.inbox[0], request)).toEqual({ status: 'reply', reply: 'later' });
  });
});

describe('a collection of requests', () => {
  inBothPlaces('gives the responses as they come, each with its label, and is empty then', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const requests = new RequestIds<string | number, string>();
    sendRequest(asker.self, pid, { type: 'wait' }, { requests, label: 'slow' });
    sendRequest(asker.self, pid, { type: 'double', n: 1 }, { requests, label: 'quick' });
    expect(requests.size).toBe(2);
    expect(await receiveResponse(asker.self, requests)).toEqual({
      status: 'reply',
      reply: 2,
      label: 'quick',
    });
    const slow = receiveResponse(asker.self, requests);
    answer('done');
    expect(await slow).toEqual({ status: 'reply', reply: 'done', label: 'slow' });
    expect(requests.size).toBe(0);
    expect(await receiveResponse(asker.self, requests)).toEqual({ status: 'noRequest' });
    expect(await waitResponse(asker.self, requests)).toEqual({ status: 'noRequest' });
  });

  inBothPlaces('gives what came first, though all came before it was asked', async (places) => {
    const { asker, pid } = await arrange(places);
    const requests = new RequestIds<number, number>();
    for (const n of [3, 1, 2]) sendRequest(asker.self, pid, { type: 'double', n }, { requests, label: n });
    const labels: unknown[] = [];
    await inProcess(places.here, async () => quiet(places));
    for (let i = 0; i < 3; i++) labels.push(await receiveResponse(asker.self, requests));
    expect(labels).toMatchObject([{ label: 3 }, { label: 1 }, { label: 2 }]);
  });

  inBothPlaces('tells errors with their labels', async (places) => {
    const { asker, pid } = await arrange(places);
    const requests = new RequestIds<unknown, string>();
    sendRequest(asker.self, pid, { type: 'wait' }, { requests, label: 'a' });
    await quiet(places);
    places.there.exitSignal(pid, 'kill');
    expect(await receiveResponse(asker.self, requests)).toMatchObject({
      status: 'error',
      error: { reason: 'killed' },
      label: 'a',
    });
  });

  inBothPlaces('is given up as a whole by receiveResponse when the time is over', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const requests = new RequestIds<string, string>();
    for (const label of ['a', 'b']) sendRequest(asker.self, pid, { type: 'wait' }, { requests, label });
    expect(await receiveResponse(asker.self, requests, { timeoutMs: 1 })).toEqual({ status: 'timeout' });
    expect(requests.size).toBe(0);
    await nothingLeft(places, pid);
    answer('late');
    answer('late');
    await quiet(places);
    expect(asker.inbox).toStrictEqual([]);
  });

  inBothPlaces('goes on after waitResponse when the time is over', async (places) => {
    const { asker, pid, answer } = await arrange(places);
    const requests = new RequestIds<string, string>();
    for (const label of ['a', 'b']) sendRequest(asker.self, pid, { type: 'wait' }, { requests, label });
    expect(await waitResponse(asker.self, requests, { timeoutMs: 1 })).toEqual({ status: 'timeout' });
    expect(requests.size).toBe(2);
    // The time may be over before the server has heard of them.
    await quiet(places);
    answer('x');
    expect(await waitResponse(asker.self, requests)).toEqual({ status: 'reply', reply: 'x', label: 'a' });
  });

  inBothPlaces('is asked about a message by checkResponse', async (places) => {
    const { asker, pid } = await arrange(places);
    const requests = new RequestIds<number, string>();
    sendRequest(asker.self, pid, { type: 'double', n: 1 }, { requests, label: 'a' });
    sendRequest(asker.self, pid, { type: 'double', n: 2 }, { requests, label: 'b' });
    await quiet(places);
    expect(checkResponse('something else', requests)).toBeUndefined();
    expect(checkResponse(asker.inbox[1], requests)).toEqual({ status: 'reply', reply: 4, label: 'b' });
    expect(checkResponse(asker.inbox[1], requests)).toBeUndefined();
    expect(checkResponse(asker.inbox[0], requests)).toEqual({ status: 'reply', reply: 2, label: 'a' });
    expect(checkResponse(asker.inbox[0], requests)).toEqual({ status: 'noRequest' });
  });

  inBothPlaces('keeps with delete: false what has its response, which is not given again', async (places) => {
    const { asker, pid } = await arrange(places);
    const requests = new RequestIds<number, string>();
    sendRequest(asker.self, pid, { type: 'double', n: 1 }, { requests, label: 'a' });
    const response = await receiveResponse(asker.self, requests, { delete: false });
    expect(response).toEqual({ status: 'reply', reply: 2, label: 'a' });
    expect(requests.size).toBe(1);
    expect(await receiveResponse(asker.self, requests)).toEqual({ status: 'noRequest' });
  });

  it('lists its requests in the order they were added, and takes each once', async () => {
    const node = await startTestNode();
    const { asker, pid } = await arrange({ here: node, there: node, apart: false });
    const [a, b] = [1, 2].map((n) => sendRequest(asker.self, pid, { type: 'double', n })) as [any, any];
    const requests = new RequestIds<number, string>().add(a, 'a').add(b, 'b');
    expect(requests.toList()).toEqual([
      [a, 'a'],
      [b, 'b'],
    ]);
    expect([...requests]).toEqual(requests.toList());
    expect(() => requests.add(a, 'again')).toThrow('RequestIds.add: expected a request that is not in');
    expect(() => requests.add('x' as never, 'x')).toThrow("RequestIds.add: expected a request, got 'x'");
    expect([requests.delete(a), requests.delete(a), requests.size]).toEqual([true, false, 1]);
  });
});

describe('a wrong argument', () => {
  it('is refused, and nothing is sent', async () => {
    const node = await startTestNode();
    const { asker, pid } = await arrange({ here: node, there: node, apart: false });
    const { self } = asker;
    const ask = { type: 'wait' } as const;
    expect(() => sendRequest({} as never, pid, ask)).toThrow(
      'sendRequest: expected a node or a process, got {}',
    );
    expect(() => sendRequest(self, 5 as never, ask as never)).toThrow(
      'sendRequest: expected a pid, a name or',
    );
    expect(() => sendRequest(self, pid, ask, {} as never)).toThrow(
      'sendRequest: expected { requests, label }',
    );
    const request = sendRequest(self, pid, ask);
    await expect(receiveResponse(self, 'x' as never)).rejects.toThrow(
      "receiveResponse: expected a request or RequestIds, got 'x'",
    );
    await expect(waitResponse(self, request, { timeoutMs: -1 })).rejects.toThrow(
      'waitResponse: expected timeoutMs to be milliseconds (0 or more, or Infinity), got -1',
    );
    expect(() => checkResponse('x', 5 as never)).toThrow('checkResponse: expected a request or RequestIds');
    expect(() => checkResponse('x', new RequestIds(), { delete: 1 as never })).toThrow(
      'checkResponse: expected delete to be true or false, got 1',
    );
    await settle();
    expect(idle(node).inbox).toStrictEqual([]);
    expect(partsOf(node).table.get(pid)?.openCalls.count()).toBe(1);
  });
});
