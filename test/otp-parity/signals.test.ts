import { ProcessExit, type Pid } from '@trestle/runtime';
import { believesInLink, inBothPlaces, lives, puppet, quiet, type Places } from '../support/both-places';
import { idle, inProcess, partsOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';

const big = 'x'.repeat(2_000_000);

/** Ends a process there from within: its code throws what `exit` throws. */
function exiting(places: Places, reason: unknown): Pid {
  return places.there.spawn<any>(async (self) => {
    await self.receive();
    self.exit(reason);
  });
}

describe('signals from one process to another', () => {
  inBothPlaces('arrive in the order sent, whatever the size of the messages', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const sent = [1, [2, big], 3, [4, big], [5, 'x'.repeat(70_000)], 6];
    for (const message of sent) a.self.send(b.pid, message);
    await b.has(sent.length);
    expect(b.inbox).toEqual(sent);
  });

  inBothPlaces('arrive in the order sent, whatever their kind', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there, true)];
    a.self.send(b.pid, [1, big]);
    a.self.exitSignal(b.pid, 2);
    a.self.cast(b.pid, 3 as never);
    a.self.exitSignal(b.pid, [4, big]);
    a.self.send(b.pid, 5);
    await b.has(5);
    const seen = b.inbox.map((m) => m.reason ?? m.request ?? m);
    expect(seen).toEqual([[1, big], 2, 3, [4, big], 5]);
  });

  inBothPlaces('come in front of the EXIT and the DOWN of its end', async (places) => {
    const { here, there } = places;
    const [linked, watching, b] = [await puppet(here, true), await puppet(here), await puppet(there)];
    linked.self.link(b.pid);
    const ref = watching.self.monitor(b.pid);
    await quiet(places);
    for (const to of [linked.pid, watching.pid]) {
      b.self.send(to, big);
      b.self.send(to, 'last words');
    }
    b.self.exitSignal(b.pid, 'over');
    await Promise.all([linked.has(3), watching.has(3)]);
    expect(linked.inbox).toEqual([big, 'last words', { type: 'EXIT', from: b.pid, reason: 'over' }]);
    expect(watching.inbox).toEqual([big, 'last words', { type: 'DOWN', ref, pid: b.pid, reason: 'over' }]);
  });

  inBothPlaces('are felt in order: a monitor before a kill tells of the kill', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const ref = a.self.monitor(b.pid);
    a.self.exitSignal(b.pid, 'kill');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: b.pid, reason: 'killed' }]);
  });

  inBothPlaces('are felt in order: a monitor behind a kill tells that there is nobody', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    a.self.exitSignal(b.pid, 'kill');
    const ref = a.self.monitor(b.pid);
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: b.pid, reason: 'noproc' }]);
  });

  inBothPlaces(
    'are felt in order: a link that is made just before the end takes the other along',
    async (places) => {
      const [a, b] = [await puppet(places.here), await puppet(places.there)];
      const end = await watch(places.there, b.pid);
      a.self.link(b.pid);
      a.self.exitSignal(a.pid, 'together');
      expect(await end.reason).toBe('together');
    },
  );

  inBothPlaces('are felt in order: an unlink just before the end lets the other live', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    a.self.link(b.pid);
    a.self.unlink(b.pid);
    a.self.exitSignal(a.pid, 'alone');
    await quiet(places);
    expect(lives(places.there, b)).toBe(true);
  });

  inBothPlaces(
    'need no receive: an exit signal ends a process that waits for something else',
    async (places) => {
      const { here, there } = places;
      const pid = there.spawn(() => new Promise(() => {}));
      const end = await watch(there, pid);
      here.exitSignal(pid, 'now');
      expect(await end.reason).toBe('now');
    },
  );

  inBothPlaces('to a process that has ended are dropped, of every kind', async (places) => {
    const { here, there } = places;
    const [a, gone] = [await puppet(here), there.spawn(() => undefined)];
    await quiet(places);
    a.self.send(gone, 'x');
    a.self.cast(gone, 'x' as never);
    a.self.exitSignal(gone, 'kill');
    a.self.unlink(gone);
    await quiet(places);
    expect(a.inbox).toStrictEqual([]);
    expect(lives(here, a)).toBe(true);
  });

  it('arrive in the order sent by code that hears of an end, in the midst of what that causes', async () => {
    const node = await startTestNode();
    const [ending, sender, receiver] = [await puppet(node), await puppet(node), await puppet(node, true)];
    ending.self.signal.addEventListener('abort', () => {
      sender.self.link(receiver.pid);
      sender.self.exitSignal(receiver.pid, 1);
      sender.self.send(receiver.pid, 2);
      sender.self.exitSignal(receiver.pid, 3);
      sender.self.unlink(receiver.pid);
      sender.self.exitSignal(sender.pid, 'end');
    });
    node.exitSignal(ending.pid, 'kill');
    await settle();
    expect(receiver.inbox.map((m) => m.reason ?? m)).toEqual([1, 2, 3]);
  });

  it('keep messages to oneself in order with those of others, behind what waits', async () => {
    const node = await startTestNode();
    const seen = await inProcess(node, async (self) => {
      node.send(self.pid, 'first');
      self.send(self.pid, 'second');
      node.send(self.pid, 'third');
      return [await self.receive(), await self.receive(), await self.receive()];
    });
    expect(seen).toEqual(['first', 'second', 'third']);
  });
});

