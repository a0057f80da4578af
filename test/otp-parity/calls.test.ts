import {
  GenServer,
  noReply,
  reply,
  stop,
  type CallResult,
  type From,
  type Pid,
  type TrestleError,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster } from '../support/both-places';
import { leftovers, partsOf } from '../support/test-node';

/** Hands every call on to a process, which may be anywhere. */
class Delegate extends GenServer<any, never, Pid> {
  private to!: Pid;
  override init(to: Pid): void {
    this.to = to;
  }
  override handleCall(_request: unknown, from: From): CallResult {
    this.self.send(this.to, { from });
    return noReply();
  }
}

/** Does what the request says. */
class Server extends GenServer<any, (server: Server) => any, (server: Server) => void> {
  override init(prepare: (server: Server) => void): void {
    prepare(this);
  }
  override handleCall(request: any): CallResult {
    return stop('normal', reply(request, 'bye'));
  }
  onTerminate: () => unknown = () => undefined;
  override terminate(): Promise<void> {
    return this.onTerminate() as Promise<void>;
  }
}

const codeOf = (error: unknown): string => (error as TrestleError).code;

describe('a call that another process answers', () => {
  inBothPlaces('gets that answer, and its server forgets it', async (places) => {
    const { here, there } = places;
    const answerer = await puppet(here);
    const delegate = await there.start(Delegate, { args: answerer.pid });
    const answer = here.call<any, any>(delegate, 'x');
    await quiet(places);
    answerer.self.reply(answerer.inbox[0].from, 'from here');
    expect(await answer).toBe('from here');
    await quiet(places);
    expect(partsOf(there).table.get(delegate)?.openCalls.count()).toBe(0);
  });

  it('on a third node gets that answer, and its server forgets it', async () => {
    const start = await startCluster();
    const [a, b, c] = [await start('a'), await start('b'), await start('c')];
    const answerer = await puppet(c);
    const delegate = await b.start(Delegate, { args: answerer.pid });
    const answer = a.call<any, any>(delegate, 'x');
    await quiet({ here: a, there: b });
    await quiet({ here: b, there: c });
    answerer.self.reply(answerer.inbox[0].from, 'from c');
    expect(await answer).toBe('from c');
    await quiet({ here: a, there: b });
    expect(partsOf(b).table.get(delegate)?.openCalls.count()).toBe(0);
  });

  it('on a third node fails at once when the answer cannot travel', async () => {
    const start = await startCluster();
    const [a, b, c] = [await start('a'), await start('b'), await start('c')];
    const answerer = await puppet(c);
    const delegate = await b.start(Delegate, { args: answerer.pid });
    const answer = a.call<any, any>(delegate, 'x', { timeoutMs: Infinity });
    const failed = expect(answer).rejects.toMatchObject({
      code: 'ERR_REMOTE',
      cause: { type: 'error', code: 'ERR_UNSENDABLE' },
    });
    await quiet({ here: a, there: b });
    await quiet({ here: b, there: c });
    answerer.self.reply(answerer.inbox[0].from, () => 'a function');
    await failed;
  });
});

/** Answers at once, and hands the caller on all the same; keeps those who ask it to wait. */
class Generous extends GenServer<any> {
  override handleCall(request: any, from: From): CallResult {
    if (request.to === undefined) return noReply();
    this.self.reply(from, 'answered');
    this.self.send(request.to, { from });
    return noReply();
  }
}

describe('the caller of a call', () => {
  inBothPlaces('may travel though the call is answered, and a second answer is dropped', async (places) => {
    const { here, there } = places;
    const other = await puppet(there);
    const server = await here.start(Generous);
    expect(await here.call<any, any>(server, { to: other.pid })).toBe('answered');
    await quiet(places);
    other.self.reply(other.inbox[0].from, 'again');
    await quiet(places);
    expect(leftovers(here)).toMatchObject({ numberedCalls: 0 });
  });

  inBothPlaces('that ends takes a call without a timeout along, on both sides', async (places) => {
    const { here, there } = places;
    const server = await there.start(Generous);
    const caller = await puppet(here);
    void caller.self.call<any, any>(server, {}, { timeoutMs: Infinity });
    await quiet(places);
    const open = (): number | undefined => partsOf(there).table.get(server)?.openCalls.count();
    expect(open()).toBe(1);
    here.exitSignal(caller.pid, 'kill');
    await quiet(places);
    expect(open()).toBe(0);
    expect(leftovers(here)).toMatchObject({ numberedCalls: 0 });
  });
});

describe('a stop with a reply', () => {
  inBothPlaces('is answered when terminate is done, though the server has not ended', async (places) => {
    const { here, there } = places;
    let finish!: () => void;
    const terminating = new Promise<void>((resolve) => (finish = resolve));
    const server = await there.start(Server, {
      args: (me) => (me.onTerminate = () => terminating),
    });
    let answer: unknown;
    const call = here.call<any, any>(server, 'stop').then((value) => (answer = value));
    await quiet(places);
    expect(answer).toBeUndefined();
    finish();
    await call;
    expect(answer).toBe('bye');
  });

  inBothPlaces(
    'is answered though terminate throws, and not if the server is killed in it',
    async (places) => {
      const { here, there } = places;
      const throwing = await there.start(Server, {
        args: (me) =>
          (me.onTerminate = () => {
            throw new Error('in terminate');
          }),
      });
      expect(await here.call<any, any>(throwing, 'stop')).toBe('bye');
      const stuck = await there.start(Server, {
        args: (me) => (me.onTerminate = () => new Promise(() => undefined)),
      });
      const call = here.call<any, any>(stuck, 'stop').catch(codeOf);
      await quiet(places);
      here.exitSignal(stuck, 'kill');
      expect(await call).toBe('ERR_SERVER_EXIT');
    },
  );
});

describe('an exit reason that is too large to travel', () => {
  inBothPlaces('is told in part, and to everybody', async (places) => {
    const { here, there, apart } = places;
    const a = await puppet(here, true);
    const b = await puppet(there);
    const c = await puppet(there, true);
    a.self.monitor(b.pid);
    a.self.link(b.pid);
    c.self.link(b.pid);
    await quiet(places);
    const huge = 'x'.repeat(129 * 1024 * 1024);
    there.exitSignal(b.pid, huge);
    await quiet(places);
    expect(c.inbox[0].reason).toHaveLength(huge.length);
    expect(a.inbox.map(({ type }) => type)).toEqual(['EXIT', 'DOWN']);
    if (apart) for (const { reason } of a.inbox) expect(reason).toMatch(/^x+/);
  });
});
