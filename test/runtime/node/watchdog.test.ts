import {
  BadArgumentError,
  continueWith,
  GenServer,
  reply,
  startNode,
  sys,
  type BlockedReport,
  type CallResult,
  type InitResult,
  type Next,
  type Node,
  type NodeOptions,
  type ServerPid,
  type ServerStatus,
} from '@trestle/runtime';
import { inBothPlaces } from '../../support/both-places';
import { idle, logOf, settle, startTestNode } from '../../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/** A node whose time goes by only while somebody computes, and a little by itself, and what it has reported. */
interface Watched {
  readonly node: Node;
  readonly clock: VirtualClock;
  readonly reports: BlockedReport[];
  /** Computes for so many milliseconds. */
  readonly compute: (ms: number) => void;
}

/** @param tickMs what all else takes: next to nothing makes a node of many quick messages */
async function watched(options: NodeOptions = { watchdog: {} }, tickMs = 0.01): Promise<Watched> {
  const clock = new VirtualClock();
  const now = clock.now.bind(clock);
  let computed = 0;
  clock.now = () => now() + (computed += tickMs);
  const node = await startTestNode({ clock, ...options });
  const reports: BlockedReport[] = [];
  node.events.on('blocked', (report) => reports.push(report));
  return { node, clock, reports, compute: (ms) => (computed += ms) };
}

interface Work {
  readonly ms: number;
  readonly secret?: string;
}

/** Computes where it is told to. */
class Worker extends GenServer<any, any, { compute: (ms: number) => void; initMs?: number }> {
  private compute!: (ms: number) => void;
  override init({ compute, initMs = 0 }: { compute: (ms: number) => void; initMs?: number }): InitResult {
    this.compute = compute;
    compute(initMs);
    return undefined;
  }
  override handleCall(request: any): CallResult | Promise<CallResult> {
    if (request.later !== undefined) return this.computeLater(request);
    this.compute((request as Work).ms);
    if (request.fail === true) throw new Error('failed');
    return reply(request, 'ok', request.continue === true ? continueWith(request.ms) : undefined);
  }
  override handleCast(request: Work): Next {
    this.compute(request.ms);
    return undefined;
  }
  override handleInfo(message: any): void {
    this.compute(message.ms);
  }
  override handleContinue(ms: any): void {
    this.compute(ms);
  }
  override formatStatus(status: ServerStatus): ServerStatus {
    const { lastMessage } = status;
    return (lastMessage as Work | undefined)?.secret === undefined
      ? status
      : { ...status, lastMessage: { ...(lastMessage as Work), secret: '***' } };
  }
  private async computeLater(request: any): Promise<CallResult> {
    await request.later;
    this.compute(request.ms);
    return reply(request, 'ok');
  }
}

const certain = { type: 'blocked', isCertain: true };