describe('kill', () => {
  inBothPlaces('raised by a process is its reason to links and monitors', async (places) => {
    const [linked, watching] = [await puppet(places.here, true), await puppet(places.here)];
    const pid = exiting(places, 'kill');
    linked.self.link(pid);
    const ref = watching.self.monitor(pid);
    places.here.send(pid, 'go');
    await quiet(places);
    expect(linked.inbox).toEqual([{ type: 'EXIT', from: pid, reason: 'kill' }]);
    expect(watching.inbox).toEqual([{ type: 'DOWN', ref, pid, reason: 'kill' }]);
  });

  inBothPlaces('raised ends those linked that do not trap exits, with kill, not killed', async (places) => {
    const linked = await puppet(places.here);
    const end = await watch(places.here, linked.pid);
    const pid = exiting(places, 'kill');
    linked.self.link(pid);
    places.here.send(pid, 'go');
    expect(await end.reason).toBe('kill');
  });

  inBothPlaces('sent ends a process that traps exits, even if they are linked', async (places) => {
    const [a, b] = [await puppet(places.here, true), await puppet(places.there, true)];
    a.self.link(b.pid);
    a.self.exitSignal(b.pid, 'kill');
    await quiet(places);
    expect(lives(places.there, b)).toBe(false);
    expect(b.inbox).toStrictEqual([]);
    expect(a.inbox).toEqual([{ type: 'EXIT', from: b.pid, reason: 'killed' }]);
  });

  inBothPlaces('passes along links as killed, which ends and can be trapped', async (places) => {
    const { here, there } = places;
    const [a, b, c] = [await puppet(there), await puppet(here), await puppet(there, true)];
    b.self.link(a.pid);
    c.self.link(b.pid);
    await quiet(places);
    here.exitSignal(a.pid, 'kill');
    await quiet(places);
    expect([lives(here, b), lives(there, c)]).toEqual([false, true]);
    expect(c.inbox).toEqual([{ type: 'EXIT', from: b.pid, reason: 'killed' }]);
  });

  inBothPlaces('is only the reason kill: killed, sent on purpose, can be trapped', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there, true)];
    for (const reason of ['killed', { type: 'kill' }, ['kill']]) a.self.exitSignal(b.pid, reason);
    await quiet(places);
    expect(b.inbox.map(({ reason }) => reason)).toEqual(['killed', { type: 'kill' }, ['kill']]);
  });
});

describe('an exit signal to oneself', () => {
  const toSelf = async (reason: unknown, traps: boolean): Promise<unknown> =>
    reasonOf(await startTestNode(), async (self) => {
      self.trapExit(traps);
      self.exitSignal(self.pid, reason);
      const trapped = await self.receive('EXIT');
      throw new ProcessExit({ trapped: trapped.reason, fromSelf: trapped.from === self.pid });
    });

  it('with normal ends the process, though from others it does not', async () => {
    expect(await toSelf('normal', false)).toBe('normal');
  });

  it('with any other reason ends it with that', async () => {
    expect(await toSelf({ why: 'so' }, false)).toEqual({ why: 'so' });
  });

  it('is a message where exits are trapped, normal too', async () => {
    expect(await toSelf('normal', true)).toEqual({ trapped: 'normal', fromSelf: true });
    expect(await toSelf('oops', true)).toEqual({ trapped: 'oops', fromSelf: true });
  });

  it('with kill is killed, trapped or not', async () => {
    expect(await toSelf('kill', true)).toBe('killed');
    expect(await toSelf('kill', false)).toBe('killed');
  });

  it('takes effect before the next line: nothing is sent any more', async () => {
    const node = await startTestNode();
    const { pid, inbox } = idle(node);
    node.spawn((self) => {
      self.exitSignal(self.pid, 'shutdown');
      self.send(pid, 'from the dead');
    });
    await settle();
    expect(inbox).toStrictEqual([]);
  });
});

