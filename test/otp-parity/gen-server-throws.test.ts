import { continueWith, ignore, noReply, reply, stop } from '@trestle/runtime';
import { inBothPlaces, puppet, quiet } from '../support/both-places';
import { hostileErrors } from '../support/hostile-errors';
import { startScripted, type Script } from '../support/scripted-server';
import { logOf, settle, startTestNode, watch } from '../support/test-node';

/*
 * gen_server: "an exception of class throw is not regarded as an error but as a valid return, from all callback
 * functions". JavaScript has one class of exceptions, so this holds for what only a callback returns.
 */

/** Throws what no lint rule lets one throw. */
function raise(value: unknown): never {
  throw value as Error;
}

describe('a result that is thrown counts as one that is returned', () => {
  inBothPlaces('from handleCall: a reply', async ({ here, there }) => {
    const { pid } = await startScripted(there, { call: (request) => raise(reply(request, 'thrown')) });
    expect(await here.call(pid, 'x')).toBe('thrown');
    expect(there.isAlive(pid)).toBe(true);
  });

  inBothPlaces('from handleCall: a stop with a reply', async ({ here, there }) => {
    const { pid, log } = await startScripted(there, {
      call: (request) => raise(stop('normal', reply(request, 'last'))),
    });
    expect(await here.call(pid, 'x')).toBe('last');
    expect(log).toEqual([
      ['call', 'x'],
      ['terminate', 'normal'],
    ]);
  });

  inBothPlaces('from an async handleCall too', async ({ here, there }) => {
    const { pid } = await startScripted(there, {
      call: async (request) => raise(reply(request, await Promise.resolve('late'))),
    });
    expect(await here.call(pid, 'x')).toBe('late');
  });

  it.each([
    ['handleCast', { cast: () => raise(continueWith('on')) }, ['cast', 'x']],
    ['handleInfo', { info: () => raise(continueWith('on')) }, ['info', 'x']],
  ] as [string, Script, unknown][])('from %s: a continuation', async (callback, script, entry) => {
    const node = await startTestNode();
    const { pid, log } = await startScripted(node, script);
    if (callback === 'handleCast') node.cast(pid, 'x');
    else node.send(pid, 'x');
    await settle();
    expect(log).toEqual([entry, ['continue', 'on']]);
  });

  it('from handleContinue: a stop', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, {
      cast: () => continueWith(1),
      goOn: () => raise(stop('shutdown')),
    });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    expect(await end.reason).toBe('shutdown');
  });

  it('from init: a stop, an ignore, a continuation', async () => {
    const node = await startTestNode();
    await expect(startScripted(node, { init: () => raise(stop('no')) })).rejects.toMatchObject({
      reason: 'no',
    });
    await expect(startScripted(node, { init: () => raise(ignore()) })).rejects.toMatchObject({
      reason: 'ignore',
    });
    const { log } = await startScripted(node, { init: () => raise(continueWith('on')) });
    await settle();
    expect(log).toEqual([['continue', 'on']]);
  });

  it('from terminate: whatever it is, it says nothing', async () => {
    const node = await startTestNode();
    for (const terminate of [() => raise(noReply()), async () => raise(stop('other'))]) {
      const { pid } = await startScripted(node, { cast: () => stop('shutdown'), terminate });
      const end = await watch(node, pid);
      node.cast(pid, 'x');
      expect(await end.reason).toBe('shutdown');
    }
    expect(logOf(node)).toStrictEqual([]);
  });

  it('if it is none of the callback, it is as bad as returned', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, { cast: () => raise(reply({}, 1)) });
    const end = await watch(node, pid);
    node.cast(pid, 'x');
    expect(await end.reason).toEqual({ type: 'badReturnValue', callback: 'handleCast', value: 'reply' });
  });
});

describe('any other value that is thrown', () => {
  inBothPlaces('ends the server with it as the reason', async ({ here, there }) => {
    for (const reason of ['text', 5, null, { type: 'mine' }]) {
      const { pid, log } = await startScripted(there, { cast: () => raise(reason) });
      const end = await watch(here, pid);
      here.cast(pid, 'x');
      expect(await end.reason).toEqual(reason);
      expect(log).toEqual([
        ['cast', 'x'],
        ['terminate', reason],
      ]);
    }
  });
});

describe('a server whose code meets what raises an error when it is looked at', () => {
  describe.each(hostileErrors)('such as %s', (_what, make) => {
    inBothPlaces('ends when it throws it, and its caller hears of it', async ({ here, there }) => {
      const { pid } = await startScripted(there, { call: () => raise(make()) });
      const { reason } = await watch(there, pid);
      await expect(here.call(pid, 'x')).rejects.toMatchObject({ code: 'ERR_SERVER_EXIT' });
      expect(await reason).toMatchObject({ type: 'error', name: expect.stringContaining('Error') });
    });

    inBothPlaces('ends when it stops with it, or throws it in terminate', async (places) => {
      const { here, there } = places;
      const scripts: Script[] = [
        { call: () => stop(make()) },
        { call: () => stop('normal'), terminate: () => raise(make()) },
      ];
      for (const script of scripts) {
        const { pid } = await startScripted(there, script);
        const watcher = await puppet(here, true);
        watcher.self.link(pid);
        await quiet(places);
        await expect(here.call(pid, 'x')).rejects.toMatchObject({ code: 'ERR_SERVER_EXIT' });
        await quiet(places);
        expect([there.isAlive(pid), watcher.inbox.length]).toStrictEqual([false, 1]);
      }
    });
  });
});
