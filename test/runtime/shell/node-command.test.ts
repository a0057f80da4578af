import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, BadArgumentError, defineApplication } from '@trestle/runtime';
import { z } from 'zod';
import { startCommandNode } from '../../../packages/runtime/src/shell/commands/node-command';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trestle-node-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const shop = defineApplication({
  name: 'shop',
  env: z.object({ limit: z.number().default(10) }),
  start: (self) => self.spawnLink((it) => it.receive()),
});

async function config(text: string): Promise<string> {
  const file = join(folder, 'trestle.config.json');
  await writeFile(file, text);
  return file;
}

describe('a command that starts a node', () => {
  it('gives applications the env that its config file says', async () => {
    const node = await startCommandNode({
      config: await config('{ "applications": { "shop": { "limit": 3 } } }'),
    });
    try {
      Application.load(node, shop);
      expect(Application.getEnv(node, shop, 'limit')).toBe(3);
    } finally {
      await node.stop();
    }
  });

  it('starts none if the file is wrong', async () => {
    const starting = startCommandNode({ config: await config('{ "applications": { "shop": "open" } }') });
    await expect(starting).rejects.toBeInstanceOf(BadArgumentError);
    await expect(starting).rejects.toThrow(/expected applications.shop to be an object/);
  });

  it('takes certificates, and starts no node without TLS where some was wanted', async () => {
    const name = 'by_command@127.0.0.1';
    const starting = startCommandNode({ name, cookie: 'x', tlsCert: '/no/such/file', tlsKey: 'x' });
    await expect(starting).rejects.toThrow(
      'startNode: expected tls.cert to be PEM or a file that can be read (/no/such/file), got ENOENT',
    );
    await expect(startCommandNode({ name, cookie: 'x', tlsCa: 'x' })).rejects.toThrow('expected tls.cert');
  });
});