describe('trapping exits', () => {
  inBothPlaces('counts when the signal is received, not when the link was made', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const end = await watch(places.there, b.pid);
    a.self.exitSignal(b.pid, 'normal');
    b.self.trapExit(true);
    a.self.exitSignal(b.pid, 'trapped');
    await quiet(places);
    expect(b.self.trapExit(false)).toBe(true);
    expect(b.inbox.map(({ reason }) => reason)).toContain('trapped');
    a.self.exitSignal(b.pid, 'not trapped');
    expect(await end.reason).toBe('not trapped');
  });

  inBothPlaces('does not make an exit of ones own a message', async (places) => {
    const pid = places.there.spawn<any>(async (self) => {
      self.trapExit(true);
      await self.receive();
      self.exit('mine');
    });
    const end = await watch(places.there, pid);
    places.here.send(pid, 'go');
    expect(await end.reason).toBe('mine');
  });

  inBothPlaces('tells of every linked process that ends, of each once', async (places) => {
    const trapping = await puppet(places.here, true);
    const others = await Promise.all([1, 2, 3].map(() => puppet(places.there)));
    for (const { pid } of others) trapping.self.link(pid);
    await quiet(places);
    for (const [index, { pid }] of others.entries()) places.there.exitSignal(pid, index + 1);
    await quiet(places);
    expect(trapping.inbox).toEqual(
      others.map(({ pid }, index) => ({ type: 'EXIT', from: pid, reason: index + 1 })),
    );
  });
});

describe('a link', () => {
  inBothPlaces('takes all linked processes along, over any number of steps', async (places) => {
    const { here, there } = places;
    const chain = [await puppet(here), await puppet(there), await puppet(here), await puppet(there)];
    for (const [index, link] of chain.entries()) if (index > 0) link.self.link(chain[index - 1]!.pid);
    await quiet(places);
    here.exitSignal(chain[0]!.pid, 'domino');
    await quiet(places);
    expect(chain.map((link, index) => lives(index % 2 === 0 ? here : there, link))).toEqual(
      Array(4).fill(false),
    );
  });

  inBothPlaces('can be taken away by the side that did not make it', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    a.self.link(b.pid);
    await quiet(places);
    b.self.unlink(a.pid);
    await quiet(places);
    expect([believesInLink(places.here, a, b), believesInLink(places.there, b, a)]).toEqual([false, false]);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(lives(places.here, a)).toBe(true);
  });

  inBothPlaces('that is taken away leaves the EXIT that has arrived', async (places) => {
    const [a, b] = [await puppet(places.here, true), await puppet(places.there)];
    a.self.link(b.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    a.self.unlink(b.pid);
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'EXIT', from: b.pid, reason: 'oops' }]);
  });

  inBothPlaces('is gone with its EXIT: a new one to the same pid is noproc', async (places) => {
    const [a, b] = [await puppet(places.here, true), await puppet(places.there)];
    a.self.link(b.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    a.self.link(b.pid);
    await quiet(places);
    expect(a.inbox.map(({ reason }) => reason)).toEqual(['oops', 'noproc']);
    expect(places.here.processInfo(a.pid)?.links).toStrictEqual([]);
  });

  inBothPlaces('that is made, taken away and made again stands', async (places) => {
    const [a, b] = [await puppet(places.here, true), await puppet(places.there)];
    a.self.link(b.pid);
    a.self.unlink(b.pid);
    a.self.link(b.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'EXIT', from: b.pid, reason: 'oops' }]);
  });

  it('made by spawnLink tells how a process ended that ends at once, never noproc', async () => {
    const node = await startTestNode();
    const { self, inbox } = await puppet(node, true);
    const pids = [
      self.spawnLink(() => undefined),
      self.spawnLink((child) => child.exit('at once')),
      self.spawnLink(() => Promise.reject(new ProcessExit('later'))),
    ];
    await settle();
    expect(inbox).toEqual([
      { type: 'EXIT', from: pids[0], reason: 'normal' },
      { type: 'EXIT', from: pids[1], reason: 'at once' },
      { type: 'EXIT', from: pids[2], reason: 'later' },
    ]);
  });

  inBothPlaces('tells of an uncaught error as data, with its name, code and cause', async (places) => {
    const trapping = await puppet(places.here, true);
    const pid = places.there.spawn<any>(async (self) => {
      await self.receive();
      throw Object.assign(new TypeError('broken'), { code: 'E_BROKEN', cause: new Error('deeper') });
    });
    trapping.self.link(pid);
    places.here.send(pid, 'go');
    await quiet(places);
    expect(trapping.inbox).toEqual([
      {
        type: 'EXIT',
        from: pid,
        reason: expect.objectContaining({
          type: 'error',
          name: 'TypeError',
          message: 'broken',
          code: 'E_BROKEN',
          cause: expect.objectContaining({ type: 'error', message: 'deeper' }) as unknown,
        }) as unknown,
      },
    ]);
  });

  inBothPlaces('carries any value that is thrown, and any reason of an exit', async (places) => {
    const trapping = await puppet(places.here, true);
    const reasons = [
      undefined,
      null,
      0,
      '',
      'text',
      { type: 'shutdown', detail: [1] },
      new Map([[1, 2]]),
      5n,
    ];
    for (const reason of reasons) {
      const pid = exiting(places, reason);
      trapping.self.link(pid);
      places.here.send(pid, 'go');
      await quiet(places);
    }
    expect(trapping.inbox.map(({ reason }) => reason)).toEqual(reasons);
  });
});

