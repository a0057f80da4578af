import { body, type Node } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { inBothPlaces, puppet, quiet, startCluster, type Places } from '../support/both-places';
import { inProcess, leftovers, startTestNode } from '../support/test-node';

const accepting = { acceptFunctions: true } as const;
const nobody = 'nobody@127.0.0.1';
const outer = 'what it closes over';

/** What there is to call. `gate` answers when `open` is called. */
function expose(node: Node): { open: (value: unknown) => void; callers: string[] } {
  const waiting: ((value: unknown) => void)[] = [];
  const callers: string[] = [];
  node.expose('Things', {
    add: (a: number, b: number) => a + b,
    fails: () => {
      throw new RangeError('too far');
    },
    gate: () => new Promise((resolve) => waiting.push(resolve)),
    who: body((self) => {
      callers.push(self.pid);
      return self.pid;
    }),
  });
  return { open: (value) => waiting.shift()?.(value), callers };
}

const codeOf = (failed: Promise<unknown>): Promise<unknown> =>
  failed.then(
    (value) => value,
    (error: unknown) => (error as { code?: unknown }).code,
  );

describe('erpc:call', () => {
  inBothPlaces(
    'of a function executes it on the node, with its arguments, and returns what it returns',
    async ({ here, there }) => {
      expect(await here.rpc.call(there.name, (a: number, b: number) => a * b, [6, 7])).toBe(42);
      expect(await here.rpc.call(there.name, async () => Promise.resolve('later'))).toBe('later');
      expect(await here.rpc.call(there.name, () => 1, [], { timeoutMs: 5_000 })).toBe(1);
    },
    accepting,
  );

  inBothPlaces(
    'of a function that throws fails as that of an exposed one',
    async ({ here, there }) => {
      const failed = here.rpc.call(there.name, () => {
        throw new RangeError('too far');
      });
      await expect(failed).rejects.toMatchObject({
        code: 'ERR_REMOTE',
        message: expect.stringContaining(`rpc on ${there.name}`),
        cause: { name: 'RangeError', message: 'too far' },
      });
    },
    accepting,
  );

  it('of a function is refused by a node that was not told to accept functions, and nothing is called', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    const refused = { code: 'ERR_FUNCTIONS_NOT_ACCEPTED', node: there.name, mayHaveBeenHandled: false };
    await expect(here.rpc.call(there.name, () => 1)).rejects.toMatchObject(refused);
    const outcomes = await here.rpc.multicall([here.name, there.name], () => 1);
    expect(outcomes).toEqual([
      { node: here.name, status: 'fulfilled', value: 1 },
      { node: there.name, status: 'rejected', reason: expect.objectContaining(refused) },
    ]);
    expect(() => here.rpc.cast(there.name, () => 1)).not.toThrow();
    await quiet({ here, there });
  });

  it('of a function sends it without what it closes over; a bound one is refused at the sender', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there', accepting)];
    await expect(here.rpc.call(there.name, () => outer.length)).rejects.toMatchObject({
      cause: { name: 'ReferenceError', message: expect.stringContaining('without what it closes over') },
    });
    const bound: () => unknown = (() => 1).bind(null);
    const unsendable = { code: 'ERR_UNSENDABLE' };
    await expect(here.rpc.call(there.name, bound)).rejects.toMatchObject(unsendable);
    await expect(here.rpc.multicall([there.name], bound)).rejects.toMatchObject(unsendable);
    expect(() => here.rpc.cast(there.name, bound)).toThrow(/a bound/);
    expect(() => here.rpc.sendRequest(here, there.name, bound)).toThrow(/a bound/);
  });

  inBothPlaces('is performed in a process that nobody shares, neither with the caller', async (places) => {
    const { here, there } = places;
    const { callers } = expose(there);
    const { self } = await puppet(here);
    await self.node.rpc.call(there.name, 'Things', 'who');
    await self.node.rpc.call(there.name, 'Things', 'who');
    expect(new Set([...callers, self.pid]).size).toBe(3);
    await quiet(places);
    expect(there.processes()).not.toContain(callers[0]);
  });
});

