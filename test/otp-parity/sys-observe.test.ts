import {
  BadArgumentError,
  continueWith,
  GenServer,
  reply,
  sys,
  UnsendableError,
  type CrashReport,
  type DebugFunction,
  type Next,
  type SystemEvent,
  type TraceReport,
} from '@trestle/runtime';
import { eachPlace, inBothPlaces } from '../support/both-places';
import { add, Counter, counterOn } from '../support/counter';
import { startScripted } from '../support/scripted-server';
import { inProcess, logOf, startTestNode, watch } from '../support/test-node';

describe('sys.statistics', () => {
  inBothPlaces('counts messages and replies from when it is asked to', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await here.call(counter, { type: 'get' });
    expect(await sys.statistics(here, counter, 'get')).toBeUndefined();
    await sys.statistics(here, counter, true);
    add(here, counter, 1);
    here.send(counter, 'info');
    await here.call(counter, { type: 'get' });
    await here.call(counter, { type: 'later' });
    const statistics = await sys.statistics(here, counter, 'get');
    expect(statistics).toMatchObject({ messagesIn: 4, messagesOut: 2 });
    expect(statistics!.currentTime).toBeGreaterThanOrEqual(statistics!.startTime);
    expect((await sys.getStatus(here, counter)).statistics).toMatchObject({ messagesIn: 4 });
  });

  inBothPlaces('counts a reply that is thrown as one that is returned', async ({ here, there }) => {
    const throwing = (request: 'now' | 'soon'): unknown => {
      const result = reply(request as never, request as never);
      if (request === 'soon') return Promise.reject(result);
      throw result;
    };
    const { pid } = await startScripted(there, { call: throwing });
    await sys.statistics(here, pid, true);
    expect(await here.call(pid, 'now')).toBe('now');
    expect(await here.call(pid, 'soon')).toBe('soon');
    expect(await sys.statistics(here, pid, 'get')).toMatchObject({ messagesIn: 2, messagesOut: 2 });
  });

  inBothPlaces('ends when it is asked to, and begins from nothing again', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    add(here, counter, 1);
    await sys.statistics(here, counter, false);
    expect(await sys.statistics(here, counter, 'get')).toBeUndefined();
    await sys.statistics(here, counter, true);
    expect(await sys.statistics(here, counter, 'get')).toMatchObject({ messagesIn: 0, messagesOut: 0 });
  });

  inBothPlaces('changes nothing of the state, nor of how the server ends', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    expect(await sys.getState(here, counter)).toEqual({ count: 0, seen: [] });
    const { reason } = await watch(here, counter);
    here.cast(counter, { type: 'crash' });
    expect(await reason).toMatchObject({ message: 'crash' });
    expect(logOf(there).at(-1)!.text).toBe(`GenServer Counter ${counter} terminating`);
  });

  inBothPlaces('is refused for another flag', async (places) => {
    const counter = await counterOn(places);
    for (const flag of [undefined, 1, 'got']) {
      await expect(sys.statistics(places.here, counter, flag as never)).rejects.toBeInstanceOf(
        BadArgumentError,
      );
      await expect(sys.trace(places.here, counter, flag as never)).rejects.toBeInstanceOf(BadArgumentError);
    }
  });
});

describe('sys.trace', () => {
  inBothPlaces(
    'logs each message and each reply, on the node of the server, until it is ended',
    async (places) => {
      const { here, there } = places;
      const counter = await counterOn(places);
      const who = `GenServer Counter ${counter}`;
      await sys.trace(here, counter, true);
      expect((await sys.getStatus(here, counter)).isTraced).toBe(true);
      add(here, counter, 1);
      here.send(counter, 'hello');
      const from = await inProcess(here, async (self) => {
        await self.call(counter, { type: 'get' });
        return self.pid;
      });
      await sys.trace(here, counter, false);
      await here.call(counter, { type: 'get' });
      const lines = logOf(there).filter(({ text }) => text.startsWith(who));
      const seen = lines.map(({ level, text, report }) => [
        level,
        text.slice(who.length + 1),
        (report as TraceReport).event,
      ]);
      expect(seen).toEqual([
        ['info', 'got a cast', { type: 'cast', request: { type: 'add', n: 1 } }],
        ['info', 'got a message', { type: 'message', message: 'hello' }],
        ['info', 'got a call', { type: 'call', request: { type: 'get' }, from }],
        ['info', 'replied', { type: 'reply', reply: 1, to: from }],
      ]);
    },
  );

  inBothPlaces('and statistics are independent', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    await sys.trace(here, counter, true);
    await sys.trace(here, counter, false);
    add(here, counter, 1);
    expect(await sys.statistics(here, counter, 'get')).toMatchObject({ messagesIn: 1 });
  });
});

