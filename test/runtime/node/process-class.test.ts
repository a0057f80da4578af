import { BadArgumentError, Process } from '@trestle/runtime';
import { inProcess, logOf, settle, startTestNode, watch } from '../../support/test-node';

type Add = { type: 'add'; n: number };

class Counter extends Process<Add> {
  total = 0;
  static totals: number[] = [];
  override async run(): Promise<void> {
    for (;;) {
      this.total += (await this.receive('add')).n;
      Counter.totals.push(this.total);
    }
  }
}

describe('a class that extends Process', () => {
  it('is a process whose fields are its state', async () => {
    const node = await startTestNode();
    Counter.totals = [];
    const pid = node.start(Counter);
    node.send(pid, { type: 'add', n: 2 });
    node.send(pid, { type: 'add', n: 3 });
    await settle();
    expect(Counter.totals).toEqual([2, 5]);
  });

  it('has a fresh instance for each start, and all verbs of a process', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    class Worker extends Process {
      override run(): void {
        seen.push(this.pid, this.node === node, this.label);
        this.label = 'worker';
        this.register('worker');
        seen.push(this.whereis('worker'));
      }
    }
    const pid = node.start(Worker);
    await settle();
    expect(seen).toStrictEqual([pid, true, undefined, pid]);
    expect(node.start(Worker)).not.toBe(pid);
  });

  it('is linked to its starter by startLink', async () => {
    const node = await startTestNode();
    class Failing extends Process {
      override run(): void {
        this.exit('failed');
      }
    }
    const message = await inProcess(node, async (self) => {
      self.trapExit(true);
      const pid = self.startLink(Failing);
      const exit = await self.receive('EXIT');
      return [exit.from === pid, exit.reason];
    });
    expect(message).toEqual([true, 'failed']);
  });

  it('ends with an error that says so if it does not override run', async () => {
    const node = await startTestNode();
    class Empty extends Process {}
    node.start(Empty);
    await settle();
    expect(logOf(node)).toMatchObject([
      {
        report: {
          type: 'crash',
          reason: { message: expect.stringMatching(/^start: expected a class that overrides run/) },
        },
      },
    ]);
  });

  it('does not start if its constructor throws', async () => {
    const node = await startTestNode();
    const before = node.processes().length;
    class Broken extends Process {
      constructor() {
        super();
        throw new Error('no');
      }
    }
    expect(() => node.start(Broken)).toThrow('no');
    expect(node.processes().length).toBe(before);
  });

  it('takes no options', async () => {
    const node = await startTestNode();
    const start = node.start.bind(node) as (Class: unknown, options: unknown) => unknown;
    expect(() => start(Counter, { name: 'x' })).toThrow(BadArgumentError);
    expect(() => start(Counter, { name: 'x' })).toThrow("start Counter: expected options to have no 'name'");
  });

  it('ends with its signal fired', async () => {
    const node = await startTestNode();
    let signal!: AbortSignal;
    class Watcher extends Process {
      override async run(): Promise<void> {
        signal = this.signal;
        await this.receive();
      }
    }
    const pid = node.start(Watcher);
    const { reason } = await watch(node, pid);
    node.exitSignal(pid, 'over');
    expect(await reason).toBe('over');
    expect(signal.reason).toBe('over');
  });
});
