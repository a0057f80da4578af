import {
  Agent,
  type AgentServer,
  BadArgumentError,
  childSpec,
  GenServer,
  ignore,
  NameTakenError,
  NoProcessError,
  type Registry,
  registrySpec,
  reply,
  StartError,
  startAgent,
  startRegistry,
  startSupervisor,
  stopServer,
  Supervisor,
  via,
  type Call,
  type CallResult,
  type InitResult,
  type NameService,
  type Node,
  type Pid,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { inProcess, settle, startTestNode, watch } from '../support/test-node';

type PlayerCall = Call<{ type: 'score' }, number>;
type PlayerCast = { type: 'add'; n: number } | { type: 'crash' };

class Player extends GenServer<PlayerCall, PlayerCast, 'well' | 'fails' | 'ignores' | undefined> {
  private score = 0;
  override init(how?: string): InitResult {
    if (how === 'fails') throw new Error('cannot play');
    return how === 'ignores' ? ignore() : undefined;
  }
  override handleCall(request: PlayerCall): CallResult {
    return reply(request, this.score);
  }
  override handleCast(request: PlayerCast): void {
    if (request.type === 'crash') throw new Error('crash');
    this.score += request.n;
  }
}

async function arrange(): Promise<{ node: Node; registry: Registry<string> }> {
  const node = await startTestNode();
  return { node, registry: await startRegistry<string>(node, { name: 'players', keys: 'unique' }) };
}

describe('a via name', () => {
  it('is what a server can be started, called, cast to and found as', async () => {
    const { node, registry } = await arrange();
    const alice = via<Player>(registry, 'alice');
    const pid = await node.start(Player, { name: alice });
    node.cast(alice, { type: 'add', n: 2 });
    expect(await node.call(alice, { type: 'score' })).toBe(2);
    expect(node.whereis(alice)).toBe(pid);
    expect(registry.lookup('alice')).toMatchObject([{ pid }]);
  });

  it('can say the registry by its name, wherever that runs when it is used', async () => {
    const alice = via<Player>('players', 'alice');
    const { node } = await arrange();
    await node.start(Player, { name: alice });
    expect(await node.call(alice, { type: 'score' })).toBe(0);
  });

  it('can bring a value along', async () => {
    const { node, registry } = await arrange();
    await node.start(Player, { name: via(registry, 'alice', 'red') });
    expect(registry.lookup('alice')).toMatchObject([{ value: 'red' }]);
  });

  it('that is taken fails the start with the pid of who has it', async () => {
    const { node, registry } = await arrange();
    const pid = await node.start(Player, { name: via(registry, 'alice') });
    const again = node.start(Player, { name: via(registry, 'alice') });
    await expect(again).rejects.toBeInstanceOf(NameTakenError);
    await expect(again).rejects.toMatchObject({ pid });
    await expect(again).rejects.toThrow(`start Player as via players 'alice': the name is taken by ${pid}`);
  });

  it('is taken before init runs, so that two of one name never run at once', async () => {
    const { node, registry } = await arrange();
    const seen: unknown[] = [];
    class Looking extends GenServer {
      override init(): undefined {
        seen.push(registry.whereisName('me') === this.self.pid);
        return undefined;
      }
    }
    await node.start(Looking, { name: via(registry, 'me') });
    expect(seen).toEqual([true]);
  });

  it('is free, and the process gone, when the start of a server that fails or ignores returns', async () => {
    const { node, registry } = await arrange();
    const alice = via<Player>(registry, 'alice');
    for (const args of ['fails', 'ignores'] as const) {
      const before = node.processes().length;
      await expect(node.start(Player, { args, name: alice })).rejects.toBeInstanceOf(StartError);
      expect([node.whereis(alice), node.processes().length]).toStrictEqual([undefined, before]);
    }
    await node.start(Player, { name: alice });
  });

  it('is free when its process has ended, before anybody hears of it', async () => {
    const { node, registry } = await arrange();
    const alice = via<Player>(registry, 'alice');
    const pid = await node.start(Player, { name: alice });
    const next = await inProcess(node, async (self) => {
      self.monitor(pid);
      self.exitSignal(alice, 'kill');
      await self.receive('DOWN');
      return self.start(Player, { name: alice });
    });
    expect(node.whereis(alice)).toBe(next);
  });

  it('of nobody: a call fails at once, a cast and a message vanish, a monitor is told noproc', async () => {
    const { node, registry } = await arrange();
    const nobody = via<Player>(registry, 'nobody');
    await expect(node.call(nobody, { type: 'score' })).rejects.toBeInstanceOf(NoProcessError);
    await expect(node.call(nobody, { type: 'score' })).rejects.toThrow(
      "call via players 'nobody' 'score': there is no such process",
    );
    node.cast(nobody, { type: 'add', n: 1 });
    node.send(nobody, 'x');
    node.exitSignal(nobody, 'kill');
    expect(node.whereis(nobody)).toBeUndefined();
    const down = await inProcess(node, async (self) => {
      self.monitor(nobody);
      return self.receive('DOWN');
    });
    expect(down).toMatchObject({ type: 'DOWN', reason: 'noproc' });
  });

  it('of a registry that does not run is the name of nobody, and nothing to start as', async () => {
    const node = await startTestNode();
    const lost = via<Player>('lost', 'alice');
    await expect(node.call(lost, { type: 'score' })).rejects.toBeInstanceOf(NoProcessError);
    node.cast(lost, { type: 'add', n: 1 });
    expect(node.whereis(lost)).toBeUndefined();
    await expect(node.start(Player, { name: lost })).rejects.toThrow(
      "start Player as via lost 'alice': expected a registry that runs, got 'lost'",
    );
  });

  it('needs a registry with unique keys', async () => {
    const node = await startTestNode();
    const registry = await startRegistry<string>(node, { name: 'many', keys: 'duplicate' });
    const name = via<Player>(registry, 'alice');
    const text = "via: expected a registry with unique keys, got 'many'";
    await expect(node.start(Player, { name })).rejects.toThrow(text);
    await expect(node.call(name, { type: 'score' })).rejects.toThrow(text);
    expect(() => node.send(name, 1)).toThrow(text);
    expect(node.processes().length).toBe(2);
  });

  it('takes plain messages, delayed ones, and exit signals', async () => {
    const { node, registry } = await arrange();
    const received = await inProcess(node, async (self) => {
      registry.register(self, 'a');
      node.send(via(registry, 'a'), 'now');
      node.sendAfter(via(registry, 'a'), 'later', 0);
      return [await self.receive(), await self.receive()];
    });
    expect(received).toEqual(['now', 'later']);
    const a = await puppet(node);
    registry.register(a.self, 'a');
    node.exitSignal(via(registry, 'a'), 'crash');
    expect(node.isAlive(a.pid)).toBe(false);
  });

  it('is monitored as the process that has it', async () => {
    const { node, registry } = await arrange();
    const pid = await node.start(Player, { name: via(registry, 'alice') });
    const down = await inProcess(node, async (self) => {
      self.monitor(via(registry, 'alice'));
      self.exitSignal(pid, 'kill');
      return self.receive('DOWN');
    });
    expect(down).toMatchObject({ pid, reason: 'killed' });
  });

  it('stops its server by stopServer', async () => {
    const { node, registry } = await arrange();
    const alice = via<Player>(registry, 'alice');
    const pid = await node.start(Player, { name: alice });
    await stopServer(node, alice);
    expect([node.isAlive(pid), registry.count()]).toEqual([false, 0]);
    await expect(stopServer(node, alice)).rejects.toBeInstanceOf(NoProcessError);
  });

  it('names agents', async () => {
    const { node, registry } = await arrange();
    const counter = via<AgentServer<number>>(registry, 'counter');
    await startAgent(node, () => 0, { name: counter });
    await new Agent(node, counter).update((n) => n + 1);
    expect(await new Agent(node, counter).get((n) => n)).toBe(1);
    await expect(startAgent(node, () => 0, { name: counter })).rejects.toBeInstanceOf(NameTakenError);
  });

  it('names supervisors, and children, which have it again when they are restarted', async () => {
    const node = await startTestNode();
    const [tree, alice] = [via<Supervisor>('players', 'tree'), via<Player>('players', 'alice')];
    await startSupervisor(node, {
      strategy: 'restForOne',
      children: [
        registrySpec({ name: 'players', keys: 'unique' }),
        { id: 'tree', type: 'supervisor', start: (self) => startSupervisor(self, below) },
      ],
    });
    const first = node.whereis(alice) as ServerPid<Player>;
    const ended = await watch(node, first);
    node.cast(alice, { type: 'crash' });
    await ended.reason;
    await settle();
    expect([typeof node.whereis(alice), node.whereis(alice) === first]).toEqual(['string', false]);
    expect(await Supervisor.countChildren(node, tree)).toMatchObject({ active: 1 });
  });

  const below = {
    name: via<Supervisor>('players', 'tree'),
    strategy: 'oneForOne' as const,
    children: [childSpec(Player, { name: via('players', 'alice') })],
  };

  it('that a child cannot have fails the start of the tree', async () => {
    const { node } = await arrange();
    const child = (id: string) => childSpec(Player, { id, name: via('players', 'alice') });
    const starting = startSupervisor(node, { strategy: 'oneForOne', children: [child('a'), child('b')] });
    await expect(starting).rejects.toMatchObject({
      reason: { detail: { type: 'failedToStartChild', id: 'b', reason: { type: 'alreadyStarted' } } },
    });
    expect(node.whereis(via('players', 'alice'))).toBeUndefined();
  });

  inBothPlaces('leads to whichever node its process is on', async (places) => {
    const { here, there } = places;
    const names = new Directory();
    const pid = await there.start(Player);
    names.pids.set('alice', pid);
    const alice = via<Player>(names, 'alice');
    here.cast(alice, { type: 'add', n: 3 });
    expect(await here.call(alice, { type: 'score' })).toBe(3);
    expect(here.whereis(alice)).toBe(pid);
    const a = await puppet(here);
    const ref = a.self.monitor(alice);
    await quiet(places);
    await stopServer(here, alice);
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid, reason: 'normal' }]);
  });

  inBothPlaces(
    'cannot travel: it is for the node that has the name service',
    async ({ here, there, apart }) => {
      const a = await puppet(there);
      const send = () => here.send(a.pid, via('players', 'alice'));
      if (apart) expect(send).toThrow('an instance of Via cannot be sent to another node');
      else expect(send).not.toThrow();
    },
  );
});