describe('erpc:call with a timeout', () => {
  it.each([0, 100])(
    'of %d ms fails when it is over, and nothing of a late answer reaches its caller',
    async (timeoutMs) => {
      const clock = new VirtualClock();
      const node = await startTestNode({ clock });
      const { open } = expose(node);
      const { self, inbox } = await puppet(node);
      const result = codeOf(self.node.rpc.call(node.name, 'Things', 'gate', [], { timeoutMs }));
      await clock.advance(200);
      expect(await result).toBe('ERR_CALL_TIMEOUT');
      open('too late');
      await clock.advance(1);
      expect(inbox).toStrictEqual([]);
      expect(leftovers(node)).toMatchObject({ timers: 0, deadlines: 0, numberedCalls: 0 });
    },
  );

  inBothPlaces('that is none is refused: nothing is called', async (places) => {
    const { here, there } = places;
    const { callers } = expose(there);
    for (const timeoutMs of [-1, NaN, '5' as never, null as never])
      await expect(here.rpc.call(there.name, 'Things', 'who', [], { timeoutMs })).rejects.toMatchObject({
        code: 'ERR_BAD_ARGUMENT',
        message: expect.stringContaining('expected timeoutMs to be milliseconds'),
      });
    await quiet(places);
    expect(callers).toStrictEqual([]);
  });
});

describe('erpc:cast', () => {
  inBothPlaces(
    'of a function executes it, and drops what becomes of it',
    async (places) => {
      const { here, there } = places;
      const { pid, inbox } = await puppet(there);
      there.register('inbox', pid);
      there.expose('Inbox', { put: (what: unknown) => there.send('inbox', what) });
      here.rpc.cast(there.name, 'Inbox', 'put', ['by name']);
      expect(here.rpc.cast(there.name, (n: number) => n, [1])).toBeUndefined();
      await quiet(places);
      expect(inbox).toEqual(['by name']);
    },
    accepting,
  );

  inBothPlaces('to what is no node is refused in its own name', ({ here }) => {
    expect(() => here.rpc.cast('b', 'Inbox', 'put')).toThrow(
      /^rpc.cast: expected a node name of the form 'name@host', got 'b'$/,
    );
    return Promise.resolve();
  });
});

describe('erpc:multicast', () => {
  inBothPlaces(
    'executes a function on each of the nodes, and ignores those that are not there',
    async (places) => {
      const { here, there } = places;
      const called: string[] = [];
      for (const node of new Set([here, there]))
        node.expose('Calls', { note: (what: string) => void called.push(`${node.name} ${what}`) });
      expect(here.rpc.multicast([there.name, nobody, here.name], 'Calls', 'note', ['x'])).toBeUndefined();
      await quiet(places);
      expect(called.sort()).toEqual([`${here.name} x`, `${there.name} x`].sort());
    },
  );

  inBothPlaces('sends nothing if one of the nodes, or what to call, is wrong', async (places) => {
    const { here, there } = places;
    const { callers } = expose(there);
    expect(() => here.rpc.multicast([there.name, 'zz'], 'Things', 'who')).toThrow(/'name@host'/);
    expect(() => here.rpc.multicast(there.name as never, 'Things', 'who')).toThrow(/array of node names/);
    expect(() => here.rpc.multicast([], 'Things', 'who', 1 as never)).toThrow(/an array of arguments/);
    await quiet(places);
    expect(callers).toStrictEqual([]);
  });
});

describe('erpc:multicall', () => {
  inBothPlaces('has the results in the order of the nodes, however long each takes', async (places) => {
    const { here, there } = places;
    const { open } = expose(there);
    const outcome = here.rpc.multicall([there.name, nobody, there.name], 'Things', 'gate');
    await quiet(places);
    open('first');
    open('second');
    expect((await outcome).map(({ node, status }) => [node, status])).toEqual([
      [there.name, 'fulfilled'],
      [nobody, 'rejected'],
      [there.name, 'fulfilled'],
    ]);
  });

  inBothPlaces('calls nothing if one of the nodes is no name of a node', async (places) => {
    const { here, there } = places;
    const { callers } = expose(there);
    await expect(here.rpc.multicall([there.name, 'zz'], 'Things', 'who')).rejects.toThrow(/'name@host'/);
    await quiet(places);
    expect(callers).toStrictEqual([]);
  });
});

/** A process that has sent a request to the gate of a node. */
async function asked(places: Places) {
  const { here, there } = places;
  const gate = expose(there);
  const asker = await puppet(here);
  const request = here.rpc.sendRequest(asker.self, there.name, 'Things', 'gate');
  return { ...gate, asker, request, rpc: here.rpc };
}

