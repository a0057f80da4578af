/** The shell of the package as npm installs it: TypeScript is compiled by what its user has installed. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { OsCluster } from '../support/os-cluster';
import { OsShell } from '../support/os-shell';
import { installFromCheckout, installPublished } from '../support/published-package';

let built: string;
let builtProgram: string;
let cluster: OsCluster;
let program: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'trestle-published-'));
  builtProgram = installPublished(built);
});

afterAll(() => rmSync(built, { recursive: true }));

beforeEach(async () => {
  cluster = await OsCluster.start();
  cpSync(built, folder('installed'), { recursive: true });
  program = join(folder('installed'), relative(built, builtProgram));
});

afterEach(() => cluster.end());

function folder(name: string): string {
  const path = join(cluster.home, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** A preload file in a folder of its own, in TypeScript that must be compiled. */
function preload(name: string): string {
  const path = join(folder(name), 'preload.ts');
  writeFileSync(path, 'enum Answer { is = 42 }\nexport const answer: number = Answer.is;\n');
  return path;
}

function shell(args: readonly string[], cwd: string): OsShell {
  const env: NodeJS.ProcessEnv = { ...cluster.env };
  delete env['TRESTLE_FROM'];
  return new OsShell(cluster.execute([process.execPath, program, 'shell', ...args], { cwd, env }));
}

it('loads TypeScript with the ts-node of the folder of the file, wherever it is started', async () => {
  const file = preload('app');
  installFromCheckout(folder('app'), 'ts-node');
  expect(await shell(['--preload', file], folder('elsewhere')).type('answer')).toBe('42');
});

it('loads TypeScript with the ts-node of the working directory, else with one beside the package', async () => {
  const file = preload('app');
  installFromCheckout(folder('elsewhere'), 'ts-node');
  expect(await shell(['--preload', file], folder('elsewhere')).type('answer')).toBe('42');
  installFromCheckout(folder('installed'), 'ts-node');
  expect(await shell(['--preload', file], folder('third')).type('answer')).toBe('42');
});

it.each([
  ['of modules', 'package.json', { type: 'module' }],
  [
    'whose settings are those of a bundler',
    'tsconfig.json',
    { compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
  ],
  [
    'whose settings are those of modules',
    'tsconfig.json',
    { compilerOptions: { module: 'nodenext', verbatimModuleSyntax: true } },
  ],
])('loads TypeScript in a package %s', async (_, name, settings) => {
  const file = preload('app');
  installFromCheckout(folder('app'), 'ts-node');
  writeFileSync(join(folder('app'), name), JSON.stringify(settings));
  expect(await shell(['--preload', file], folder('app')).type('answer')).toBe('42');
});

it('says what to install, and what to write instead, if there is no ts-node; and opens', async () => {
  const file = preload('app');
  const opened = shell(['--preload', file], folder('elsewhere'));
  expect(await opened.type('1 + 1')).toContain('2');
  expect(opened.process.stdout).toContain(
    `${file}: Error: TypeScript needs ts-node and typescript, and there are none for ${folder('app')} or ${folder('elsewhere')}: ` +
      'npm install --save-dev ts-node typescript, or write the file as .js or .mjs',
  );
});