describe('a handler that blocks the event loop', () => {
  const handlers: [string, (node: Node, pid: ServerPid<Worker>) => unknown, object][] = [
    ['handleCall', (node, pid) => node.call(pid, { ms: 300 }), { ms: 300 }],
    ['handleCast', (node, pid) => node.cast(pid, { ms: 300 }), { ms: 300 }],
    ['handleInfo', (node, pid) => node.send(pid, { ms: 300 }), { ms: 300 }],
  ];

  it.each(handlers)(
    'is reported when it returns, with its process and message: %s',
    async (callback, ask, message) => {
      const { node, compute, reports } = await watched();
      const pid = await node.start(Worker, { args: { compute }, name: 'worker', label: 'the slow one' });
      ask(node, pid);
      await settle();
      const by = {
        pid,
        registeredName: 'worker',
        label: 'the slow one',
        module: 'Worker',
        callback,
        message,
      };
      expect(reports).toEqual([{ ...certain, forMs: 300, processes: [by] }]);
    },
  );

  it('is reported if it is init', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute, initMs: 250 } });
    await settle();
    expect(reports).toEqual([
      { ...certain, forMs: 250, processes: [{ pid, module: 'Worker', callback: 'init' }] },
    ]);
  });

  it('is reported if it is handleContinue', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    await node.call<any, any>(pid, { ms: 0, continue: true });
    await node.call<any, any>(pid, { ms: 200, continue: true });
    await settle();
    expect(reports.map(({ processes: [by] }) => by?.callback)).toEqual(['handleCall', 'handleContinue']);
  });

  it('is reported though it fails, and its process ends', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    await node.call(pid, { ms: 300, fail: true }).catch(() => 'failed');
    await settle();
    expect(node.isAlive(pid)).toBe(false);
    expect(reports).toMatchObject([
      { ...certain, processes: [{ pid, module: 'Worker', callback: 'handleCall' }] },
    ]);
  });

  it('is reported if it is a function that sys has the server execute', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    await sys.replaceState(node, pid, (state) => {
      compute(300);
      return state;
    });
    expect(reports).toMatchObject([{ ...certain, processes: [{ pid }] }]);
  });

  it('is reported if it is the beginning of a body', async () => {
    const { node, compute, reports } = await watched();
    const pid = node.spawn(() => compute(300), { label: 'once' });
    await settle();
    expect(reports).toEqual([
      { ...certain, forMs: 300, processes: [{ pid, label: 'once', callback: 'body' }] },
    ]);
  });

  it('is reported if it is the guard of a receive', async () => {
    const { node, compute, reports } = await watched();
    const pid = node.spawn<any>((self) => self.receive(undefined, { where: () => (compute(300), true) }));
    await settle();
    node.send(pid, 'x');
    await settle();
    expect(reports).toMatchObject([{ ...certain, processes: [{ pid, callback: 'receive' }] }]);
  });

  it('is in the log, as a warning of its process', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute }, name: 'worker' });
    await node.call(pid, { ms: 300 });
    expect(logOf(node)).toMatchObject([
      {
        level: 'warning',
        pid,
        text: `Process ${pid} (worker) blocked the event loop for 300 ms in Worker.handleCall`,
        report: reports[0],
      },
    ]);
  });

  it('is shown as its server shows its messages', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    await node.call(pid, { ms: 300, secret: 'password' });
    expect(reports[0]?.processes[0]?.message).toEqual({ ms: 300, secret: '***' });
    expect(JSON.stringify(logOf(node))).not.toContain('password');
  });

  it('goes on though a listener raises an error', async () => {
    const { node, compute } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    node.events.on('blocked', () => {
      throw new Error('of the listener');
    });
    expect(await node.call(pid, { ms: 300 })).toBe('ok');
    expect(logOf(node).map(({ report }) => report?.type)).toEqual(['blocked', 'nodeError']);
  });

  inBothPlaces(
    'is reported on its node, whoever has called it',
    async ({ here, there }) => {
      const reports: BlockedReport[] = [];
      there.events.on('blocked', (report) => reports.push(report));
      const compute = (ms: number): void => {
        const end = performance.now() + ms;
        while (performance.now() < end);
      };
      const pid = await there.start(Worker, { args: { compute } });
      await here.call<any, any>(pid, { ms: 60 });
      expect(reports).toContainEqual(
        expect.objectContaining({
          isCertain: true,
          processes: [{ pid, module: 'Worker', callback: 'handleCall', message: { ms: 60 } }],
        }),
      );
    },
    { watchdog: { blockedMs: 50 } },
  );
});

describe('code that blocks the event loop between quick calls', () => {
  it('is not taken for their server, which handles them in the midst of it', async () => {
    const { node, compute, reports } = await watched({ watchdog: {} }, 0.0001);
    const pid = await node.start(Worker, { args: { compute: () => undefined } });
    await settle();
    for (let i = 0; i < 600; i++) {
      if (i === 500) compute(300);
      await node.call<any, any>(pid, { ms: 0 });
    }
    await settle();
    expect(reports).toMatchObject([{ type: 'blocked', isCertain: false, forMs: 300 }]);
  });
});

