import {
  Application,
  ApplicationError,
  BadArgumentError,
  startApplication,
  StartError,
  type AnyApplication,
  type Node,
  type Self,
} from '@trestle/runtime';
import { diaryApplication, treeOf } from '../support/diary-application';
import { settle, startTestNode } from '../support/test-node';

let diary: string[];
let node: Node;
beforeEach(async () => {
  diary = [];
  node = await startTestNode();
});

const app = (name: string, more: Parameters<typeof diaryApplication>[2] = {}) =>
  diaryApplication(diary, name, more);
const running = (): string[] => Application.whichApplications(node).map(({ name }) => name);
const refused = (promise: Promise<unknown>): Promise<any> => promise.catch((error: unknown) => error);

/** A start that waits until it is let go on. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const start = (name: string) => async (self: Self) => {
    await opened;
    return treeOf(self, { id: name, diary });
  };
  return { start, open };
}

describe('the applications that an application depends on', () => {
  it('are started before it, in the order given, each when the one before runs', async () => {
    const { start, open } = gate();
    const [db, mail] = [app('db', { start: start('db') }), app('mail')];
    const starting = startApplication(node, app('shop', { dependencies: [db, mail] }));
    await settle();
    expect(diary).toStrictEqual([]);
    open();
    await starting;
    expect(diary).toEqual(['+db', '+mail', '+shop']);
  });

  it('are started behind their own, each once, however many need it', async () => {
    const log = app('log');
    const [db, mail] = [app('db', { dependencies: [log] }), app('mail', { dependencies: [log] })];
    await startApplication(node, app('shop', { dependencies: [db, mail, log] }));
    expect(running()).toEqual(['log', 'db', 'mail', 'shop']);
    expect(diary).toEqual(['+log', '+db', '+mail', '+shop']);
  });

  it('are left alone if they run', async () => {
    const db = app('db');
    const { pid } = await startApplication(node, db);
    await startApplication(node, app('shop', { dependencies: [db] }));
    await startApplication(node, app('bank', { dependencies: ['db'] }));
    expect(diary).toEqual(['+db', '+shop', '+bank']);
    expect(Application.getApplication(node, pid)).toBe('db');
  });

  it('can be named, if they are loaded', async () => {
    Application.load(node, app('log'));
    Application.load(node, app('db', { dependencies: ['log'] }));
    await startApplication(node, app('shop', { dependencies: ['db'] }));
    expect(running()).toEqual(['log', 'db', 'shop']);
  });

  it('that nobody has loaded fail the start by name, before anything has started', async () => {
    const db = app('db', { dependencies: ['disk'] });
    const error = await refused(startApplication(node, app('shop', { dependencies: [app('mail'), db] })));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({
      message: "startApplication 'shop': application 'disk' did not start: notLoaded",
      reason: { type: 'failedToStartApplication', application: 'disk', reason: 'notLoaded' },
    });
    expect([diary, running(), Application.loadedApplications(node)]).toEqual([[], [], []]);
  });

  it('that do not start fail the start by name, and what was started for it is stopped in reverse order', async () => {
    const bad = app('bad', { fails: 'no disk' });
    await startApplication(node, app('log'));
    const shop = app('shop', { dependencies: ['log', app('db'), app('mail'), bad, app('late')] });
    const error = await refused(startApplication(node, shop));
    expect(error).toMatchObject({
      code: 'ERR_START',
      message: "startApplication 'shop': application 'bad' did not start: no disk",
      reason: { type: 'failedToStartApplication', application: 'bad', reason: 'no disk' },
    });
    expect(diary.filter((line) => /^[+-]/.test(line))).toEqual(['+log', '+db', '+mail', '-mail', '-db']);
    expect(running()).toEqual(['log']);
  });

  it('are stopped in reverse order as well if the application itself does not start', async () => {
    const shop = app('shop', { dependencies: [app('db'), app('mail')], fails: 'no stock' });
    expect(await refused(startApplication(node, shop))).toMatchObject({ reason: 'no stock' });
    expect(diary).toEqual([
      ...['+db', '+mail'],
      ...['prepStop mail', '-mail', 'stop mail'],
      ...['prepStop db', '-db', 'stop db'],
    ]);
  });

  it('leave the node running when the start fails, though they are permanent', async () => {
    await refused(startApplication(node, app('shop', { dependencies: [app('db')], fails: 'no stock' })));
    expect(await startApplication(node, app('bank'))).toMatchObject({ name: 'bank' });
  });

  it('are not stopped when the application is, nor when it ends by itself', async () => {
    const shop = app('shop', { dependencies: [app('db')], type: 'temporary' });
    await (await startApplication(node, shop)).stop();
    expect(running()).toEqual(['db']);
    const again = await startApplication(node, shop);
    node.exitSignal(again.root, 'kill');
    await again.ended;
    expect(running()).toEqual(['db']);
  });

  it('must all be of different names', async () => {
    const mail = app('mail', { dependencies: [app('db')] });
    const error = await refused(startApplication(node, app('shop', { dependencies: [app('db'), mail] })));
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error.message).toMatch(
      /^startApplication 'shop': expected one application of each name, got .*'db'/,
    );
    expect(diary).toStrictEqual([]);
  });

  it('are checked before anything starts, and named if one is wrong', async () => {
    const db = { ...app('db'), stopTimeoutMs: -1 };
    const error = await refused(startApplication(node, app('shop', { dependencies: [app('mail'), db] })));
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error.message).toMatch(/^application 'db': expected stopTimeoutMs to be milliseconds/);
    expect(diary).toStrictEqual([]);
  });
});

describe('dependencies that lead back to where they begin', () => {
  it.each([
    ['a', ['a'], 'a -> a'],
    ['a', ['b'], 'a -> b -> c -> a'],
    ['x', ['a'], 'a -> b -> c -> a'],
  ])('are refused with the way: %s needs %j', async (name, dependencies, path) => {
    Application.load(node, app('a', { dependencies: name === 'a' ? dependencies : ['b'] }));
    Application.load(node, app('b', { dependencies: ['c'] }));
    Application.load(node, app('c', { dependencies: ['a'] }));
    if (name === 'x') Application.load(node, app('x', { dependencies }));
    const error = await refused(startApplication(node, name));
    expect(error).toBeInstanceOf(BadArgumentError);
    const expected = 'expected dependencies that do not lead back to where they begin';
    expect(error.message).toBe(`startApplication '${name}': ${expected}, got ${path}`);
    expect(running()).toStrictEqual([]);
  });

  it('are refused if they do so by way of what is included', async () => {
    const part = app('part', { dependencies: ['shop'] });
    Application.load(node, app('shop', { includedApplications: [part] }));
    expect((await refused(startApplication(node, 'shop'))).message).toMatch(/got shop -> shop$/);
  });
});

describe('optional dependencies', () => {
  it('are started before the application if they are loaded', async () => {
    Application.load(node, app('metrics', { dependencies: [app('log')] }));
    await startApplication(node, app('shop', { optionalDependencies: ['metrics', 'trace'] }));
    expect(running()).toEqual(['log', 'metrics', 'shop']);
  });

  it('that are not loaded do not matter', async () => {
    await startApplication(node, app('shop', { optionalDependencies: ['metrics'] }));
    expect(running()).toEqual(['shop']);
  });

  it('that do not start fail the start', async () => {
    Application.load(node, app('metrics', { fails: 'no port' }));
    const error = await refused(startApplication(node, app('shop', { optionalDependencies: ['metrics'] })));
    expect(error.reason).toEqual({
      type: 'failedToStartApplication',
      application: 'metrics',
      reason: 'no port',
    });
  });
});

describe('starts at the same time', () => {
  it('of two that need a third start that once, and both wait for it', async () => {
    const { start, open } = gate();
    const db = app('db', { start: start('db') });
    const starting = ['shop', 'bank'].map((name) =>
      startApplication(node, app(name, { dependencies: [db] })),
    );
    await settle();
    expect(diary).toStrictEqual([]);
    open();
    await Promise.all(starting);
    expect(diary.toSorted()).toEqual(['+bank', '+db', '+shop']);
  });

  it('of two that need a third which does not start fail both', async () => {
    const db = app('db', { fails: 'no disk' });
    const starting = ['shop', 'bank'].map((name) =>
      refused(startApplication(node, app(name, { dependencies: [db] }))),
    );
    const reason = { type: 'failedToStartApplication', application: 'db', reason: 'no disk' };
    expect(await Promise.all(starting)).toMatchObject([{ reason }, { reason }]);
  });

  it('of which one fails leave what the other needs', async () => {
    const { start, open } = gate();
    const db = app('db');
    const bad = app('bad', { dependencies: [db], fails: 'no' });
    const slow = app('slow', { start: start('slow') });
    const shop = startApplication(node, app('shop', { dependencies: [db, slow] }));
    expect(await refused(startApplication(node, bad))).toMatchObject({ reason: 'no' });
    expect(running()).toEqual(['db']);
    open();
    await shop;
    expect(running()).toEqual(['db', 'slow', 'shop']);
  });

  it('of which the one that has started it fails leave it to the other', async () => {
    const { start, open } = gate();
    const db = app('db');
    const bad = refused(startApplication(node, app('bad', { dependencies: [db], fails: 'no' })));
    const slow = app('slow', { start: start('slow') });
    const shop = startApplication(node, app('shop', { dependencies: [db, slow] }));
    expect(await bad).toMatchObject({ reason: 'no' });
    open();
    await shop;
    expect(running()).toEqual(['db', 'slow', 'shop']);
  });

  it('that all fail leave nothing of what they have started for each other', async () => {
    const { start, open } = gate();
    const slow = app('slow', { start: start('slow') });
    const bad = app('bad', { dependencies: [app('db'), slow], fails: 'no' });
    const starting = [1, 2, 3].map(() => refused(startApplication(node, bad)));
    open();
    expect(await Promise.all(starting)).toMatchObject([{ reason: 'no' }, { reason: 'no' }, { reason: 'no' }]);
    expect(running()).toStrictEqual([]);
    expect(diary.filter((line) => line.startsWith('+'))).toEqual(['+db', '+slow']);
  });

  it('fail if what they need has been stopped meanwhile', async () => {
    const { start, open } = gate();
    await startApplication(node, app('db'));
    const slow = app('slow', { start: start('slow') });
    const shop = refused(startApplication(node, app('shop', { dependencies: ['db', slow] })));
    await settle();
    await Application.stop(node, 'db');
    open();
    expect(await shop).toMatchObject({
      reason: { type: 'failedToStartApplication', application: 'db', reason: 'notStarted' },
    });
    expect(running()).toStrictEqual([]);
  });

  it('end with a node that stops meanwhile, and leave nothing', async () => {
    const { start, open } = gate();
    const db = app('db', { start: start('db') });
    const shop = refused(startApplication(node, app('shop', { dependencies: [db] })));
    await settle();
    const stopped = node.stop();
    open();
    await Promise.all([stopped, shop]);
    const count = (sign: string): number => diary.filter((line) => line.startsWith(sign)).length;
    expect([count('+') > 0, count('-')]).toEqual([true, count('+')]);
  });

  it('may be made by the start function of another application', async () => {
    const inner = app('inner');
    const start = async (self: Self) => {
      await startApplication(node, inner);
      return treeOf(self, { id: 'outer', diary });
    };
    await startApplication(node, app('outer', { start }));
    expect(running()).toEqual(['inner', 'outer']);
  });
});

describe('starts while an application is being stopped', () => {
  /** An application that runs, and is being stopped until it is let go. */
  async function leaving() {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const db = app('db', { prepStop: () => released });
    const stopped = (await startApplication(node, db)).stop();
    await settle();
    return { db, end: () => (release(), stopped) };
  }

  it('wait for its end, and start it again', async () => {
    const { db, end } = await leaving();
    const again = startApplication(node, db);
    await settle();
    expect(diary).toEqual(['+db']);
    await end();
    expect(await again).toMatchObject({ name: 'db' });
    expect(diary).toEqual(['+db', '-db', 'stop db', '+db']);
  });

  it('start it again for what needs it, once', async () => {
    const { db, end } = await leaving();
    const starting = [
      Application.ensureAllStarted(node, 'db'),
      startApplication(node, app('shop', { dependencies: [db] })),
      startApplication(node, app('bank', { dependencies: ['db'] })),
    ];
    await settle();
    await end();
    await Promise.all(starting);
    expect(running()[0]).toBe('db');
    expect(running().toSorted()).toEqual(['bank', 'db', 'shop']);
  });

  it('go on if they do not need it', async () => {
    const { end } = await leaving();
    await startApplication(node, app('mail'));
    expect(running()).toEqual(['db', 'mail']);
    await end();
    expect(running()).toEqual(['mail']);
  });

  it('refuse another one of its name', async () => {
    const { end } = await leaving();
    expect(await refused(startApplication(node, app('db')))).toMatchObject({ reason: 'alreadyStarted' });
    await end();
  });
});

