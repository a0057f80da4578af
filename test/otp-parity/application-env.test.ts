import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Application,
  ApplicationError,
  BadArgumentError,
  defineApplication,
  readConfig,
  startApplication,
  type ApplicationConfig,
  type Node,
} from '@trestle/runtime';
import { z } from 'zod';
import { diaryApplication, treeOf } from '../support/diary-application';
import { inProcess, startTestNode } from '../support/test-node';

const diary: string[] = [];
const variables = ['SHOP_LIMIT', 'SHOP_MOTTO', 'SHOP_OPEN', 'SHOP_TAGS'];
afterEach(() => {
  diary.length = 0;
  for (const name of variables) Reflect.deleteProperty(process.env, name);
});

const schema = z.object({
  limit: z.number().int().default(10),
  motto: z.string().default('buy'),
  open: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
});

const shop = defineApplication({
  name: 'shop',
  handleSignals: false,
  env: schema,
  variables: { limit: 'SHOP_LIMIT', motto: 'SHOP_MOTTO', open: 'SHOP_OPEN', tags: 'SHOP_TAGS' },
  start: (self) => treeOf(self, { id: 'shop', diary }),
});

const nodeWith = (applicationConfig: ApplicationConfig = {}): Promise<Node> =>
  startTestNode({ applicationConfig });
const refused = (promise: Promise<unknown>): Promise<any> => promise.catch((error: unknown) => error);