describe('a monitor', () => {
  inBothPlaces('of a name is bound to the process that has it then, whoever has it later', async (places) => {
    const { here, there } = places;
    const [a, first, second] = [await puppet(here), await puppet(there), await puppet(there)];
    there.register('passed on', first.pid);
    const name = { name: 'passed on', node: there.name };
    const ref = a.self.monitor(name);
    await quiet(places);
    there.unregister('passed on');
    there.register('passed on', second.pid);
    there.exitSignal(second.pid, 'second');
    await quiet(places);
    expect(a.inbox).toStrictEqual([]);
    there.exitSignal(first.pid, 'first');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: name, reason: 'first' }]);
  });

  inBothPlaces('of a name that somebody takes later is noproc all the same', async (places) => {
    const { here, there } = places;
    const [a, later] = [await puppet(here), await puppet(there)];
    const name = { name: 'not yet', node: there.name };
    const ref = a.self.monitor(name);
    await quiet(places);
    there.register('not yet', later.pid);
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: name, reason: 'noproc' }]);
    expect(there.processInfo(later.pid)?.monitoredBy).toStrictEqual([]);
  });

  inBothPlaces('goes one way: the end of who monitors is not felt', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there, true)];
    a.self.monitor(b.pid);
    await quiet(places);
    places.here.exitSignal(a.pid, 'kill');
    await quiet(places);
    expect(b.inbox).toStrictEqual([]);
    expect(places.there.processInfo(b.pid)?.monitoredBy).toStrictEqual([]);
  });

  inBothPlaces('of each other tells one of the end of the other', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const ref = a.self.monitor(b.pid);
    b.self.monitor(a.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toEqual([{ type: 'DOWN', ref, pid: b.pid, reason: 'oops' }]);
    expect(places.here.processInfo(a.pid)).toMatchObject({ monitors: [], monitoredBy: [] });
  });

  inBothPlaces('and a link to one process tell each for itself', async (places) => {
    const [a, b] = [await puppet(places.here, true), await puppet(places.there)];
    a.self.link(b.pid);
    const ref = a.self.monitor(b.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toHaveLength(2);
    expect(a.inbox).toContainEqual({ type: 'EXIT', from: b.pid, reason: 'oops' });
    expect(a.inbox).toContainEqual({ type: 'DOWN', ref, pid: b.pid, reason: 'oops' });
  });

  inBothPlaces('with a tag tells by that instead of DOWN', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const nobody = { name: 'nobody', node: places.there.name };
    const tagged = a.self.monitor(b.pid, { tag: 'workerDown' });
    const plain = a.self.monitor(b.pid);
    const gone = a.self.monitor(nobody, { tag: 'gone', alias: 'replyDemonitor' });
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toEqual([
      { type: 'gone', ref: gone, pid: nobody, reason: 'noproc' },
      { type: 'workerDown', ref: tagged, pid: b.pid, reason: 'oops' },
      { type: 'DOWN', ref: plain, pid: b.pid, reason: 'oops' },
    ]);
    expect(partsOf(places.here).router.tags.size).toBe(0);
  });

  inBothPlaces('with a tag is flushed, taken away and ended as every other', async (places) => {
    const { here, there } = places;
    const pid = there.spawn((self) => self.receive());
    const left = await inProcess(here, async (self) => {
      const ref = self.monitor(pid, { tag: 'workerDown' });
      self.demonitor(self.monitor(pid, { tag: 'x' }));
      const answered = self.monitor(pid, { tag: 'x', alias: 'replyDemonitor' });
      self.send(answered, 'answer');
      self.exitSignal(pid, 'oops');
      await quiet(places);
      self.monitor(here.pid, { tag: 'never heard of' });
      return [self.demonitor(ref, { flush: true }), await self.receive(), await self.receive()];
    });
    expect(left).toMatchObject([false, 'answer', { type: 'never heard of', reason: 'noproc' }]);
    expect(partsOf(here).router.tags.size).toBe(0);
  });

  it('made by spawnMonitor tells how a process ended that ends at once, never noproc', async () => {
    const node = await startTestNode();
    const { self, inbox } = await puppet(node);
    const [one, two] = [
      self.spawnMonitor(() => undefined),
      self.spawnMonitor((child) => child.exit('at once')),
    ];
    await settle();
    expect(inbox).toEqual([
      { type: 'DOWN', ref: one.ref, pid: one.pid, reason: 'normal' },
      { type: 'DOWN', ref: two.ref, pid: two.pid, reason: 'at once' },
    ]);
  });
});

