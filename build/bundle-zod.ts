import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import * as zod from 'zod';

const root = join(__dirname, '..');

/**
 * Writes what the packages use of zod into one file, which a published `@trestle/runtime` has as `#zod`. The whole of
 * zod is loaded with its fifty languages, and takes more of a node's memory and start than everything else together.
 */
export function bundleZod(outfile: string): void {
  buildSync({
    stdin: { contents: entry(usedNames()), resolveDir: root },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2022',
    banner: { js: notice() },
    logLevel: 'error',
  });
}

/** The values of zod that a source of a package names: `z.string`, but not the type `z.infer`. */
function usedNames(): string[] {
  const packages = join(root, 'packages');
  const texts = readdirSync(packages).flatMap((name) => sourcesIn(join(packages, name, 'src')));
  const named = texts.flatMap((text) => Array.from(text.matchAll(/\bz\.(\w+)/g), ([, name]) => name ?? ''));
  return [...new Set(named)].filter((name) => name in zod).toSorted();
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

/** A program with an object `z` of these names. Some are words of the language, such as `enum`. */
function entry(names: readonly string[]): string {
  const imports = names.map((name) => `${name} as _${name}`).join(', ');
  const fields = names.map((name) => `${name}: _${name}`).join(', ');
  return `import { ${imports} } from 'zod';\nexport const z = { ${fields} };\n`;
}

/** Who distributes a copy says whose it is. */
function notice(): string {
  const licence = readFileSync(join(root, 'node_modules/zod/LICENSE'), 'utf8');
  return `/*! zod\n\n${licence.trim()}\n*/`;
}