describe('the env of an application', () => {
  it('begins with the defaults of its schema', async () => {
    const { env } = await startApplication(await nodeWith(), shop);
    expect(env).toEqual({ limit: 10, motto: 'buy', open: false, tags: [] });
  });

  it('takes the config of the node before defaults, variables before that, and what is given before all', async () => {
    const node = await nodeWith({
      shop: { limit: 1, motto: 'config', tags: ['config'] },
      bank: { limit: 9 },
    });
    process.env['SHOP_LIMIT'] = '2';
    process.env['SHOP_MOTTO'] = 'variable';
    const { env } = await startApplication(node, shop, { env: { limit: 3 } });
    expect(env).toEqual({ limit: 3, motto: 'variable', open: false, tags: ['config'] });
  });

  it('reads a variable as text where the schema takes text, and else as JSON', async () => {
    Object.assign(process.env, {
      SHOP_LIMIT: '5',
      SHOP_MOTTO: '5',
      SHOP_OPEN: 'true',
      SHOP_TAGS: '["a","b"]',
    });
    const { env } = await startApplication(await nodeWith(), shop);
    expect(env).toEqual({ limit: 5, motto: '5', open: true, tags: ['a', 'b'] });
  });

  it.each([
    [
      { config: { limit: 'many' } },
      "application 'shop' (from the config): expected env.limit to be of type number, got 'many'",
    ],
    [
      { variable: 'many' },
      "application 'shop' (SHOP_LIMIT): expected env.limit to be of type number, got 'many'",
    ],
    [{ given: { limit: 1.5 } }, "application 'shop' (given): expected env.limit to be"],
    [
      { given: { tags: ['a', 5] } },
      "application 'shop' (given): expected env.tags.1 to be of type string, got 5",
    ],
    [
      { config: { limits: 5 } },
      "application 'shop' (from the config): expected env to have no 'limits', got { limits: 5 }",
    ],
  ])(
    'that is wrong is refused with its origin, its path, what was expected and got: %j',
    async (wrong, message) => {
      const { config, variable, given } = wrong as { config?: object; variable?: string; given?: object };
      const node = await nodeWith(config === undefined ? {} : { shop: config as never });
      if (variable !== undefined) process.env['SHOP_LIMIT'] = variable;
      const error = await refused(startApplication(node, shop, given === undefined ? {} : { env: given }));
      expect(error).toBeInstanceOf(BadArgumentError);
      expect(error.message.slice(0, message.length)).toBe(message);
      expect(diary).toStrictEqual([]);
      expect(Application.loadedApplications(node)).toStrictEqual([]);
    },
  );

  it('that lacks what the schema demands is refused', async () => {
    const bank = defineApplication({
      ...diaryApplication(diary, 'bank'),
      env: z.object({ key: z.string() }),
    });
    const node = await nodeWith();
    const error = await refused(startApplication(node, bank));
    expect(error.message).toBe("application 'bank': expected env.key to be of type string, got undefined");
    expect((await startApplication(node, bank, { env: { key: 'x' } })).env.key).toBe('x');
  });

  it('of one that depends on another is refused before that has started', async () => {
    const bank = defineApplication({
      ...diaryApplication(diary, 'bank'),
      env: z.object({ key: z.string() }),
      dependencies: [shop],
    });
    const node = await nodeWith();
    expect(await refused(startApplication(node, bank))).toBeInstanceOf(BadArgumentError);
    expect(diary).toStrictEqual([]);
  });

  it('of what an application depends on comes from the config as well', async () => {
    const node = await nodeWith({ shop: { limit: 7 } });
    await startApplication(node, diaryApplication(diary, 'bank', { dependencies: [shop] }));
    expect(Application.getEnv(node, shop, 'limit')).toBe(7);
  });

  it('may be open to more if its schema says so', async () => {
    const loose = defineApplication({
      ...diaryApplication(diary, 'bank'),
      env: z.looseObject({ a: z.number() }),
    });
    const { env } = await startApplication(await nodeWith({ bank: { a: 1, b: 2 } }), loose);
    expect(env).toEqual({ a: 1, b: 2 });
  });

  it('without a schema is what it is given', async () => {
    const node = await nodeWith({ bank: { a: 1, b: [2] } });
    const { env } = await startApplication(node, diaryApplication(diary, 'bank'), { env: { c: 3 } });
    expect(env).toEqual({ a: 1, b: [2], c: 3 });
  });

  it('is what the schema makes of its values', async () => {
    const env = z.object({
      port: z.coerce.number(),
      host: z.string().transform((host) => host.toUpperCase()),
    });
    const bank = defineApplication({ ...diaryApplication(diary, 'bank'), env });
    const node = await nodeWith();
    await startApplication(node, bank, { env: { port: '80', host: 'h' } });
    Application.putEnv(node, bank, 'port', 81);
    expect(Application.getAllEnv(node, bank)).toEqual({ port: 81, host: 'H' });
  });

  it('is given to start', async () => {
    let seen: unknown;
    const bank = defineApplication({
      name: 'bank',
      handleSignals: false,
      env: z.object({ limit: z.number().default(4) }),
      start: (self, env) => {
        seen = env.limit * 2;
        return treeOf(self, { id: 'bank', diary });
      },
    });
    await startApplication(await nodeWith(), bank);
    expect(seen).toBe(8);
  });

  it('cannot be changed but by putEnv and deleteEnv', async () => {
    const { env } = await startApplication(await nodeWith(), shop);
    expect(() => ((env as { limit: number }).limit = 5)).toThrow(TypeError);
  });

  it('is one of each node', async () => {
    const [node, other] = [await nodeWith(), await nodeWith()];
    for (const each of [node, other]) Application.load(each, shop);
    Application.putEnv(node, shop, 'limit', 1);
    expect([node, other].map((each) => Application.getEnv(each, shop, 'limit'))).toEqual([1, 10]);
  });
});

describe('application:get_env', () => {
  it('tells a value, to nodes and processes', async () => {
    const node = await nodeWith();
    Application.load(node, shop);
    expect(Application.getEnv(node, 'shop', 'limit')).toBe(10);
    expect(await inProcess(node, (self) => Application.getEnv(self, shop, 'motto'))).toBe('buy');
    expect(Application.fetchEnv(node, shop, 'limit')).toBe(10);
    expect(Application.getAllEnv(node, shop)).toMatchObject({ limit: 10, motto: 'buy' });
  });

  it('tells what is given for it where there is none, of an application that is not loaded as well', async () => {
    const node = await nodeWith();
    Application.load(node, shop);
    expect(Application.getEnv(node, 'shop', 'nothing')).toBeUndefined();
    expect(Application.getEnv(node, 'shop', 'nothing', 5)).toBe(5);
    expect(Application.getEnv(node, 'nobody', 'limit', 5)).toBe(5);
    expect(Application.getAllEnv(node, 'nobody')).toEqual({});
  });

  it('that must be there fails where it is not', async () => {
    const node = await nodeWith();
    Application.load(node, shop);
    expect(() => Application.fetchEnv(node, 'shop', 'nothing')).toThrow(
      "fetchEnv 'shop': expected one of 'limit', 'motto', 'open', 'tags', got 'nothing'",
    );
    expect(() => Application.fetchEnv(node, 'nobody', 'limit')).toThrow(ApplicationError);
  });

  it('finds a value that is false or 0, and none of the prototype', async () => {
    const node = await nodeWith({ bank: { open: false, limit: 0 } });
    Application.load(node, diaryApplication(diary, 'bank'));
    expect(Application.getEnv(node, 'bank', 'open', true)).toBe(false);
    expect(Application.getEnv(node, 'bank', 'limit', 5)).toBe(0);
    expect(Application.getEnv(node, 'bank', 'toString')).toBeUndefined();
  });
});