describe('sys.log', () => {
  inBothPlaces('keeps the last ten events unless told otherwise, and tells them in order', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.log(here, counter, true);
    for (let n = 1; n <= 25; n++) add(here, counter, n);
    const events = await sys.log(here, counter, 'get');
    const ten = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25];
    expect(events).toEqual(ten.map((n) => ({ type: 'cast', request: { type: 'add', n } })));
  });

  inBothPlaces('tells calls, casts, messages, continuations and replies apart', async (places) => {
    class Goes extends GenServer<never, 'go'> {
      override handleCast(request: 'go'): Next {
        return continueWith(request);
      }
      override handleContinue(): void {}
    }
    const { here, there } = places;
    const counter = await counterOn(places);
    const goes = await there.start(Goes);
    await sys.log(here, counter, true);
    await sys.log(here, goes, true);
    here.cast(goes, 'go');
    here.send(counter, 'hello');
    await here.call(counter, { type: 'get' });
    expect(await sys.log(here, goes, 'get')).toEqual([
      { type: 'cast', request: 'go' },
      { type: 'continue', term: 'go' },
    ]);
    expect(await sys.log(here, counter, 'get')).toEqual([
      { type: 'message', message: 'hello' },
      { type: 'call', request: { type: 'get' }, from: here.pid },
      { type: 'reply', reply: 0, to: here.pid },
    ]);
  });

  inBothPlaces('keeps as many events as it is told, and another number when told again', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    const kept = async () =>
      (await sys.log(here, counter, 'get')).map((event) => event.type === 'cast' && event.request);
    await sys.log(here, counter, { keep: 3 });
    for (let n = 1; n <= 5; n++) add(here, counter, n);
    expect(await kept()).toEqual([3, 4, 5].map((n) => ({ type: 'add', n })));
    await sys.log(here, counter, { keep: 2 });
    expect(await kept()).toEqual([4, 5].map((n) => ({ type: 'add', n })));
    add(here, counter, 6);
    expect(await kept()).toEqual([5, 6].map((n) => ({ type: 'add', n })));
  });

  inBothPlaces('keeps nothing before it is asked to, nor after it is ended', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    add(here, counter, 1);
    expect(await sys.log(here, counter, 'get')).toStrictEqual([]);
    await sys.log(here, counter, true);
    expect(await sys.log(here, counter, 'get')).toStrictEqual([]);
    add(here, counter, 2);
    await sys.log(here, counter, false);
    expect(await sys.log(here, counter, 'get')).toStrictEqual([]);
  });

  inBothPlaces("prints what it keeps into the log of the server's node", async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.log(here, counter, true);
    add(here, counter, 1);
    here.send(counter, 'hello');
    await sys.log(here, counter, 'print');
    const lines = logOf(there).filter(({ level }) => level === 'info');
    expect(lines.map(({ text, report }) => [text, (report as TraceReport).event])).toEqual([
      [`GenServer Counter ${counter} got a cast`, { type: 'cast', request: { type: 'add', n: 1 } }],
      [`GenServer Counter ${counter} got a message`, { type: 'message', message: 'hello' }],
    ]);
  });

  inBothPlaces('shows the last events in the crash report and in sys.getStatus', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.log(here, counter, true);
    here.send(counter, 'hello');
    expect((await sys.getStatus(here, counter)).log).toEqual([{ type: 'message', message: 'hello' }]);
    const { reason } = await watch(here, counter);
    here.cast(counter, { type: 'crash' });
    await reason;
    expect((logOf(there).at(-1)!.report as CrashReport).log).toEqual([
      { type: 'message', message: 'hello' },
      { type: 'cast', request: { type: 'crash' } },
    ]);
  });

  inBothPlaces('is refused for another flag', async (places) => {
    const counter = await counterOn(places);
    for (const flag of [undefined, 'got', 5, { keep: 0 }, { keep: 1.5 }, { keep: '3' }]) {
      const asked = sys.log(places.here, counter, flag as never);
      await expect(asked).rejects.toThrow(/log: expected true, false, 'get', 'print', or { keep }/);
    }
  });
});