describe('erpc:send_request', () => {
  inBothPlaces('is answered while its sender does something else: receive_response waits', async (places) => {
    const { asker, request, rpc, open } = await asked(places);
    const result = rpc.receiveResponse(asker.self, request);
    await quiet(places);
    open(42);
    expect(await result).toBe(42);
    await quiet(places);
    expect(asker.inbox).toStrictEqual([]);
    await expect(rpc.receiveResponse(asker.self, request)).rejects.toThrow(/waits for its response/);
  });

  inBothPlaces(
    'takes a function',
    async ({ here, there }) => {
      const double = here.rpc.sendRequest(here, there.name, (n: number) => n * 2, [4]);
      expect(await here.rpc.receiveResponse(here, double)).toBe(8);
    },
    accepting,
  );

  inBothPlaces('has wait_response look only, unless it is told how long to wait', async (places) => {
    const { asker, request, rpc, open } = await asked(places);
    expect(await rpc.waitResponse(asker.self, request)).toEqual({ status: 'noResponse' });
    await quiet(places);
    open('now');
    const waited = rpc.waitResponse(asker.self, request, { timeoutMs: Infinity });
    expect(await waited).toEqual({ status: 'response', result: 'now' });
  });

  inBothPlaces('has check_response tell its message from others', async (places) => {
    const { asker, request, rpc, open } = await asked(places);
    asker.self.send(asker.pid, 'another');
    await quiet(places);
    open('checked');
    await quiet(places);
    expect(asker.inbox).toHaveLength(2);
    const [other, message] = asker.inbox;
    expect(rpc.checkResponse(other, request)).toEqual({ status: 'noResponse' });
    expect(rpc.checkResponse(message, request)).toEqual({ status: 'response', result: 'checked' });
    expect(rpc.checkResponse(message, request)).toEqual({ status: 'noResponse' });
  });

  inBothPlaces('fails as a call does, by all three', async (places) => {
    const { here, there } = places;
    expose(there);
    const { self, inbox } = await puppet(here);
    const { rpc } = here;
    const send = (fn = 'fails', node = there.name) => rpc.sendRequest(self, node, 'Things', fn);
    expect(await codeOf(rpc.receiveResponse(self, send()))).toBe('ERR_REMOTE');
    expect(await codeOf(rpc.waitResponse(self, send(), { timeoutMs: Infinity }))).toBe('ERR_REMOTE');
    expect(await codeOf(rpc.receiveResponse(self, send('none')))).toBe('ERR_NOT_EXPOSED');
    expect(await codeOf(rpc.receiveResponse(self, send('add', nobody)))).toBe('ERR_NODEDOWN');
    const checked = send();
    await quiet(places);
    expect(() => rpc.checkResponse(inbox[0], checked)).toThrow(`rpc Things.fails on ${there.name}`);
  });

  inBothPlaces('can be received by its sender only', async (places) => {
    const { request, rpc } = await asked(places);
    const { self } = await puppet(places.here);
    await expect(rpc.receiveResponse(self, request)).rejects.toThrow(/the sender of the request/);
  });

  it('is given up by receive_response when the time is over: what comes then is dropped', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const { asker, request, rpc, open } = await asked({ here: node, there: node, apart: false });
    const result = codeOf(rpc.receiveResponse(asker.self, request, { timeoutMs: 100 }));
    await clock.advance(200);
    expect(await result).toBe('ERR_CALL_TIMEOUT');
    open('too late');
    await clock.advance(1);
    expect(asker.inbox).toStrictEqual([]);
  });

  inBothPlaces('leaves nothing behind when its sender ends first', async (places) => {
    const { asker, open } = await asked(places);
    await quiet(places);
    places.here.exitSignal(asker.pid, 'kill');
    await quiet(places);
    open('for nobody');
    await quiet(places);
    expect(leftovers(places.here)).toMatchObject({ timers: 0, numberedCalls: 0 });
  });
});

it('rpc to the own node is made of the same parts: nothing is special about it but the function that need not travel', async () => {
  const node = await startTestNode();
  const seen = { closure: outer };
  expect(await inProcess(node, (self) => self.node.rpc.call(node.name, () => seen))).toBe(seen);
});