/** A name service of the test's own, that takes its time. */
class Directory implements NameService<string> {
  readonly name = 'directory';
  readonly pids = new Map<string, Pid>();
  readonly freed: string[] = [];
  delay: Promise<void> = Promise.resolve();

  async registerName(key: string, pid: Pid): Promise<Pid> {
    await this.delay;
    const owner = this.pids.get(key);
    if (owner === undefined) this.pids.set(key, pid);
    return owner ?? pid;
  }
  async unregisterName(key: string): Promise<void> {
    await this.delay;
    this.freed.push(key);
    this.pids.delete(key);
  }
  whereisName(key: string): Pid | undefined {
    return this.pids.get(key);
  }
}

describe('a name service of another kind', () => {
  it('may take its time to give a name: init runs when it is given', async () => {
    const node = await startTestNode();
    const names = new Directory();
    let give!: () => void;
    names.delay = new Promise((resolve) => (give = resolve));
    const log: string[] = [];
    class Logging extends GenServer {
      override init(): undefined {
        log.push('init');
        return undefined;
      }
    }
    const starting = node.start(Logging, { name: via(names, 'a') });
    await settle();
    log.push('given');
    give();
    const pid = await starting;
    expect([log, node.whereis(via(names, 'a'))]).toEqual([['given', 'init'], pid]);
  });

  it('may find late that the name is taken: nothing of the server has run then', async () => {
    const node = await startTestNode();
    const names = new Directory();
    const first = await node.start(Player, { name: via(names, 'a') });
    const before = node.processes();
    await expect(node.start(Player, { name: via(names, 'a') })).rejects.toMatchObject({ pid: first });
    expect(node.processes()).toEqual(before);
  });

  it('is told to free the name of a server that did not start, before the start returns', async () => {
    const node = await startTestNode();
    const names = new Directory();
    await expect(node.start(Player, { args: 'fails', name: via(names, 'a') })).rejects.toThrow('cannot play');
    expect([names.freed, names.pids.size]).toEqual([['a'], 0]);
  });

  it('does not start a linked server whose starter has ended meanwhile', async () => {
    const node = await startTestNode();
    const names = new Directory();
    let give!: () => void;
    names.delay = new Promise((resolve) => (give = resolve));
    const a = await puppet(node);
    void a.self.startLink(Player, { name: via(names, 'a') });
    node.exitSignal(a.pid, 'kill');
    const before = node.processes().length;
    give();
    await settle();
    expect([node.processes().length, names.pids.size]).toEqual([before - 1, 0]);
  });

  it('is refused if it is none', () => {
    for (const service of [5, undefined, {}, '', '<x']) {
      expect(() => via(service as never, 'key')).toThrow(BadArgumentError);
    }
  });
});
