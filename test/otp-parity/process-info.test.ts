import {
  BadArgumentError,
  GenServer,
  localName,
  Process,
  startSupervisor,
  sys,
  type Node,
  type Pid,
  type ProcessInfo,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, type Places } from '../support/both-places';
import { idle, inProcess, logOf, settle, startTestNode } from '../support/test-node';

/** What a node tells of a process, asked from another. */
async function ask({ here, there }: Places, pid: Pid): Promise<ProcessInfo | undefined> {
  return (await here.rpc.call(there.name, 'Node', 'processInfo', [pid])) as ProcessInfo | undefined;
}

class Quiet extends GenServer {
  override init(): void {
    this.self.label = 'says nothing';
  }
}

class Waits extends Process {
  override run(): Promise<unknown> {
    return this.receive();
  }
}

describe('processInfo', () => {
  inBothPlaces('tells everything about a process, to whichever node asks', async (places) => {
    const { there } = places;
    const starter = await puppet(there);
    const pid = starter.self.spawn((self) => self.receive(), { label: 'idler' });
    there.register('lazy', pid);
    await quiet(places);
    expect(await ask(places, pid)).toEqual({
      pid,
      status: 'waiting',
      module: 'Process',
      registeredName: 'lazy',
      label: 'idler',
      parent: starter.pid,
      trapExit: false,
      links: [],
      monitors: [],
      monitoredBy: [],
      messageQueueLen: 0,
      mailbox: expect.objectContaining({ messages: 0, maxMessages: Infinity }),
    });
  });

  inBothPlaces('is undefined for a process that has ended', async (places) => {
    const gone = places.there.spawn(() => undefined);
    await quiet(places);
    expect(await ask(places, gone)).toBeUndefined();
  });

  inBothPlaces('tells links, on both sides of each', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there, true)];
    a.self.link(b.pid);
    await quiet(places);
    expect(here.processInfo(a.pid)).toMatchObject({ links: [b.pid], trapExit: false });
    expect(there.processInfo(b.pid)).toMatchObject({ links: [a.pid], trapExit: true });
    a.self.unlink(b.pid);
    await quiet(places);
    expect([here.processInfo(a.pid)?.links, there.processInfo(b.pid)?.links]).toEqual([[], []]);
  });

  inBothPlaces('tells monitors one way, once for each', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there)];
    const first = a.self.monitor(b.pid);
    a.self.monitor(b.pid);
    await quiet(places);
    expect(here.processInfo(a.pid)).toMatchObject({ monitors: [b.pid, b.pid], monitoredBy: [] });
    expect(there.processInfo(b.pid)).toMatchObject({ monitors: [], monitoredBy: [a.pid, a.pid] });
    a.self.demonitor(first);
    await quiet(places);
    expect(there.processInfo(b.pid)?.monitoredBy).toEqual([a.pid]);
  });

  inBothPlaces('tells a monitor by name as the name, even when another process has it', async (places) => {
    const { here, there } = places;
    const [a, b] = [await puppet(here), await puppet(there)];
    const kv = { name: 'kv', node: there.name };
    there.register('kv', b.pid);
    a.self.monitor(kv);
    a.self.monitor(b.pid);
    await quiet(places);
    there.unregister('kv');
    there.register('kv', (await puppet(there)).pid);
    expect(here.processInfo(a.pid)?.monitors).toStrictEqual([kv, b.pid]);
    expect(there.processInfo(b.pid)?.monitoredBy).toStrictEqual([a.pid, a.pid]);
  });

  it('tells how many messages wait, and only if asked which', async () => {
    const node = await startTestNode();
    const busy = node.spawn<any>((self) => self.receive('never'));
    await settle();
    node.send(busy, { type: 'a' });
    node.send(busy, { type: 'b' });
    node.cast(busy, 'c' as never);
    expect(node.processInfo(busy)).toMatchObject({ messageQueueLen: 3 });
    expect(node.processInfo(busy)).not.toHaveProperty('messages');
    expect(node.processInfo(busy, ['messages', 'messageQueueLen'])).toEqual({
      messages: [{ type: 'a' }, { type: 'b' }, { type: '$cast', request: 'c' }],
      messageQueueLen: 3,
    });
    expect(node.processInfo(busy, [])).toEqual({});
  });

  it('tells the class that a process runs', async () => {
    const node = await startTestNode();
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children: [] });
    const classes = [await node.start(Quiet), node.start(Waits), node.spawn(() => {}), supervisor].map(
      (pid) => node.processInfo(pid)?.module,
    );
    expect(classes).toEqual(['Quiet', 'Waits', 'Process', 'Supervisor']);
  });

  it('tells whether a process waits for a message, is suspended, or runs', async () => {
    const node = await startTestNode();
    const status = (pid: Pid): unknown => node.processInfo(pid)?.status;
    const server = await node.start(Quiet);
    await settle();
    expect(status(server)).toBe('waiting');
    await sys.suspend(node, server);
    expect(status(server)).toBe('suspended');
    await sys.resume(node, server);
    await settle();
    expect(status(server)).toBe('waiting');
    const fetching = node.spawn(() => new Promise(() => {}));
    const spawned = node.spawn(() => {});
    expect(status(spawned)).toBe('running');
    await settle();
    expect(status(fetching)).toBe('running');
    expect(await inProcess(node, (self) => status(self.pid))).toBe('running');
  });

  it('tells who started a process, if a process did, though that has ended', async () => {
    const node = await startTestNode();
    const starter = await puppet(node);
    const server = await starter.self.start(Quiet);
    const linked = starter.self.spawnLink((self) => (self.trapExit(true), self.receive('never' as never)));
    await settle();
    node.exitSignal(starter.pid, 'kill');
    await settle();
    expect([server, linked].map((pid) => node.processInfo(pid)?.parent)).toEqual([starter.pid, starter.pid]);
    expect(node.processInfo(idle(node).pid)?.parent).toBeUndefined();
  });

  inBothPlaces('is refused for a pid of another node, as is isAlive', async ({ here, there, apart }) => {
    const { pid } = await puppet(there);
    for (const verb of ['processInfo', 'isAlive'] as const) {
      if (!apart) expect(here[verb](pid)).toBeTruthy();
      else expect(() => here[verb](pid)).toThrow(`${verb}: expected a pid of here@127.0.0.1, got '${pid}'`);
    }
  });

  it('is refused for what is no pid, and for items there are not', async () => {
    const node: any = await startTestNode();
    const { pid } = idle(node as Node);
    expect(() => node.processInfo('kv')).toThrow("processInfo: expected a pid, got 'kv'");
    expect(() => node.processInfo(pid, ['heap'])).toThrow(
      "processInfo: expected an array of items: 'pid', '",
    );
    expect(() => node.processInfo(pid, 'links')).toThrow(BadArgumentError);
  });
});

