import { body, isPid, nodeOfPid, type Node, type Pid } from '@trestle/runtime';
import { believesInLink, inBothPlaces, lives, puppet, quiet, startCluster } from '../support/both-places';
import { logOf, partsOf, reasonOf as endOf, settle, startTestNode } from '../support/test-node';

const nobody = 'nobody@127.0.0.1';

/** What the nodes of these tests expose. */
function exposeWorkers(node: Node): void {
  node.expose('Workers', {
    wait: body((self) => self.receive('never')),
    end: body((self, reason: unknown) => self.exit(reason)),
    done: () => undefined,
    say: body((self, to: Pid, text: string) => {
      self.send(to, { type: 'said', text, by: self.pid });
    }),
    sayTo: body((self, to: Pid) => {
      self.send(to, { type: 'said', label: self.label, by: self.pid });
      return self.receive('never');
    }),
  });
}

describe('a process that is started on a node', () => {
  inBothPlaces('executes an exposed function there, with its arguments', async ({ here, there }) => {
    exposeWorkers(there);
    const { self, inbox } = await puppet(here);
    const pid = await self.spawnOn(there.name, 'Workers', 'say', [self.pid, 'hello']);
    await quiet({ here, there });
    expect(inbox).toEqual([{ type: 'said', text: 'hello', by: pid }]);
  });

  inBothPlaces('has the label and the mailbox it is given', async ({ here, there }) => {
    exposeWorkers(there);
    const options = { label: 'worker', mailbox: { maxMessages: 2 } };
    const pid = await here.spawnOn(there.name, 'Workers', 'wait', [], options);
    expect(there.processInfo(pid)).toMatchObject({ label: 'worker', mailbox: { maxMessages: 2 } });
  });

  inBothPlaces('linked, ends with the one that started it, and the other way round', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const [one, other] = [await puppet(here), await puppet(here, true)];
    const child = await one.self.spawnLinkOn(there.name, 'Workers', 'wait');
    expect(believesInLink(here, one, { pid: child } as never)).toBe(true);
    here.exitSignal(one.pid, 'enough');
    await quiet(places);
    expect(lives(there, { pid: child })).toBe(false);

    const failing = await other.self.spawnLinkOn(there.name, 'Workers', 'end', ['failed']);
    await quiet(places);
    expect(other.inbox).toEqual([{ type: 'EXIT', from: failing, reason: 'failed' }]);
  });

  inBothPlaces('linked or monitored, and over at once, is told of all the same', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const { self, inbox } = await puppet(here, true);
    const linked = await self.spawnLinkOn(there.name, 'Workers', 'done');
    const { pid, ref } = await self.spawnMonitorOn(there.name, 'Workers', 'done');
    await quiet(places);
    expect(inbox).toEqual([
      { type: 'EXIT', from: linked, reason: 'normal' },
      { type: 'DOWN', ref, pid, reason: 'normal' },
    ]);
  });

  inBothPlaces('from a function that is not there, ends with that as its reason', async (places) => {
    const { here, there } = places;
    const { self, inbox } = await puppet(here, true);
    const from = await self.spawnLinkOn(there.name, 'Workers', 'missing');
    const { pid, ref } = await self.spawnMonitorOn(there.name, 'Workers', 'missing');
    await quiet(places);
    const reasonOf = (verb: string): unknown =>
      expect.objectContaining({
        type: 'error',
        code: 'ERR_NOT_EXPOSED',
        message: `${verb}: module 'Workers' is not exposed`,
      });
    expect(inbox).toEqual([
      { type: 'EXIT', from, reason: reasonOf('spawnLinkOn') },
      { type: 'DOWN', ref, pid, reason: reasonOf('spawnMonitorOn') },
    ]);
    // A line for each, of who wanted what, and why not: it is no fault of this node's code.
    const refused = { called: 'Workers.missing', from: self.pid, problem: "module 'Workers' is not exposed" };
    const told = logOf(there).filter(({ level }) => level === 'warning' || level === 'error');
    expect(told).toEqual([
      expect.objectContaining({ report: { type: 'refused', verb: 'spawnLinkOn', ...refused } }),
      expect.objectContaining({ report: { type: 'refused', verb: 'spawnMonitorOn', ...refused } }),
    ]);
  });

  inBothPlaces('from a function that is not there, fails where no relation tells of it', async (places) => {
    const { here, there } = places;
    await expect(here.spawnOn(there.name, 'Workers', 'missing')).rejects.toMatchObject({
      code: 'ERR_NOT_EXPOSED',
      message: `spawnOn Workers.missing on ${there.name}: module 'Workers' is not exposed`,
    });
  });

  inBothPlaces('monitored with an alias and a tag, has both', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const { self, inbox } = await puppet(here);
    const options = { alias: 'demonitor', tag: 'gone' } as const;
    const { pid, ref } = await self.spawnMonitorOn(there.name, 'Workers', 'wait', [], options);
    there.send(ref, 'to the alias');
    await quiet(places);
    there.exitSignal(pid, 'kill');
    await quiet(places);
    there.send(ref, 'too late');
    await quiet(places);
    expect(inbox).toEqual(['to the alias', { type: 'gone', ref, pid, reason: 'killed' }]);
  });

  inBothPlaces('can be unlinked and left unmonitored afterwards', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const { self, inbox } = await puppet(here, true);
    const linked = await self.spawnLinkOn(there.name, 'Workers', 'wait');
    const { pid, ref } = await self.spawnMonitorOn(there.name, 'Workers', 'wait');
    self.unlink(linked);
    expect(self.demonitor(ref)).toBe(true);
    for (const ended of [linked, pid]) here.exitSignal(ended, 'kill');
    await quiet(places);
    expect(inbox).toStrictEqual([]);
  });

  it('linked or monitored, ends with noconnection when its node is lost', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    exposeWorkers(there);
    const { self, inbox } = await puppet(here, true);
    const linked = await self.spawnLinkOn(there.name, 'Workers', 'wait');
    const { pid, ref } = await self.spawnMonitorOn(there.name, 'Workers', 'wait');
    const lost = new Promise((heard) => there.events.once('nodedown', heard));
    await here.disconnect(there.name);
    await lost;
    const reason = 'noconnection';
    expect(inbox).toEqual([
      { type: 'EXIT', from: linked, reason },
      { type: 'DOWN', ref, pid, reason },
    ]);
    // The linked one heard of it as well, and trapped nothing.
    expect([lives(there, { pid: linked }), lives(there, { pid })]).toEqual([false, true]);
  });

  it('on a node that is not reached, linked or monitored, is told of as noconnection', async () => {
    const here = await (await startCluster())('here');
    const { self, inbox } = await puppet(here, true);
    const from = await self.spawnLinkOn(nobody, 'Workers', 'wait');
    const { pid, ref } = await self.spawnMonitorOn(nobody, 'Workers', 'wait', [], { tag: 'gone' });
    await settle();
    const reason = 'noconnection';
    expect(inbox).toEqual([
      { type: 'EXIT', from, reason },
      { type: 'gone', ref, pid, reason },
    ]);
    await expect(self.spawnOn(nobody, 'Workers', 'wait')).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
    await expect(here.spawnOn(nobody, 'Workers', 'wait')).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
  });

  it('on a node that is not reached has a pid of its own, that is none of any process', async () => {
    const [here, other] = [await startTestNode({ name: 'here@127.0.0.1' }), await startTestNode()];
    const { self, inbox } = await puppet(here, true);
    const workers = [await self.spawnLinkOn(nobody, 'Workers', 'wait')];
    for (let i = 0; i < 2; i++) workers.push((await self.spawnMonitorOn(nobody, 'Workers', 'wait')).pid);
    await settle();
    expect(new Set(workers).size).toBe(3);
    expect(inbox.map(({ from, pid }) => from ?? pid)).toStrictEqual(workers);
    expect(workers.map((pid) => [isPid(pid), nodeOfPid(pid)])).toStrictEqual(
      workers.map(() => [true, nobody]),
    );
    const elsewhere = await puppet(other, true);
    expect(workers).not.toContain(await elsewhere.self.spawnLinkOn(nobody, 'Workers', 'wait'));
  });

  it('on a node that is not reached ends whoever is linked and does not trap exits', async () => {
    const here = await (await startCluster())('here');
    const reason = endOf(here, async (self) => {
      await self.spawnLinkOn(nobody, 'Workers', 'wait');
      await self.receive('never');
    });
    expect(await reason).toBe('noconnection');
  });
});

