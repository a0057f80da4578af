import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadArgumentError, readConfig } from '@trestle/runtime';

describe('a config file', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'trestle-config-'))));
  afterAll(() => rm(folder, { recursive: true }));

  async function fileWith(name: string, text: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  }

  it('names the nodes to wait for, and for how long', async () => {
    const file = await fileWith(
      'full.json',
      '{ "kernel": { "syncNodesMandatory": ["a@h"], "syncNodesOptional": ["b@h"], "syncNodesTimeoutMs": 100 } }',
    );
    await expect(readConfig(file)).resolves.toEqual({
      syncNodes: { mandatory: ['a@h'], optional: ['b@h'], timeoutMs: 100 },
      applications: {},
    });
  });

  it('waits for nobody unless it says so, and 5,000 ms unless it says otherwise', async () => {
    await expect(readConfig(await fileWith('empty.json', '{}'))).resolves.toEqual({
      syncNodes: { mandatory: [], optional: [], timeoutMs: 5_000 },
      applications: {},
    });
  });

  it('can wait for ever', async () => {
    const file = await fileWith('for-ever.json', '{ "kernel": { "syncNodesTimeoutMs": "infinity" } }');
    expect((await readConfig(file)).syncNodes.timeoutMs).toBe(Infinity);
  });

  it.each([
    ['plain.js', "module.exports = { kernel: { syncNodesOptional: ['a@h'] } };"],
    ['default.js', "exports.default = { kernel: { syncNodesOptional: ['a@h'] } };"],
    ['default.ts', "export default { kernel: { syncNodesOptional: ['a@h'] as string[] } };"],
  ])('can be a module: %s', async (name, text) => {
    expect((await readConfig(await fileWith(name, text))).syncNodes.optional).toEqual(['a@h']);
  });

  it.each([
    ['broken.json', '{', /expected a file with JSON \(.*JSON/],
    ['typo.json', '{ "kernel": { "syncNodeOptional": [] } }', /syncNodeOptional/],
    ['name.json', '{ "kernel": { "syncNodesOptional": ["n1"] } }', /'name@host', got 'n1'/],
    [
      'time.json',
      '{ "kernel": { "syncNodesTimeoutMs": -1 } }',
      /milliseconds, 0 or more, or 'infinity', got -1/,
    ],
    ['broken.js', 'throw new Error("no")', /expected a module that exports an object \(no\)/],
  ])('is refused with its name and what is wrong in it: %s', async (name, text, message) => {
    const refused = readConfig(await fileWith(name, text));
    await expect(refused).rejects.toThrow(BadArgumentError);
    await expect(refused).rejects.toThrow(name);
    await expect(refused).rejects.toThrow(message);
  });

  it('is refused when there is no such file', async () => {
    await expect(readConfig(join(folder, 'none.json'))).rejects.toThrow(
      /expected a file with JSON \(ENOENT.*none\.json/,
    );
  });

  it('says of a module that is missing no more than its name', async () => {
    const file = join(folder, 'none.js');
    await expect(readConfig(file)).rejects.toThrow(
      `config: expected a module that exports an object (Cannot find module '${file}'`,
    );
    await expect(readConfig(file)).rejects.not.toThrow('Require stack');
  });
});
