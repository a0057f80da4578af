import { localName, RequestIds, sendRequest, type Node } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { inBothPlaces, puppet, quiet, type Places } from '../support/both-places';
import { Counter } from '../support/counter';
import { startTestNode } from '../support/test-node';

const nobody = 'nobody@127.0.0.1';

/** Exposes functions that answer when they are told to, and one that fails. */
function exposeGates(node: Node): (gate: string, value: unknown) => void {
  const waiting = new Map<string, (value: unknown) => void>();
  node.expose('Gates', {
    gate: (name: string) => new Promise((resolve) => waiting.set(name, resolve)),
    fails: () => {
      throw new RangeError('too far');
    },
  });
  return (gate, value) => waiting.get(gate)?.(value);
}

/** A process that has sent two requests, which are in a collection. */
async function askedTwice(places: Places) {
  const { here, there } = places;
  const open = exposeGates(there);
  const { self, inbox } = await puppet(here);
  const { rpc } = here;
  const requests = new RequestIds<unknown, string>();
  const send = (gate: string) =>
    rpc.sendRequest(self, there.name, 'Gates', 'gate', [gate], { requests, label: `label of ${gate}` });
  const [a, b] = [send('a'), send('b')];
  return { rpc, self, inbox, open, requests, a, b };
}

describe('erpc:reqids', () => {
  inBothPlaces('of send_request/6 are in the collection with their labels, in order', async (places) => {
    const { requests, a, b, rpc, self } = await askedTwice(places);
    expect(requests.size).toBe(2);
    expect(requests.toList()).toEqual([
      [a, 'label of a'],
      [b, 'label of b'],
    ]);
    expect(() => requests.add(a, 'again')).toThrow(/a request that is not in/);
    const alone = rpc.sendRequest(self, places.there.name, 'Gates', 'gate', ['c']);
    expect(requests.add(alone, 'added').size).toBe(3);
  });

  inBothPlaces('refuse another place to put a request: nothing is sent', async (places) => {
    const { rpc, self, open, inbox } = await askedTwice(places);
    const send = (addTo: unknown) => () =>
      rpc.sendRequest(self, places.there.name, 'Gates', 'gate', ['c'], addTo as any);
    for (const addTo of [null, 1, {}, { requests: [], label: 1 }, { timeoutMs: 1 }])
      expect(send(addTo)).toThrow('expected { requests, label }, with RequestIds');
    await quiet(places);
    open('c', 'for nobody');
    await quiet(places);
    expect(inbox).toStrictEqual([]);
  });
});

describe('erpc:receive_response of a collection', () => {
  inBothPlaces(
    'is the result of the first to end, with its label; that request is taken out',
    async (places) => {
      const { rpc, self, open, requests, inbox } = await askedTwice(places);
      const first = rpc.receiveResponse(self, requests);
      await quiet(places);
      open('b', 2);
      expect(await first).toEqual({ status: 'reply', reply: 2, label: 'label of b' });
      expect(requests.size).toBe(1);
      open('a', 1);
      expect(await rpc.receiveResponse(self, requests)).toMatchObject({ reply: 1, label: 'label of a' });
      expect(await rpc.receiveResponse(self, requests)).toEqual({ status: 'noRequest' });
      await quiet(places);
      expect(inbox).toStrictEqual([]);
    },
  );

  inBothPlaces('keeps a request that is done in the collection if it is told so', async (places) => {
    const { rpc, self, open, requests } = await askedTwice(places);
    await quiet(places);
    open('a', 1);
    expect(await rpc.receiveResponse(self, requests, { delete: false })).toMatchObject({ reply: 1 });
    open('b', 2);
    expect(await rpc.receiveResponse(self, requests, { delete: false })).toMatchObject({ reply: 2 });
    expect(requests.size).toBe(2);
    expect(await rpc.receiveResponse(self, requests)).toEqual({ status: 'noRequest' });
  });

  inBothPlaces(
    'has the failure of a request, the error that a call throws, with its label',
    async (places) => {
      const { here, there } = places;
      exposeGates(there);
      const { self } = await puppet(here);
      const failureOf = async (node: string, fn: string): Promise<unknown> => {
        const requests = new RequestIds<unknown, string>();
        here.rpc.sendRequest(self, node, 'Gates', fn, [], { requests, label: fn });
        return here.rpc.receiveResponse(self, requests);
      };
      const failed = { status: 'error', label: 'fails' };
      expect(await failureOf(there.name, 'fails')).toMatchObject({
        ...failed,
        error: { code: 'ERR_REMOTE', cause: { name: 'RangeError' } },
      });
      expect(await failureOf(nobody, 'fails')).toMatchObject({ ...failed, error: { code: 'ERR_NODEDOWN' } });
      expect(await failureOf(there.name, 'none')).toMatchObject({ error: { code: 'ERR_NOT_EXPOSED' } });
    },
  );

  it('gives all of them up when the time is over: what comes then is dropped', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const places = { here: node, there: node, apart: false };
    const { rpc, self, open, requests, inbox, a } = await askedTwice(places);
    const nothing = rpc.receiveResponse(self, requests, { timeoutMs: 100 });
    await clock.advance(200);
    expect(await nothing).toEqual({ status: 'timeout' });
    expect(requests.size).toBe(0);
    open('a', 'too late');
    await clock.advance(1);
    expect(inbox).toStrictEqual([]);
    await expect(rpc.receiveResponse(self, a)).rejects.toThrow(/waits for its response/);
  });
});

describe('erpc:wait_response and check_response of a collection', () => {
  inBothPlaces('look only by default; nothing is given up', async (places) => {
    const { rpc, self, open, requests } = await askedTwice(places);
    expect(await rpc.waitResponse(self, requests)).toEqual({ status: 'noResponse' });
    await quiet(places);
    open('a', 1);
    const waited = await rpc.waitResponse(self, requests, { timeoutMs: Infinity });
    expect(waited).toEqual({ status: 'reply', reply: 1, label: 'label of a' });
    expect(requests.size).toBe(1);
  });

  inBothPlaces('tell messages that are responses from others', async (places) => {
    const { rpc, self, open, requests, inbox } = await askedTwice(places);
    self.send(self.pid, 'another');
    await quiet(places);
    open('b', 2);
    await quiet(places);
    const [other, message] = inbox;
    expect(rpc.checkResponse(other, requests)).toEqual({ status: 'noResponse' });
    const told = { status: 'reply', reply: 2, label: 'label of b' };
    expect(rpc.checkResponse(message, requests)).toEqual(told);
    expect(rpc.checkResponse(message, requests)).toEqual({ status: 'noResponse' });
    expect(rpc.checkResponse(message, new RequestIds())).toEqual({ status: 'noRequest' });
  });
});

inBothPlaces('a collection can hold calls by rpc and requests to servers at once', async (places) => {
  const { here, there } = places;
  const open = exposeGates(there);
  await there.start(Counter, { name: localName('counter') });
  const { self } = await puppet(here);
  const requests = new RequestIds<unknown, string>();
  here.rpc.sendRequest(self, there.name, 'Gates', 'gate', ['a'], { requests, label: 'rpc' });
  const counter = localName<Counter>('counter').on(there.name);
  sendRequest(self, counter, { type: 'get' }, { requests, label: 'server' });
  expect(await here.rpc.receiveResponse(self, requests)).toMatchObject({ label: 'server' });
  await quiet(places);
  open('a', 'opened');
  expect(await here.rpc.receiveResponse(self, requests)).toMatchObject({ reply: 'opened', label: 'rpc' });
});
