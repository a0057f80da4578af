import { CallTimeoutError, childSpec, startSupervisor, stopServer, sys } from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { add, Counter, counterOn } from '../support/counter';
import { settle, startTestNode, watch } from '../support/test-node';

describe('sys.suspend', () => {
  inBothPlaces('makes messages wait, in order, until resume', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    for (const n of [1, 2, 3]) here.send(counter, n);
    add(here, counter, 5);
    const asked = here.call(counter, { type: 'get' });
    await quiet(places);
    expect(await sys.getState(here, counter)).toEqual({ count: 0, seen: [] });
    await sys.resume(here, counter);
    expect(await asked).toBe(5);
    expect(await sys.getState(here, counter)).toEqual({ count: 5, seen: [1, 2, 3] });
  });

  inBothPlaces('lets system requests through, whatever waits before them', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    for (let n = 0; n < 1_000; n++) add(here, counter, 1);
    expect(await sys.getState(here, counter)).toMatchObject({ count: 0 });
    expect((await sys.getStatus(here, counter)).status).toBe('suspended');
    await sys.resume(here, counter);
    expect(await here.call(counter, { type: 'get' })).toBe(1_000);
  });

  inBothPlaces('makes calls time out', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    const asked = here.call(counter, { type: 'get' }, { timeoutMs: 1 });
    await expect(asked).rejects.toBeInstanceOf(CallTimeoutError);
  });

  inBothPlaces('twice is once, and resume twice is once', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    await sys.resume(here, counter);
    await sys.suspend(here, counter);
    await sys.suspend(here, counter);
    await sys.resume(here, counter);
    await sys.resume(here, counter);
    expect(await here.call(counter, { type: 'get' })).toBe(0);
  });

  inBothPlaces('can be followed by a suspend again, and again', async (places) => {
    const { here } = places;
    const counter = await counterOn(places);
    for (let n = 1; n <= 3; n++) {
      await sys.suspend(here, counter);
      add(here, counter, 1);
      await sys.resume(here, counter);
      expect(await here.call(counter, { type: 'later' })).toBe(n);
    }
  });

  inBothPlaces('leaves a server that can be stopped in order', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    add(here, counter, 1);
    await stopServer(here, counter);
    expect(there.isAlive(counter)).toBe(false);
  });

  inBothPlaces('leaves a server that exit signals end', async (places) => {
    const { here, there } = places;
    const counter = await counterOn(places);
    await sys.suspend(here, counter);
    const { reason } = await watch(here, counter);
    here.exitSignal(counter, 'away');
    expect(await reason).toBe('away');
    expect(there.isAlive(counter)).toBe(false);
  });

  it('leaves a server that traps exits and ends with who started it', async () => {
    const node = await startTestNode();
    const [parent, other] = [await puppet(node), await puppet(node)];
    const counter = await parent.self.startLink(Counter, { args: { traps: true } });
    await sys.suspend(node, counter);
    other.self.link(counter);
    node.exitSignal(other.pid, 'not the parent');
    await settle();
    expect((await sys.getStatus(node, counter)).status).toBe('suspended');
    const { reason } = await watch(node, counter);
    node.exitSignal(parent.pid, 'parent gone');
    expect(await reason).toBe('parent gone');
  });

  it('makes a supervisor wait with its restarts', async () => {
    const node = await startTestNode();
    const children = [childSpec(Counter, { name: 'counter' })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    await sys.suspend(node, supervisor);
    node.exitSignal('counter', 'kill');
    await settle();
    expect(node.whereis('counter')).toBeUndefined();
    await sys.resume(node, supervisor);
    await sys.getState(node, supervisor);
    expect(node.whereis('counter')).toBeDefined();
  });
});
