import type { Node, Pid, Self } from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, startCluster } from '../support/both-places';

const accepting = { acceptFunctions: true } as const;
const outer = 'what it closes over';

async function twoNodes(options: object = accepting): Promise<{ here: Node; there: Node }> {
  const cluster = await startCluster();
  const [here, there] = [await cluster('here'), await cluster('there', options)];
  await here.connect(there.name);
  return { here, there };
}

describe('a function that another node is to execute as a process', () => {
  inBothPlaces(
    'gets self of that node, and its arguments',
    async (places) => {
      const { here, there } = places;
      const { self, inbox } = await puppet(here);
      const report = (me: Self<any>, to: Pid, text: string) => {
        me.send(to, { type: 'said', text, by: me.pid, on: me.node.name });
      };
      const pid = await self.spawnOn(there.name, report, [self.pid, 'hello']);
      const async = await here.spawnOn(there.name, async (me, to: Pid) => {
        me.send(to, { type: 'got', message: await me.receive() });
      }, [self.pid]); // prettier-ignore
      here.send(async, 'a message');
      await quiet(places);
      expect(inbox).toEqual([
        { type: 'said', text: 'hello', by: pid, on: there.name },
        { type: 'got', message: 'a message' },
      ]);
    },
    accepting,
  );

  it('is refused by a node that was not told to accept functions, which is named with the option', async () => {
    const { here, there } = await twoNodes({});
    const { self, inbox } = await puppet(here, true);
    const message = `spawnOn on ${there.name}: node ${there.name} accepts no functions of other nodes (startNode({ acceptFunctions: true }) would)`;
    await expect(self.spawnOn(there.name, () => 1)).rejects.toMatchObject({
      code: 'ERR_FUNCTIONS_NOT_ACCEPTED',
      node: there.name,
      mayHaveBeenHandled: false,
      message,
    });
    // What a link or a monitor tells of is not thrown.
    const from = await self.spawnLinkOn(there.name, () => 1);
    const { pid, ref } = await self.spawnMonitorOn(there.name, () => 1);
    const request = self.spawnRequest(there.name, () => 1);
    const linked = self.spawnRequest(there.name, () => 1, [], { link: true });
    await quiet({ here, there });
    const reason = expect.objectContaining({ code: 'ERR_FUNCTIONS_NOT_ACCEPTED' });
    expect(inbox).toEqual([
      { type: 'EXIT', from, reason },
      { type: 'DOWN', ref, pid, reason },
      { type: 'spawnReply', ref: request, status: 'error', error: reason },
      { type: 'spawnReply', ref: linked, status: 'ok', pid: expect.any(String) },
      { type: 'EXIT', from: inbox[3].pid, reason },
    ]);
  });

  it('ends with an error that explains it if it needs what it closed over', async () => {
    const { here, there } = await twoNodes();
    const { self, inbox } = await puppet(here);
    await self.spawnMonitorOn(there.name, () => outer.length);
    await quiet({ here, there });
    expect(inbox[0].reason).toMatchObject({
      type: 'error',
      name: 'ReferenceError',
      message: expect.stringMatching(/^outer is not defined: .* without what it closes over/),
    });
  });

  it('is refused where it is sent if it is more than its source', async () => {
    const { here, there } = await twoNodes();
    const { self } = await puppet(here);
    const bound: () => unknown = (() => 1).bind(null);
    const refused = { code: 'ERR_UNSENDABLE', message: expect.stringMatching(/^spawnOn: a bound/) };
    await expect(self.spawnOn(there.name, bound)).rejects.toMatchObject(refused);
    expect(() => self.spawnRequest(there.name, Math.max as () => unknown)).toThrow(
      /^spawnRequest: a bound or built-in/,
    );
    await expect(self.spawnOn(there.name, (_: unknown, fn: unknown) => fn, [() => 1])).rejects.toMatchObject({
      code: 'ERR_UNSENDABLE',
      path: 'args[0]',
    });
    // On its own node a function is what it is.
    expect(await self.spawnOn(here.name, bound)).toMatch(/^<here@/);
  });

  it('is its source, whatever it says that that is', async () => {
    const { here, there } = await twoNodes();
    const { self } = await puppet(here);
    const odd = () => 1;
    odd.toString = () => 'no function';
    expect(await self.spawnOn(there.name, odd)).toMatch(/^<there@/);
  });
});