describe('sys.install', () => {
  const sum: DebugFunction<number> = (total, event) =>
    event.type === 'cast' ? total + (event.request as { n: number }).n : total;

  it('shows each event to a function, with what it returned last and the name of the server', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter, { name: 'counter' });
    const seen: unknown[] = [];
    const fn = (n: number, event: SystemEvent, who: string): number => {
      seen.push([n, event.type, who]);
      return n + 1;
    };
    await sys.install(node, counter, { fn, state: 1 });
    node.send(counter, 'hello');
    await node.call(counter, { type: 'get' });
    const who = `GenServer Counter 'counter' ${counter}`;
    expect(seen).toEqual([
      [1, 'message', who],
      [2, 'call', who],
      [3, 'reply', who],
    ]);
    expect((await sys.getStatus(node, counter)).debugFunctions).toBe(1);
  });

  it('takes the function away when that says it is done', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    let calls = 0;
    const fn = (): 'done' | undefined => ((calls += 1) === 2 ? 'done' : undefined);
    await sys.install(node, counter, { fn, state: undefined });
    for (let n = 0; n < 5; n++) add(node, counter, 1);
    expect((await sys.getStatus(node, counter)).debugFunctions).toBe(0);
    expect(calls).toBe(2);
  });

  it('takes a function away that throws, says so in the log, and leaves the server alone', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    const fn = (): never => {
      throw new Error('blind');
    };
    await sys.install(node, counter, { fn, state: undefined });
    for (let n = 0; n < 3; n++) add(node, counter, 1);
    expect(await node.call(counter, { type: 'get' })).toBe(3);
    const [record] = logOf(node);
    expect(record).toMatchObject({ level: 'warning', report: { error: { message: 'blind' } } });
    expect(record!.text).toMatch(/a debug function raised an error and is gone$/);
    expect(logOf(node)).toHaveLength(1);
  });

  it('keeps several apart by their ids, and leaves one alone whose id is installed', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    const totals: number[] = [];
    const watching =
      (place: number): DebugFunction<number> =>
      (total, event, who) =>
        (totals[place] = sum(total, event, who) as number);
    await sys.install(node, counter, { id: 'a', fn: watching(0), state: 0 });
    await sys.install(node, counter, { id: 'b', fn: watching(1), state: 100 });
    await sys.install(node, counter, { id: 'a', fn: watching(2), state: 1_000 });
    add(node, counter, 5);
    await sys.remove(node, counter, 'a');
    add(node, counter, 5);
    await node.call(counter, { type: 'get' });
    expect(totals).toEqual([5, 110]);
  });

  it('is undone by the function itself if it was given no id', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    await sys.install(node, counter, { fn: sum, state: 0 });
    await sys.remove(node, counter, 'nobody');
    expect((await sys.getStatus(node, counter)).debugFunctions).toBe(1);
    await sys.remove(node, counter, sum);
    expect((await sys.getStatus(node, counter)).debugFunctions).toBe(0);
  });

  it('is refused for a server on another node, and for what is no function', async () => {
    await eachPlace(async ({ here, there, apart }) => {
      const counter = await there.start(Counter);
      const installing = sys.install(here, counter, { fn: sum, state: 0 });
      if (apart) await expect(installing).rejects.toBeInstanceOf(UnsendableError);
      else await installing;
      for (const wrong of [undefined, sum, { fn: 5, state: 0 }, { fn: sum, state: 0, name: 'x' }])
        await expect(sys.install(here, counter, wrong as never)).rejects.toBeInstanceOf(BadArgumentError);
    });
  });
});

describe('sys.noDebug', () => {
  inBothPlaces('ends statistics, trace and log', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.statistics(here, counter, true);
    await sys.trace(here, counter, true);
    await sys.log(here, counter, true);
    await sys.noDebug(here, counter);
    add(here, counter, 1);
    expect(await sys.statistics(here, counter, 'get')).toBeUndefined();
    expect(await sys.log(here, counter, 'get')).toStrictEqual([]);
    const status = await sys.getStatus(here, counter);
    expect(status).toMatchObject({ isTraced: false, debugFunctions: 0, statistics: undefined });
    expect(logOf(there).filter(({ text }) => text.includes('got a'))).toStrictEqual([]);
  });

  it('removes functions that were installed', async () => {
    const node = await startTestNode();
    const counter = await node.start(Counter);
    let calls = 0;
    await sys.install(node, counter, { fn: () => void (calls += 1), state: undefined });
    await sys.noDebug(node, counter);
    add(node, counter, 1);
    expect(await node.call(counter, { type: 'get' })).toBe(1);
    expect(calls).toBe(0);
  });
});