describe('a request to start a process', () => {
  inBothPlaces('is answered before anything else of the new process arrives', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const { self, inbox } = await puppet(here, true);
    const options = { link: true, monitor: true };
    const ref = self.spawnRequest(there.name, 'Workers', 'say', [self.pid, 'first'], options);
    await quiet(places);
    const { pid } = inbox[0];
    expect(inbox).toEqual([
      { type: 'spawnReply', ref, status: 'ok', pid },
      { type: 'said', text: 'first', by: pid },
      { type: 'EXIT', from: pid, reason: 'normal' },
      { type: 'DOWN', ref, pid, reason: 'normal' },
    ]);
  });

  inBothPlaces('is answered by as many messages as it says, of the type it says', async (places) => {
    const { here, there } = places;
    exposeWorkers(there);
    const { self, inbox } = await puppet(here);
    const ask = (fn: string, options: object) => self.spawnRequest(there.name, 'Workers', fn, [], options);
    const ok = ask('done', { replyTag: 'started' });
    const failed = ask('missing', { reply: 'errorOnly', replyTag: 'refused' });
    for (const reply of ['no', 'errorOnly'] as const) ask('done', { reply });
    for (const reply of ['no', 'successOnly'] as const) ask('missing', { reply });
    await quiet(places);
    expect(inbox).toEqual([
      { type: 'started', ref: ok, status: 'ok', pid: expect.any(String) },
      {
        type: 'refused',
        ref: failed,
        status: 'error',
        error: expect.objectContaining({ code: 'ERR_NOT_EXPOSED' }),
      },
    ]);
  });

  it('to a node that is not reached is answered with an error, and makes no link', async () => {
    const here = await (await startCluster())('here');
    const { self, inbox } = await puppet(here);
    const ref = self.spawnRequest(nobody, 'Workers', 'wait', [], { link: true, monitor: true });
    await here.ping(nobody);
    await settle();
    expect(inbox).toEqual([
      { type: 'spawnReply', ref, status: 'error', error: expect.objectContaining({ code: 'ERR_NODEDOWN' }) },
    ]);
    expect(here.processInfo(self.pid)).toMatchObject({ links: [], monitors: [] });
  });

  it('of a node without a name is answered with an error', async () => {
    const node = await startTestNode();
    const { self, inbox } = await puppet(node);
    const ref = self.spawnRequest(nobody, 'Workers', 'wait');
    await settle();
    expect(inbox).toMatchObject([
      { type: 'spawnReply', ref, status: 'error', error: { code: 'ERR_NODEDOWN' } },
    ]);
  });

  it('that is abandoned makes no relation, and ends what was to be linked', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    exposeWorkers(there);
    await here.connect(there.name);
    const { self, inbox } = await puppet(here, true);
    const starts: Pid[] = [];
    there.expose('Traps', {
      wait: body(async (child) => {
        child.trapExit(true);
        starts.push(child.pid);
        const { reason } = await child.receive('EXIT');
        child.send(self.pid, { type: 'told', reason });
      }),
    });
    const ref = self.spawnRequest(there.name, 'Traps', 'wait', [], { link: true, monitor: true });
    expect([self.spawnRequestAbandon(ref), self.spawnRequestAbandon(ref)]).toEqual([true, false]);
    await quiet({ here, there });
    expect(inbox).toEqual([{ type: 'told', reason: 'abandoned' }]);
    expect(partsOf(here).router.spawns.size).toBe(0);
  });

  it('whose process ends meanwhile ends the new one with the same reason', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    await here.connect(there.name);
    const reasons: unknown[] = [];
    there.expose('Traps', {
      wait: body(async (child) => {
        child.trapExit(true);
        reasons.push((await child.receive('EXIT')).reason);
      }),
    });
    here.spawn((self) => {
      void self.spawnLinkOn(there.name, 'Traps', 'wait');
      self.exit('over');
    });
    await quiet({ here, there });
    expect(reasons).toEqual(['over']);
  });

  it('that is lost with its connection is answered, once', async () => {
    const cluster = await startCluster();
    const [here, there] = [await cluster('here'), await cluster('there')];
    exposeWorkers(there);
    await here.connect(there.name);
    const { self, inbox } = await puppet(here, true);
    const ref = self.spawnRequest(there.name, 'Workers', 'wait', [], { link: true });
    await here.disconnect(there.name);
    await settle();
    expect(inbox).toMatchObject([
      { type: 'spawnReply', ref, status: 'error', error: { code: 'ERR_NODEDOWN' } },
    ]);
    await here.connect(there.name);
    await quiet({ here, there });
    expect(inbox).toHaveLength(1);
  });
});
