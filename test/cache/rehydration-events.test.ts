import { listenToCache, startCache, type CacheEvent, type CacheOptions } from '@trestle/cache';
import type { Node, NodeName, Pid, Ref } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import type { PartState } from '../../packages/cache/src/terms/cache-event';
import { Subscribers } from '../../packages/cache/src/server/subscribers';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';
import { Heard } from './seen-changes';

const options: CacheOptions = { name: 'Cache', members: 'cache_', copies: 2 };

/** What is told of a part: how far it is, or how it stands. */
function whatOf(event: CacheEvent): unknown {
  if (event.event === 'rehydration') return event.progress;
  return event.event === 'state' ? `${event.state} with ${event.peers.join()}` : NaN;
}

describe('who listens to rehydrations', () => {
  it('hears of one that was over before anybody could listen, and of each end once', async () => {
    const mapperPort = await freePort();
    const start = (name: NodeName): Promise<Node> =>
      startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
    const [one, two] = [await start('cache_1@127.0.0.1'), await start('cache_2@127.0.0.1')];
    const cache = await startCache(one, options);
    await cache.putMany(Array.from({ length: 100 }, (_, i) => [i, i]));
    const [early, late, states] = [new Heard(), new Heard(), new Heard()];
    await listenToCache(one, cache, ['rehydration'], early.listen);
    await listenToCache(one, cache, ['state'], states.listen);
    await two.connect(one.name);
    await startCache(two, options);
    await states.untilReady(two.name, 1);
    await expect(cache.statistics(two.name)).resolves.toMatchObject({ entries: 100 });
    await listenToCache(one, cache, ['rehydration'], late.listen);
    const end = { event: 'rehydration', node: two.name, from: one.name, progress: 1, entries: 100 };
    const isEnd = (event: CacheEvent): boolean => event.event === 'rehydration' && event.progress === 1;
    await Promise.all([early, late].map((each) => each.until((events) => events.some(isEnd))));
    expect(late.events.filter(isEnd)).toEqual([expect.objectContaining(end)]);
    expect(early.events.filter(isEnd)).toEqual([expect.objectContaining(end)]);
  });
});

describe('the subscribers of a server', () => {
  const clock = new VirtualClock();
  const told: [to: string, what: unknown][] = [];
  let subscribers: Subscribers;
  let standing: PartState;
  let monitors: string[];

  beforeEach(() => {
    told.length = 0;
    monitors = [];
    let made = 0;
    standing = { state: 'rehydrating', peers: ['b@h'] };
    subscribers = new Subscribers({
      cache: 'Cache',
      node: 'a@h',
      monitor: (pid) => {
        const ref = `ref ${String((made += 1))} of ${pid}`;
        monitors.push(ref);
        return ref as Ref;
      },
      demonitor: (ref) => void (monitors = monitors.filter((one) => one !== ref)),
      send: (to, event) => void told.push([to, whatOf(event)]),
      now: () => clock.now(),
      state: () => standing,
      soon: () => undefined,
    });
  });

  const subscribe = (pid: string, event: CacheEvent['event']): void => {
    subscribers.subscribe(pid as Pid, [event]);
  };

  it('are told how far a copying is, or was a moment ago, once', () => {
    subscribe('early', 'rehydration');
    subscribers.progress('b@h', 0.5, 5);
    subscribe('half', 'rehydration');
    subscribe('half', 'rehydration');
    subscribers.progress('b@h', 1, 10);
    subscribe('late', 'rehydration');
    subscribe('other', 'evicted');
    expect(told).toEqual([
      ['early', 0.5],
      ['half', 0.5],
      ['early', 1],
      ['half', 1],
      ['late', 1],
    ]);
  });

  it('are not told of a copying that ended long ago', async () => {
    subscribers.progress('b@h', 1, 10);
    await clock.advance(10_001);
    subscribe('late', 'rehydration');
    expect(told).toStrictEqual([]);
  });

  it('are told how the part stands at once, and when that has changed, once', () => {
    subscribe('early', 'state');
    subscribers.look();
    standing = { state: 'ready', peers: ['b@h'] };
    subscribers.look();
    subscribers.look();
    standing = { state: 'ready', peers: ['b@h', 'c@h'] };
    subscribe('late', 'state');
    subscribe('other', 'rehydration');
    subscribers.unsubscribe('early' as Pid);
    standing = { state: 'draining', peers: [] };
    subscribers.look();
    expect(told).toEqual([
      ['early', 'rehydrating with b@h'],
      ['early', 'ready with b@h'],
      ['early', 'ready with b@h,c@h'],
      ['late', 'ready with b@h,c@h'],
      ['late', 'draining with '],
    ]);
  });

  it('are not looked for while nobody listens', () => {
    subscribe('one', 'changed');
    subscribers.look();
    expect(told).toStrictEqual([]);
  });

  it('are monitored once each, and no longer than they listen', () => {
    subscribe('one', 'changed');
    subscribe('one', 'evicted');
    subscribe('two', 'changed');
    subscribers.unsubscribe('two' as Pid);
    subscribers.unsubscribe('two' as Pid);
    expect(monitors).toStrictEqual(['ref 2 of one']);
  });

  it('end with their processes; other monitors are somebody else’s', () => {
    subscribe('one', 'changed');
    expect(subscribers.down('ref of nobody' as Ref)).toBe(false);
    expect(subscribers.down('ref 1 of one' as Ref)).toBe(true);
    expect(subscribers.down('ref 1 of one' as Ref)).toBe(false);
  });
});