describe('what takes its time and does not block', () => {
  it('is not reported: a handler that waits', async () => {
    const { node, clock, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    const later = new Promise<void>((done) => void clock.setTimer(done, 5_000));
    const call = node.call(pid, { later, ms: 0 }, { timeoutMs: Infinity });
    await clock.advance(5_000);
    expect(await call).toBe('ok');
    expect(reports).toStrictEqual([]);
  });

  it('is not reported: many handlers that are each quick enough', async () => {
    const { node, compute, reports } = await watched();
    const workers = await Promise.all([1, 2, 3].map(() => node.start(Worker, { args: { compute } })));
    for (let i = 0; i < 300; i++) node.cast(workers[i % 3]!, { ms: 50 });
    for (const worker of workers) await node.call(worker, { ms: 50 });
    expect(reports).toStrictEqual([]);
  });

  it('is not reported: time in which nobody has a turn', async () => {
    const { node, clock, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    for (let i = 0; i < 3; i++) {
      await clock.advance(60_000);
      await node.call(pid, { ms: 0 });
    }
    expect(reports).toStrictEqual([]);
  });

  it('is not reported: code that is no process', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    const { pid: body } = idle(node);
    const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await nextTurn();
    compute(1_000);
    await node.call(pid, { ms: 0 });
    await nextTurn();
    compute(1_000);
    node.send(body, 'x');
    compute(1_000);
    await settle();
    expect(reports).toStrictEqual([]);
  });
});

describe('code of a process that goes on outside of its turns', () => {
  it('is reported as one that may have blocked: what a body does with a message', async () => {
    const { node, compute, reports } = await watched();
    const pid = node.spawn<any>(async (self) => {
      for (;;) compute((await self.receive()).ms);
    });
    await settle();
    node.send(pid, { ms: 300 });
    await settle();
    expect(reports).toEqual([{ type: 'blocked', forMs: 300, isCertain: false, processes: [{ pid }] }]);
    expect(logOf(node)).toMatchObject([{ level: 'warning', text: 'The event loop was blocked for 300 ms' }]);
  });

  it('is reported as one that may have blocked: a callback behind its await', async () => {
    const { node, compute, reports } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    await node.call(pid, { later: Promise.resolve(), ms: 300 });
    await settle();
    expect(reports).toEqual([
      { type: 'blocked', forMs: 300, isCertain: false, processes: [{ pid, module: 'Worker' }] },
    ]);
  });
});

describe('a handler that blocks among many quick ones', () => {
  it('is one of those that are reported the first time, and known the second time', async () => {
    const { node, compute, reports } = await watched({ watchdog: {} }, 0);
    const workers = await Promise.all(
      [1, 2, 3, 4].map((n) => node.start(Worker, { args: { compute }, name: `worker ${n}` })),
    );
    const load = (slow: number): Promise<unknown> => {
      for (let i = 0; i < 1_000; i++) node.cast(workers[i % 4]!, { ms: i === slow ? 300 : 0 });
      return Promise.all(workers.map((worker) => node.call(worker, { ms: 0 })));
    };
    await load(502);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ forMs: 300 });
    expect(reports[0]?.processes.map(({ registeredName }) => registeredName)).toContain('worker 3');
    await load(501);
    expect(reports[1]).toMatchObject({
      ...certain,
      processes: [{ registeredName: 'worker 2', callback: 'handleCast', message: { ms: 300 } }],
    });
  });

  it('names no more processes than anybody reads', async () => {
    const { node, compute, reports } = await watched({ watchdog: {} }, 0);
    const warm = await node.start(Worker, { args: { compute } });
    const workers = await Promise.all(
      Array.from({ length: 60 }, () => node.start(Worker, { args: { compute } })),
    );
    for (let i = 0; i < 100; i++) node.cast(warm, { ms: 0 });
    for (const [i, worker] of workers.entries()) node.cast(worker, { ms: i === 50 ? 300 : 0 });
    await settle();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.processes.length).toBeLessThanOrEqual(10);
  });
});

describe('the watchdog', () => {
  it('barks at 200 ms, unless it is told otherwise', async () => {
    const usual = await watched();
    const strict = await watched({ watchdog: { blockedMs: 20 } });
    const never = await watched({ watchdog: { blockedMs: Infinity } });
    const off = await watched({ watchdog: false });
    for (const { node, compute } of [usual, strict, never, off]) {
      const pid = await node.start(Worker, { args: { compute } });
      for (const ms of [19, 20, 199, 200]) await node.call(pid, { ms });
    }
    const seen = [usual, strict, never, off].map(({ reports }) => reports.map(({ forMs }) => forMs));
    expect(seen).toEqual([[200], [20, 199, 200], [], []]);
  });

  it('holds on to nobody when all is quiet', async () => {
    const { node, compute } = await watched();
    const pid = await node.start(Worker, { args: { compute } });
    for (let i = 0; i < 100; i++) node.cast(pid, { ms: 0 });
    await settle();
    const { scheduler } = (node as unknown as { local: { scheduler: object } }).local;
    const { recent, latest } = scheduler as { recent: { turns: unknown[] }; latest: unknown };
    expect([latest, ...recent.turns].filter((turn) => turn !== null)).toStrictEqual([]);
  });

  const wrong: [string, unknown][] = [
    ['expected watchdog to be false or { blockedMs }, got true', true],
    ['expected watchdog to be false or { blockedMs }, got 200', 200],
    ['expected watchdog.blockedMs to be milliseconds (1 or more, or Infinity), got 0', { blockedMs: 0 }],
    [
      "expected watchdog.blockedMs to be milliseconds (1 or more, or Infinity), got '200'",
      { blockedMs: '200' },
    ],
    ["expected watchdog to have no 'ms', got { ms: 200 }", { ms: 200 }],
  ];

  it.each(wrong)('is refused at the door if it is none: %s', async (message, watchdog) => {
    const start = startNode({ watchdog } as NodeOptions);
    await expect(start).rejects.toBeInstanceOf(BadArgumentError);
    await expect(start).rejects.toThrow(message);
  });
});