describe('a label', () => {
  it('given at the start is there before anything runs', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    const note = (self: { label: string | undefined }): void => void seen.push(self.label);
    const parent = await puppet(node);
    const { self } = parent;
    const pids = [
      node.spawn(note, { label: 'a' }),
      self.spawn(note, { label: 'b' }),
      self.spawnLink(note, { label: 'c' }),
      self.spawnMonitor(note, { label: 'd' }).pid,
    ];
    expect(pids.map((pid) => node.processInfo(pid)?.label)).toEqual(['a', 'b', 'c', 'd']);
    await settle();
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
    expect(node.processInfo(node.start(Waits, { label: 'e' }))?.label).toBe('e');
    expect(node.processInfo(self.startLink(Waits, { label: 'f' }))?.label).toBe('f');
  });

  it('of a server is there in init, which may give it another', async () => {
    const node = await startTestNode();
    const seen: unknown[] = [];
    class Labelled extends GenServer {
      override init(): void {
        seen.push(this.self.label);
        this.self.label = 'another';
      }
    }
    const pid = await node.start(Labelled, { label: 'one' });
    expect([...seen, node.processInfo(pid)?.label]).toEqual(['one', 'another']);
  });

  it('can be taken away, and tells nothing of the name', async () => {
    const node = await startTestNode();
    const { self, pid } = await puppet(node);
    self.label = 'once';
    self.register(localName('named'));
    self.label = undefined;
    expect(node.processInfo(pid)).toMatchObject({ label: undefined, registeredName: 'named' });
  });

  it('is in the report of a crash', async () => {
    const node = await startTestNode();
    node.spawn(
      () => {
        throw new Error('broken');
      },
      { label: 'the fragile one' },
    );
    await settle();
    expect(JSON.stringify(logOf(node))).toContain('the fragile one');
  });

  it('is refused if it is no text, and nothing is started', async () => {
    const node: any = await startTestNode();
    const { self } = await puppet(node as Node);
    const before = node.processes();
    expect(() => node.spawn(() => {}, { label: 5 })).toThrow('spawn: expected label to be a string, got 5');
    expect(() => node.spawn(() => {}, { lable: 'x' })).toThrow("spawn: expected options to have no 'lable'");
    expect(() => node.start(Waits, { label: 5 })).toThrow(
      'start Waits: expected label to be a string, got 5',
    );
    await expect(node.start(Quiet, { label: 5 })).rejects.toThrow(
      'start Quiet: expected label to be a string, got 5',
    );
    expect(() => (self.label = 5 as never)).toThrow('label: expected a string, or undefined, got 5');
    expect(node.processes()).toEqual(before);
  });
});
