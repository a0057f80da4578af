/** `erlang:send/3` with `nosuspend`, and the suspension of senders. What happens at busy nodes: `properties/busy-nodes`. */
import { GenServer, type Node } from '@trestle/runtime';
import { eachPlace, inBothPlaces, puppet, quiet } from '../support/both-places';
import { inProcess, startTestNode } from '../support/test-node';

describe('sending with regard to busy nodes', () => {
  inBothPlaces('sends at once when the node is not busy, in order with all else', async (places) => {
    const receiver = await puppet(places.there);
    await inProcess(places.here, async (self) => {
      self.send(receiver.pid, 1);
      expect(self.send(receiver.pid, 2, { nosuspend: true })).toBe('ok');
      expect(await self.send(receiver.pid, 3, { suspend: true })).toBeUndefined();
      self.send(receiver.pid, 4);
    });
    await quiet(places);
    expect(receiver.inbox).toEqual([1, 2, 3, 4]);
  });

  inBothPlaces('takes casts as well', async (places) => {
    const heard: unknown[] = [];
    class Server extends GenServer<never, string> {
      override handleCast(request: string): void {
        heard.push(request);
      }
    }
    const server = await places.there.start(Server);
    expect(places.here.cast(server, 'a', { nosuspend: true })).toBe('ok');
    await places.here.cast(server, 'b', { suspend: true });
    await quiet(places);
    expect(heard).toEqual(['a', 'b']);
  });

  inBothPlaces('never fails because of its receiver', async ({ here, there }) => {
    const nobody = { name: 'nobody', node: there.name };
    expect(here.send(nobody, 1, { nosuspend: true })).toBe('ok');
    expect(await here.send(nobody, 1, { suspend: true })).toBeUndefined();
    expect(here.send({ name: 'x', node: 'nowhere@127.0.0.1' }, 1, { nosuspend: true })).toBe('ok');
    expect(await here.send({ name: 'x', node: 'nowhere@127.0.0.1' }, 1, { suspend: true })).toBeUndefined();
  });

  it('refuses what cannot travel, at once or by the promise', async () => {
    await eachPlace(async ({ here, there, apart }) => {
      if (!apart) return;
      const { pid } = await puppet(there);
      const expected = { code: 'ERR_UNSENDABLE' };
      expect(() => here.send(pid, () => 1, { nosuspend: true })).toThrow(expect.objectContaining(expected));
      await expect(here.send(pid, () => 1, { suspend: true })).rejects.toMatchObject(expected);
    });
  });

  it.each<[unknown, string]>([
    [{}, '{}'],
    [{ nosuspend: false }, '{ nosuspend: false }'],
    [{ suspend: 1 }, '{ suspend: 1 }'],
    [{ nosuspend: true, suspend: true }, '{ nosuspend: true, suspend: true }'],
    [null, 'null'],
    ['nosuspend', "'nosuspend'"],
  ])('refuses options that are none: %j', async (options, got) => {
    const node: Node = await startTestNode();
    const text = `: expected options to be { nosuspend: true } or { suspend: true }, got ${got}`;
    const refusal = async (act: () => unknown): Promise<unknown> => {
      try {
        await act();
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await refusal(() => node.send(node.pid, 1, options as never))).toBe(`send${text}`);
    expect(await refusal(() => node.cast(node.pid as never, 1 as never, options as never))).toBe(
      `cast${text}`,
    );
  });
});
