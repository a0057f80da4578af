import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './support/free-port';
import { deadLinks, headingsOf } from './support/links';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const run = promisify(execFile);

describe('the README', () => {
  it('opens with the two commands, and both exist', () => {
    const scripts = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    ).scripts;
    const [, commands = ''] = readme.split('```');
    expect(commands).toContain('npm ci && npm start');
    expect(commands).toContain('npm ci && npm test');
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(['start', 'test', 'cluster', 'shell', 'instance']),
    );
  });
});

it("says how an example, or a program of one's own, is started", async () => {
  const [, command = ''] = /`npm run (example \S+)`/.exec(readme) ?? [];
  const { stdout } = await run('npm', ['run', '--silent', ...command.split(' ')], { cwd: root });
  expect(stdout).toContain('the ponger is killed');
});

describe.each(['.', 'packages/runtime', 'packages/cluster', 'packages/cache'])(
  'the README of %s',
  (folder) => {
    it('shows a program that runs and prints what it says', async () => {
      const text = readFileSync(join(root, folder, 'README.md'), 'utf8');
      const [, program = ''] = text.split('```ts\n');
      const [source = ''] = program.split('```');
      const expected = Array.from(
        source.matchAll(/console\.log\(.*\/\/ (.*)\n/g),
        ([, line]) => `${line!}\n`,
      );
      expect(source.split('\n').length).toBeLessThanOrEqual(31);
      expect(expected).not.toStrictEqual([]);
      const file = join(__dirname, `readme-program-${String(process.pid)}.ts`);
      writeFileSync(file, source);
      try {
        const env = { ...process.env, NO_COLOR: '1', TRESTLE_MAPPER_PORT: String(await freePort()) };
        const { stdout } = await run(
          process.execPath,
          ['--conditions=source', '-r', 'ts-node/register', file],
          { env },
        );
        expect(stdout).toBe(expected.join(''));
      } finally {
        rmSync(file);
      }
    });
  },
);

/** The folders of a package's sources, as its README links them. */
function foldersOf(name: string): string[] {
  const entries = readdirSync(join(root, 'packages', name, 'src'), { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isFile()).map((entry) => entry.parentPath);
  return [...new Set(folders)].map((folder) => relative(join(root, 'packages', name), folder)).toSorted();
}

describe.each(['runtime', 'cluster', 'cache'])('the map of %s', (name) => {
  it('has every folder of its sources', () => {
    const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    const missing = foldersOf(name).filter((folder) => folder !== 'src' && !text.includes(`](${folder})`));
    expect(missing).toStrictEqual([]);
  });
});

describe('the pages', () => {
  const ofDocs = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
  const ofPackages = ['runtime', 'cluster', 'cache'].map((name) => `packages/${name}/README.md`);

  it.each(['README.md', 'CHANGELOG.md', ...ofDocs, ...ofPackages])(
    'of %s has no link that leads nowhere',
    (page) => {
      expect(deadLinks(join(root, page))).toStrictEqual([]);
    },
  );

  const long = ['semantics', 'from-otp', 'cache', 'wire-protocol'];

  it.each(long.map((name) => `docs/${name}.md`))(
    'of %s begins with its contents: every section, in order',
    (page) => {
      const [contents = ''] = readFileSync(join(root, page), 'utf8').split('\n## ');
      const sections = headingsOf(join(root, page), 2);
      const listed = Array.from(contents.matchAll(/\(#([^)]+)\)/g), ([, section]) => section);
      expect(listed).toStrictEqual(sections);
    },
  );
});

it.each(['runtime', 'cluster', 'cache'])('the package %s is published with its licence', (name) => {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  expect(readFileSync(join(root, 'packages', name, 'LICENSE'), 'utf8')).toBe(licence);
});