describe('demonitor', () => {
  inBothPlaces('tells whether there was such a monitor', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    const [first, second] = [a.self.monitor(b.pid), a.self.monitor(b.pid)];
    await quiet(places);
    expect([a.self.demonitor(first), a.self.demonitor(first)]).toEqual([true, false]);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.self.demonitor(second)).toBe(false);
    expect(a.inbox).toMatchObject([{ ref: second, reason: 'oops' }]);
  });

  inBothPlaces('with flush is false for a DOWN that it took out of the mailbox', async ({ here, there }) => {
    const pid = there.spawn((self) => self.receive());
    const left = await inProcess(here, async (self) => {
      const ref = self.monitor(pid);
      self.exitSignal(pid, 'oops');
      await quiet({ here, there });
      return [self.demonitor(ref, { flush: true }), await self.receive(undefined, { afterMs: 0 })];
    });
    expect(left).toStrictEqual([false, undefined]);
  });

  inBothPlaces(
    'is true with flush too, while the DOWN is on its way, which never arrives',
    async (places) => {
      const [a, b] = [await puppet(places.here), await puppet(places.there)];
      const ref = a.self.monitor(b.pid);
      await quiet(places);
      if (places.apart) places.there.exitSignal(b.pid, 'oops');
      expect(a.self.demonitor(ref, { flush: true })).toBe(true);
      if (!places.apart) places.there.exitSignal(b.pid, 'oops');
      await quiet(places);
      expect(a.inbox).toStrictEqual([]);
    },
  );

  inBothPlaces('takes away no monitor of another process', async (places) => {
    const [a, b, other] = [await puppet(places.here), await puppet(places.there), await puppet(places.here)];
    const ref = a.self.monitor(b.pid);
    await quiet(places);
    expect([other.self.demonitor(ref), b.self.demonitor(ref)]).toEqual([false, false]);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toMatchObject([{ ref, reason: 'oops' }]);
  });

  inBothPlaces('of one monitor leaves a later one on the same process', async (places) => {
    const [a, b] = [await puppet(places.here), await puppet(places.there)];
    a.self.demonitor(a.self.monitor(b.pid));
    const ref = a.self.monitor(b.pid);
    await quiet(places);
    places.there.exitSignal(b.pid, 'oops');
    await quiet(places);
    expect(a.inbox).toMatchObject([{ type: 'DOWN', ref, reason: 'oops' }]);
  });
});
