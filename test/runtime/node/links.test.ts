import type { Pid } from '@trestle/runtime';
import { idle, inProcess, partsOf, settle, startTestNode, watch } from '../../support/test-node';

/** Starts a process that traps exits and is linked to a fresh one. */
async function trappingPair(node: Awaited<ReturnType<typeof startTestNode>>) {
  const other = idle(node).pid;
  const trapper = idle(node, (self) => {
    self.trapExit(true);
    self.link(other);
  });
  await settle();
  return { other, trapper };
}

describe('a link', () => {
  it('ends the other process with the same reason, from either side', async () => {
    const node = await startTestNode();
    for (const side of ['linker', 'linked']) {
      const linked = idle(node).pid;
      const linker = idle(node, (self) => self.link(linked)).pid;
      await settle();
      const [first, second] = side === 'linker' ? [linker, linked] : [linked, linker];
      const { reason } = await watch(node, second);
      node.exitSignal(first, { cause: side });
      expect(await reason).toEqual({ cause: side });
    }
  });

  it('does nothing to a process that does not trap when the other ends normally', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => void self.spawnLink(() => undefined));
    await settle();
    expect(node.isAlive(pid)).toBe(true);
  });

  it('tells a process that traps exits, whatever the reason, and tells it once', async () => {
    const node = await startTestNode();
    for (const reason of ['oops', 'shutdown', 'kill-like', { any: 'value' }]) {
      const { other, trapper } = await trappingPair(node);
      node.exitSignal(other, reason);
      await settle();
      expect(trapper.inbox).toEqual([{ type: 'EXIT', from: other, reason }]);
    }
  });

  it('tells a process that traps exits of a normal end', async () => {
    const node = await startTestNode();
    const message = await inProcess(node, async (self) => {
      self.trapExit(true);
      const pid = self.spawnLink(() => undefined);
      const { from, reason } = await self.receive('EXIT');
      return [from === pid, reason];
    });
    expect(message).toEqual([true, 'normal']);
  });

  it('is one link, however often it is made', async () => {
    const node = await startTestNode();
    const { other, trapper } = await trappingPair(node);
    const local = partsOf(node).table.get(trapper.pid)!;
    expect(local.hasLink(other)).toBe(true);
    node.send(trapper.pid, 'x');
    const linked = await inProcess(node, (self) => {
      const target = self.spawn((me) => me.receive());
      self.trapExit(true);
      self.link(target);
      self.link(target);
      self.exitSignal(target, 'over');
      return self.receive('EXIT', { afterMs: 60_000 }).then(async (first) => {
        return [first?.reason, await self.receive('EXIT', { afterMs: 0 })];
      });
    });
    expect(linked).toStrictEqual(['over', undefined]);
  });

  it('can be taken away from either side: nothing arrives then', async () => {
    const node = await startTestNode();
    const alive = await inProcess(node, async (self) => {
      const mine = self.spawnLink((me) => me.receive());
      self.unlink(mine);
      self.exitSignal(mine, 'oops');
      const theirs = self.spawn<{ from: Pid }>(async (me) => {
        me.link(self.pid);
        me.unlink(self.pid);
        me.send(self.pid, 'unlinked');
        await me.receive();
      });
      await self.receive(undefined, { where: (message: unknown) => message === 'unlinked' });
      self.exitSignal(theirs, 'oops');
      return true;
    });
    expect(alive).toBe(true);
  });

  it('takes an unlink of a process that was never linked, or has ended', async () => {
    const node = await startTestNode();
    const alive = await inProcess(node, async (self) => {
      const { pid } = self.spawnMonitor(() => undefined);
      self.unlink(pid);
      await self.receive('DOWN');
      self.unlink(pid);
      self.unlink(self.pid);
      return true;
    });
    expect(alive).toBe(true);
  });

  it('to a process that has ended is an exit signal with noproc', async () => {
    const node = await startTestNode();
    const gone = node.spawn(() => undefined);
    await settle();
    const { pid, inbox } = idle(node, (self) => {
      self.trapExit(true);
      self.link(gone);
    });
    await settle();
    expect(inbox).toEqual([{ type: 'EXIT', from: gone, reason: 'noproc' }]);
    expect(partsOf(node).table.get(pid)!.hasLink(gone)).toBe(false);
    const { reason } = await watch(
      node,
      node.spawn(async (self) => {
        await self.receive(undefined, { where: (m) => m === 'go' });
        self.link(gone);
        await self.receive();
      }),
    );
    node.processes().forEach((process) => node.send(process, 'go'));
    expect(await reason).toBe('noproc');
  });

  it('to a node out of reach is an exit signal with noconnection', async () => {
    const node = await startTestNode();
    const far = '<far@host/5.0/1>' as Pid;
    const { inbox } = idle(node, (self) => {
      self.trapExit(true);
      self.link(far);
    });
    await settle();
    expect(inbox).toEqual([{ type: 'EXIT', from: far, reason: 'noconnection' }]);
  });

  it('to itself is not made', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => self.link(self.pid));
    await settle();
    expect(partsOf(node).table.get(pid)!.hasLink(pid)).toBe(false);
  });

  it('ends a chain of 100,000 linked processes without a deep stack', async () => {
    const node = await startTestNode();
    let ended = 0;
    const { table } = partsOf(node);
    const last = await inProcess(node, async (self) => {
      let previous = self.spawn((me) => me.receive());
      for (let i = 1; i < 100_000; i++) {
        const target = previous;
        const next = self.spawn((me) => me.receive());
        table.get(target)!.addLink(next);
        table.get(next)!.addLink(target);
        previous = next;
      }
      return previous;
    });
    await settle();
    const before = table.size;
    for (const process of table.all()) process.onEnd(() => (ended += 1));
    const { reason } = await watch(node, last);
    node.exitSignal(last, 'domino');
    expect(await reason).toBe('domino');
    expect(ended).toBe(100_000);
    await settle();
    expect(table.size).toBe(before - 100_000);
  });
});

