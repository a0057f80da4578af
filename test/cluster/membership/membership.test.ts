import {
  enterMembership,
  fixedMembership,
  membershipEntered,
  membershipOf,
  type MembershipServer,
  membershipSpec,
  modulo,
  rendezvous,
  startMembership,
  tokens,
  type MembershipOptions,
} from '@trestle/cluster';
import { localName, NameTakenError, startSupervisor, type Node, type NodeName } from '@trestle/runtime';
import { freePort } from '../../support/free-port';
import { logOf, settle, startTestNode, watch } from '../../support/test-node';

const options: MembershipOptions = { name: 'Members', members: 'apothik_', strategy: modulo };
const name = (i: number): NodeName => `apothik_${String(i)}@127.0.0.1`;

describe('membership', () => {
  let mapperPort: number;
  beforeEach(async () => (mapperPort = await freePort()));

  function start(nodeName: NodeName, more: { hidden?: boolean } = {}): Promise<Node> {
    return startTestNode({ name: nodeName, cookie: 'a cookie of this test', mapperPort, ...more });
  }

  /** Resolves when a node sees the given members. */
  function sees(node: Node, members: readonly NodeName[]): Promise<void> {
    const membership = membershipOf(node, options.name);
    return new Promise((resolve) => {
      const look = (): void => {
        if (membership.current().members.join() !== members.join()) return;
        stopListening();
        resolve();
      };
      const stopListening = membership.onChange(look);
      look();
    });
  }

  it('has as members the nodes whose names begin as it says, sorted, the own one among them', async () => {
    const [two, one, shell, hidden] = await Promise.all([
      start(name(2)),
      start(name(1)),
      start('master@127.0.0.1'),
      start(name(9), { hidden: true }),
    ]);
    const seen = await startMembership(two, options);
    expect(seen.current().members).toEqual([name(2)]);
    for (const other of [one, shell, hidden]) await other.connect(two.name);
    await sees(two, [name(1), name(2)]);
    await startMembership(shell, options);
    await sees(shell, [name(1), name(2)]);
    await one.stop();
    await sees(two, [name(2)]);
  });

  it('has as members, seen from a hidden node, those that it is connected to, and not itself', async () => {
    const [one, two] = [await start(name(1)), await start(name(2))];
    const hidden = await start(name(9), { hidden: true });
    for (const node of [one, two, hidden]) await startMembership(node, options);
    expect(membershipOf(hidden, options.name).current().members).toStrictEqual([]);
    await hidden.connect(one.name);
    await sees(hidden, [name(1)]);
    // Members that come are told, and met.
    await two.connect(one.name);
    await sees(hidden, [name(1), name(2)]);
    await sees(one, [name(1), name(2)]);
    await two.stop();
    await sees(hidden, [name(1)]);
  });

  it('by entering has as members only the nodes of which a process has entered, and lives', async () => {
    const [one, two, client] = await Promise.all([start(name(1)), start(name(2)), start('master@127.0.0.1')]);
    for (const other of [two, client]) await other.connect(one.name);
    const entering: MembershipOptions = { ...options, byEntering: true };
    for (const node of [one, two, client]) await startMembership(node, entering);
    expect(membershipOf(client, options.name).current().members).toStrictEqual([]);
    const pid = two.spawn(async (self) => {
      await enterMembership(self, options.name);
      await self.receive();
    });
    await membershipEntered(two, options.name, {});
    // They are told before it hears that it has entered.
    expect(membershipOf(one, options.name).current().members).toStrictEqual([two.name]);
    await sees(client, [two.name]);
    const late = await start(name(3));
    await late.connect(one.name);
    await startMembership(late, entering);
    await sees(late, [two.name]);
    two.send(pid, 'end');
    for (const node of [one, client, late]) await sees(node, []);
  });

  it('has as members the nodes that a function accepts', async () => {
    const [one, two] = await Promise.all([start('left@127.0.0.1'), start('right@127.0.0.1')]);
    await one.connect(two.name);
    const members = (node: NodeName): boolean => node.includes('t@');
    const seen = await startMembership(one, { ...options, members });
    expect(seen.current().members).toEqual(['left@127.0.0.1', 'right@127.0.0.1']);
  });

  it('tells listeners of each change, after it, until they are taken away; one that throws is logged', async () => {
    const node = await start(name(1));
    const seen = await startMembership(node, options);
    const told: string[] = [];
    seen.onChange(() => {
      throw new Error('a mistake in a listener');
    });
    const stop = seen.onChange((now, before) => {
      expect(seen.current()).toBe(now);
      told.push(`${String(before.members.length)} -> ${String(now.members.length)}`);
    });
    const two = await start(name(2));
    await two.connect(node.name);
    await sees(node, [name(1), name(2)]);
    expect(told).toEqual(['1 -> 2']);
    stop();
    await two.stop();
    await sees(node, [name(1)]);
    expect(told).toEqual(['1 -> 2']);
    expect(logOf(node).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('a mistake in a listener'),
    );
  });

  it('looks anew when it is restarted, and is the same object for all who have it', async () => {
    const [one, two] = await Promise.all([start(name(1)), start(name(2))]);
    await startSupervisor(one, { strategy: 'restForOne', children: [membershipSpec(options)] });
    const seen = membershipOf(one, options.name);
    await one.connect(two.name);
    await sees(one, [name(1), name(2)]);
    const pid = one.whereis(options.name)!;
    const { reason } = await watch(one, pid);
    one.exitSignal(pid, 'kill');
    await reason;
    await settle();
    expect(one.whereis(options.name)).not.toBe(pid);
    expect(seen.current().members).toEqual([name(1), name(2)]);
    await two.stop();
    await sees(one, [name(1)]);
  });

  it('leaves out a node that drains, on it too, and takes it in again in its next life', async () => {
    const [one, two] = await Promise.all([start(name(1)), start(name(2))]);
    await one.connect(two.name);
    const seen = await startMembership(one, options);
    const leaver = await startMembership(two, options);
    await sees(two, [name(1), name(2)]);
    const told: string[] = [];
    seen.onChange(({ members }) => told.push(`${members.join()} with ${one.list().join()}`));
    leaver.onChange(({ members }) => told.push(`the leaver: ${members.join()}`));
    await two.drain();
    await sees(two, []);
    // It was left out before it was gone.
    expect(told).toEqual(
      expect.arrayContaining([`${name(1)} with ${name(2)}`, `the leaver: ${name(1)}`, 'the leaver: ']),
    );
    await two.stop();
    const again = await start(name(2));
    await again.connect(one.name);
    await sees(one, [name(1), name(2)]);
  });

  it('has no members before it has started', async () => {
    const node = await start(name(1));
    const seen = membershipOf(node, 'nobody yet');
    expect(seen.current().members).toStrictEqual([]);
    expect(seen.current().owners(7, 3)).toStrictEqual([]);
  });

  it('brings nodes that saw members come in different orders to one table of tokens', async () => {
    const strategy = tokens();
    const nodes = await Promise.all([1, 2, 3, 4, 5].map((i) => start(name(i))));
    const seen = await Promise.all(nodes.map((node) => startMembership(node, { ...options, strategy })));
    for (const [i, node] of nodes.entries()) await node.connect(name(((i + 2) % 5) + 1));
    await Promise.all(
      nodes.map((node) =>
        sees(
          node,
          nodes.map((other) => other.name),
        ),
      ),
    );
    const shell = await start('master@127.0.0.1');
    const client = await startMembership(shell, { ...options, strategy });
    await shell.connect(name(3));
    await sees(
      shell,
      nodes.map((other) => other.name),
    );
    await agreed([...seen.map((each) => () => each.current().table), () => client.current().table]);
    const tokensOf = seen[0]!.current();
    expect(new Set(seen.map((each) => each.current().table)).size).toBe(1);
    expect(client.current().table).toBe(tokensOf.table);
  });

  it('says once of a node whose strategy is another that keys will not be found, and takes nothing from it', async () => {
    const [one, two] = await Promise.all([start(name(1)), start(name(2))]);
    await startMembership(one, options);
    await startMembership(two, { ...options, strategy: rendezvous() });
    await one.connect(two.name);
    const line = `Members: the routing of ${name(2)} is rendezvous, here it is modulo: keys will not be found`;
    await until(() => logOf(one).some(({ text }) => text.endsWith(line)));
    two.cast(localName<MembershipServer>('Members').on(one.name), {
      from: two.name,
      strategy: 'rendezvous',
      members: [],
      table: '',
      support: 5,
    });
    await two.rpc.call(one.name, 'Node', 'alive');
    expect(logOf(one).filter(({ text }) => text.endsWith(line))).toHaveLength(1);
  });

  it('survives what is no claim', async () => {
    const node = await start(name(1));
    const seen = await startMembership(node, options);
    node.cast(localName<MembershipServer>('Members'), { from: 7 } as never);
    node.send('Members', 'hey there');
    await settle();
    expect(seen.current().members).toEqual([name(1)]);
    expect(node.whereis('Members')).toBeDefined();
    expect(logOf(node)).toContainEqual(
      expect.objectContaining({ report: expect.objectContaining({ message: 'hey there' }) }),
    );
  });

  it('refuses wrong options by name, before anything is started', async () => {
    const node = await start(name(1));
    const wrong = [
      { ...options, members: '' },
      { ...options, members: 7 },
      { ...options, strategy: 'modulo' },
      { ...options, name: '' },
      { ...options, more: 1 },
    ] as unknown as MembershipOptions[];
    for (const each of wrong) {
      await expect(startMembership(node, each)).rejects.toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
      expect(() => membershipSpec(each)).toThrow('membershipSpec');
    }
    expect(node.registered()).not.toContain('Members');
    await startMembership(node, options);
    await expect(startMembership(node, options)).rejects.toThrow(NameTakenError);
  });
});

it('of a list never changes', () => {
  const fixed = fixedMembership(['b@h', 'a@h'], modulo);
  expect(fixed.current().members).toEqual(['a@h', 'b@h']);
  expect(fixed.current()).toBe(fixed.current());
  fixed.onChange(() => undefined)();
});

/** Waits until something is so; it is looked at after every turn of the event loop. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function agreed(tables: readonly (() => string | undefined)[]): Promise<void> {
  return until(() => new Set(tables.map((table) => table())).size === 1);
}