describe('ensure_all_started', () => {
  it('starts what does not run, with all that it needs, and tells that in order', async () => {
    const db = app('db');
    await startApplication(node, db);
    const shop = app('shop', { dependencies: [db, app('mail')] });
    expect(await Application.ensureAllStarted(node, shop)).toEqual(['mail', 'shop']);
    expect(await Application.ensureAllStarted(node, shop)).toStrictEqual([]);
    expect(await Application.ensureAllStarted(node, 'shop')).toStrictEqual([]);
  });

  it('starts several, each once', async () => {
    const db = app('db');
    const shop = app('shop', { dependencies: [db] });
    const applications: AnyApplication[] = [shop, db, app('bank', { dependencies: [db] })];
    expect(await Application.ensureAllStarted(node, applications)).toEqual(['db', 'shop', 'bank']);
  });

  it('of which one does not start names it, and stops what this has started', async () => {
    await startApplication(node, app('db'));
    const applications = [app('shop', { dependencies: ['db'] }), app('bank', { fails: 'no money' })];
    const error = await refused(Application.ensureAllStarted(node, applications));
    expect(error).toMatchObject({
      message: "ensureAllStarted 'shop', 'bank': application 'bank' did not start: no money",
      reason: { type: 'failedToStartApplication', application: 'bank', reason: 'no money' },
    });
    expect(running()).toEqual(['db']);
  });

  it('gives all of them the type it is given', async () => {
    const shop = app('shop', { dependencies: [app('db')] });
    await Application.ensureAllStarted(node, shop, { type: 'temporary' });
    for (const name of ['db', 'shop']) node.exitSignal(name, 'kill');
    await settle();
    expect(running()).toStrictEqual([]);
    expect(node.isAlive(node.spawn((self) => self.receive()))).toBe(true);
  });

  it('is refused for what is no application, and for names that are not loaded', async () => {
    expect(await refused(Application.ensureAllStarted(node, [5] as never))).toBeInstanceOf(BadArgumentError);
    expect(await refused(Application.ensureAllStarted(node, ['shop']))).toBeInstanceOf(ApplicationError);
  });
});
