import {
  BadArgumentError,
  GenServer,
  ignore,
  Process,
  StartError,
  startMonitor,
  stop,
  type InitResult,
  type Node,
} from '@trestle/runtime';
import { inProcess, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

class Brief extends GenServer<never, string, string> {
  override init(how: string): InitResult {
    if (how === 'refuses') return stop('no mood');
    if (how === 'ignores') return ignore();
    if (how === 'ends') this.self.cast<Brief>(this.self.pid, 'end');
    return undefined;
  }
  override handleCast(): ReturnType<typeof stop> {
    return stop({ type: 'done' });
  }
}

class Body extends Process {
  override run(): void {
    this.exit('over at once');
  }
}

let node: Node;
beforeEach(async () => {
  node = await startTestNode({ clock: new VirtualClock() });
});

describe('startMonitor', () => {
  it('monitors a server from its start: its DOWN has its reason, though it ends at once', async () => {
    const [started, down] = await inProcess(node, async (self) => {
      const monitored = await startMonitor(self, Brief, { args: 'ends' });
      return [monitored, await self.receive('DOWN')] as const;
    });
    expect(down).toMatchObject({ ref: started.ref, pid: started.pid, reason: { type: 'done' } });
  });

  it.each(['refuses', 'ignores'])(
    'leaves no monitor and no message of a server that does not start: %s',
    async (args) => {
      const left = await inProcess(node, async (self) => {
        await expect(startMonitor(self, Brief, { args })).rejects.toBeInstanceOf(StartError);
        await settle();
        return node.processInfo(self.pid);
      });
      expect(left).toMatchObject({ monitors: [], messageQueueLen: 0 });
    },
  );

  it('monitors a process that is no server before its first turn', async () => {
    const [started, down] = await inProcess(node, async (self) => {
      const monitored = await startMonitor(self, Body);
      return [monitored, await self.receive('DOWN')] as const;
    });
    expect(down).toMatchObject({ ref: started.ref, pid: started.pid, reason: 'over at once' });
  });

  it('refuses a node, which has no mailbox, and what is no class of processes', async () => {
    const message = 'startMonitor: expected a process, got';
    await expect(startMonitor(node as never, Brief, { args: '' })).rejects.toThrow(message);
    const refused = await inProcess(node, (self) =>
      startMonitor(self, class {} as never).catch((error: unknown) => error),
    );
    expect(refused).toBeInstanceOf(BadArgumentError);
    expect(refused).toMatchObject({ message: expect.stringContaining('startMonitor: expected a class') });
  });
});