describe('application:set_env', () => {
  it('changes a value for those who ask from then on, and for the next start', async () => {
    const node = await nodeWith();
    const running = await startApplication(node, shop);
    const before = running.env;
    Application.putEnv(node, shop, 'limit', 99);
    expect([before.limit, running.env.limit, Application.getEnv(node, shop, 'limit')]).toEqual([10, 99, 99]);
    await running.stop();
    expect((await startApplication(node, shop)).env.limit).toBe(99);
  });

  it('of a wrong value, or of a name there is not, is refused and changes nothing', async () => {
    const node = await nodeWith();
    Application.load(node, shop);
    const put = (name: string, value: unknown) => () => Application.putEnv(node, 'shop', name, value);
    expect(put('limit', 'many')).toThrow(
      "putEnv 'shop' (given): expected env.limit to be of type number, got 'many'",
    );
    expect(put('limits', 5)).toThrow(BadArgumentError);
    expect(() => Application.putEnv(node, 'nobody', 'limit', 5)).toThrow(ApplicationError);
    expect(Application.getEnv(node, shop, 'limit')).toBe(10);
  });

  it('is undone by unset_env: the default of the schema is back', async () => {
    const node = await nodeWith({ shop: { motto: 'config' } });
    Application.load(node, shop, { env: { limit: 5 } });
    Application.deleteEnv(node, shop, 'limit');
    Application.deleteEnv(node, shop, 'motto');
    Application.deleteEnv(node, shop, 'open');
    expect(Application.getAllEnv(node, shop)).toEqual({ limit: 10, motto: 'buy', open: false, tags: [] });
  });

  it('cannot be undone where the schema demands a value', async () => {
    const bank = defineApplication({
      ...diaryApplication(diary, 'bank'),
      env: z.object({ key: z.string() }),
    });
    const node = await nodeWith({ bank: { key: 'x' } });
    Application.load(node, bank);
    expect(() => Application.deleteEnv(node, bank, 'key')).toThrow(
      "deleteEnv 'bank': expected env.key to be of type string, got undefined",
    );
    expect(Application.getEnv(node, bank, 'key')).toBe('x');
  });

  it('is forgotten by unload', async () => {
    const node = await nodeWith();
    Application.load(node, shop, { env: { limit: 5 } });
    Application.load(node, shop);
    expect(Application.getEnv(node, shop, 'limit')).toBe(5);
    Application.unload(node, 'shop');
    Application.load(node, shop);
    expect(Application.getEnv(node, shop, 'limit')).toBe(10);
  });
});

describe('a config file', () => {
  it('says of applications what their env is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trestle-env-'));
    try {
      const file = join(folder, 'config.json');
      await writeFile(file, '{ "applications": { "shop": { "limit": 3 } } }');
      const node = await nodeWith((await readConfig(file)).applications);
      expect((await startApplication(node, shop)).env.limit).toBe(3);
      await writeFile(file, '{ "applications": { "shop": 3 } }');
      const wrong = await refused(readConfig(file));
      expect(wrong.message).toMatch(
        /expected applications.shop to be an object: values by the names of the env, got 3/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is refused by startNode if its sections are no objects', async () => {
    expect(await refused(startTestNode({ applicationConfig: { shop: 5 } } as never))).toBeInstanceOf(
      BadArgumentError,
    );
  });
});

describe('the variables of an application', () => {
  it('must be names of its env', () => {
    const wrong = { ...diaryApplication(diary, 'bank'), env: schema, variables: { limits: 'LIMITS' } };
    expect(() => defineApplication(wrong as never)).toThrow(
      "expected variables to have no 'limits', because env has none",
    );
  });
});
