import {
  Application,
  BadArgumentError,
  defineApplication,
  startApplication,
  StartError,
  type Node,
  type Self,
} from '@trestle/runtime';
import { z } from 'zod';
import { diaryApplication, treeOf } from '../support/diary-application';
import { settle, startTestNode } from '../support/test-node';

let diary: string[];
let node: Node;
beforeEach(async () => {
  diary = [];
  node = await startTestNode();
});

/** Phases that say in the diary that they have run. */
const phases = (name: string, ...names: string[]) =>
  names.map((phase) => ({ phase, run: () => void diary.push(`${name} ${phase}`) }));
const app = (name: string, more: Parameters<typeof diaryApplication>[2] = {}) =>
  diaryApplication(diary, name, more);
const refused = (promise: Promise<unknown>): Promise<any> => promise.catch((error: unknown) => error);

describe('start phases', () => {
  it('run in the order given when the tree runs, each when the one before is done', async () => {
    let open = (): void => {};
    const slow = { phase: 'init', run: () => new Promise<void>((resolve) => (open = resolve)) };
    const startPhases = [slow, ...phases('shop', 'warm', 'go')];
    const starting = startApplication(node, app('shop', { startPhases }));
    await settle();
    expect(diary).toEqual(['+shop']);
    expect(Application.whichApplications(node)).toStrictEqual([]);
    open();
    await starting;
    expect(diary).toEqual(['+shop', 'shop warm', 'shop go']);
  });

  it('of what an application depends on have run before it starts', async () => {
    const db = app('db', { startPhases: phases('db', 'go') });
    await startApplication(node, app('shop', { dependencies: [db], startPhases: phases('shop', 'go') }));
    expect(diary).toEqual(['+db', 'db go', '+shop', 'shop go']);
  });

  it('get the process of the application and its env', async () => {
    const seen: unknown[] = [];
    const shop = defineApplication({
      ...app('shop'),
      env: z.object({ limit: z.number().default(5) }),
      startPhases: [{ phase: 'go', run: (self, env) => void seen.push(self.pid, env.limit) }],
    });
    const { pid } = await startApplication(node, shop);
    expect(seen).toEqual([pid, 5]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('cold')), { type: 'error', message: 'cold' }],
    ['exits', (self: Self) => self.exit('cold'), 'cold'],
  ])(
    'of which one %s fail the start by name, and the application is stopped in order',
    async (_, run, reason) => {
      const startPhases = [...phases('shop', 'init'), { phase: 'warm', run }, ...phases('shop', 'go')];
      const error = await refused(
        startApplication(node, app('shop', { startPhases, dependencies: [app('db')] })),
      );
      expect(error).toBeInstanceOf(StartError);
      expect(error.reason).toMatchObject({
        type: 'startPhaseFailed',
        application: 'shop',
        phase: 'warm',
        reason,
      });
      expect(error.message).toMatch(/^startApplication 'shop': start phase 'warm' failed: .*cold/);
      expect(diary).toEqual([
        ...['+db', '+shop', 'shop init'],
        ...['prepStop shop', '-shop', 'stop shop'],
        ...['prepStop db', '-db', 'stop db'],
      ]);
    },
  );

  it('that are running when the root ends go on, and the application ends then', async () => {
    const startPhases = [
      { phase: 'go', run: () => node.exitSignal('shop', 'kill') },
      ...phases('shop', 'on'),
    ];
    const shop = await startApplication(node, app('shop', { startPhases, type: 'temporary' }));
    expect(await shop.ended).toBe('shutdown');
    expect(diary).toEqual(['+shop', 'shop on', 'prepStop shop', 'stop shop']);
  });
});

describe('included applications', () => {
  it('are loaded with the one that includes them, started by it, and get its phases, it first', async () => {
    const cart = app('cart', { startPhases: phases('cart', 'go') });
    const till = app('till', { startPhases: phases('till', 'init', 'go'), includedApplications: [cart] });
    const shop = app('shop', {
      startPhases: phases('shop', 'init', 'go'),
      includedApplications: [till],
      start: async (self) => {
        await till.start(self, {});
        return treeOf(self, { id: 'shop', diary });
      },
    });
    await startApplication(node, shop);
    expect(diary).toEqual(['+till', '+shop', 'shop init', 'till init', 'shop go', 'till go', 'cart go']);
    expect(Application.whichApplications(node).map(({ name }) => name)).toEqual(['shop']);
    expect(Application.loadedApplications(node).map(({ name }) => name)).toEqual(['shop', 'till', 'cart']);
  });

  it('have processes that belong to the one that includes them', async () => {
    const till = app('till');
    const start = (self: Self) => till.start(self, {});
    await startApplication(node, app('shop', { includedApplications: [till], start }));
    expect(Application.getApplication(node, node.whereis('till')!)).toBe('shop');
  });

  it('bring what they depend on', async () => {
    const cart = app('cart', { dependencies: [app('db')] });
    const till = app('till', { includedApplications: [cart], optionalDependencies: ['metrics'] });
    Application.load(node, app('metrics'));
    await startApplication(node, app('shop', { includedApplications: [till] }));
    expect(Application.whichApplications(node).map(({ name }) => name)).toEqual(['db', 'metrics', 'shop']);
  });

  it('have an env of their own, which their phases get', async () => {
    const seen: unknown[] = [];
    const till = defineApplication({
      ...app('till'),
      env: z.object({ cents: z.number().default(7) }),
      startPhases: [{ phase: 'go', run: (_, env) => void seen.push(env.cents) }],
    });
    await startApplication(
      node,
      app('shop', { includedApplications: [till], startPhases: phases('shop', 'go') }),
    );
    Application.putEnv(node, till, 'cents', 8);
    expect([...seen, Application.getEnv(node, till, 'cents')]).toEqual([7, 8]);
  });

  it('have no other phases than the one that includes them', async () => {
    const till = app('till', { startPhases: phases('till', 'open') });
    const error = await refused(
      startApplication(
        node,
        app('shop', { includedApplications: [till], startPhases: phases('shop', 'go') }),
      ),
    );
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error.message).toBe(
      "startApplication: expected startPhases to have 'open', because 'till', which it includes, has it, got [ 'go' ]",
    );
  });

  it('that include each other are refused with the way', () => {
    const shop = { ...app('shop'), includedApplications: [] as unknown[] };
    shop.includedApplications.push({ ...app('till'), includedApplications: [shop] });
    expect(() => defineApplication(shop as never)).toThrow(
      /do not include each other, got shop -> till -> shop/,
    );
  });
});