describe('an exit signal', () => {
  it('ends a process with its reason', async () => {
    const node = await startTestNode();
    const { pid } = idle(node);
    const { reason } = await watch(node, pid);
    node.exitSignal(pid, { because: 1 });
    expect(await reason).toEqual({ because: 1 });
  });

  it('reaches a process by its name', async () => {
    const node = await startTestNode();
    const { pid } = idle(node, (self) => self.register('kv'));
    const { reason } = await watch(node, pid);
    node.exitSignal('kv', 'by name');
    expect(await reason).toBe('by name');
  });

  it('with normal is ignored, unless a process sends it to itself', async () => {
    const node = await startTestNode();
    const { pid } = idle(node);
    node.exitSignal(pid, 'normal');
    await settle();
    expect(node.isAlive(pid)).toBe(true);
    const own = node.spawn(async (self) => {
      self.exitSignal(self.pid, 'normal');
      await self.receive();
    });
    await settle();
    expect(node.isAlive(own)).toBe(false);
  });

  it('becomes a message where exits are trapped, normal included', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node, (self) => void self.trapExit(true));
    await settle();
    for (const reason of ['normal', 'shutdown', 'oops']) node.exitSignal(pid, reason);
    await settle();
    expect(inbox).toEqual(
      ['normal', 'shutdown', 'oops'].map((reason) => ({ type: 'EXIT', from: node.pid, reason })),
    );
  });

  it('with kill cannot be trapped, and others hear of killed', async () => {
    const node = await startTestNode();
    const { other, trapper } = await trappingPair(node);
    const stubborn = idle(node, (self) => {
      self.trapExit(true);
      self.link(other);
    });
    await settle();
    const { reason } = await watch(node, stubborn.pid);
    node.exitSignal(stubborn.pid, 'kill');
    expect(await reason).toBe('killed');
    expect(stubborn.inbox).toStrictEqual([]);
    await settle();
    expect(node.isAlive(other)).toBe(false);
    expect(trapper.inbox).toEqual([{ type: 'EXIT', from: other, reason: 'killed' }]);
  });

  it('with kill travels along a link as kill when a process exits with it: it can be trapped then', async () => {
    const node = await startTestNode();
    const message = await inProcess(node, async (self) => {
      self.trapExit(true);
      self.spawnLink((me) => me.exit('kill'));
      return (await self.receive('EXIT')).reason;
    });
    expect(message).toBe('kill');
    const { pid } = idle(node, (self) => void self.spawnLink((me) => me.exit('kill')));
    const { reason } = await watch(node, pid);
    expect(['kill', 'noproc']).toContain(await reason);
  });

  it('trapExit tells what was set before', async () => {
    const node = await startTestNode();
    const flags = await inProcess(node, (self) => [
      self.trapExit(true),
      self.trapExit(false),
      self.trapExit(false),
    ]);
    expect(flags).toEqual([false, true, false]);
  });
});
