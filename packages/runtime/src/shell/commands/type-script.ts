import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Compiler {
  register(options: object): unknown;
}

/**
 * What a compiler says of settings that are meant for a build, as those of a user's `tsconfig.json` are: a file is
 * compiled by itself here, and these settings do not touch it. TS5095, TS5107 and TS5110 are about `moduleResolution`.
 */
const ignoreDiagnostics = [5095, 5107, 5110];

/**
 * Has `require` take TypeScript from now on. A checkout runs from its sources and can do so already, as a recent Node.js
 * does; a program that uses the package brings `ts-node`.
 * @param file the absolute path of what will be loaded
 * @throws Error that says what to install, if there is no compiler for it
 */
export function enableTypeScript(file: string): void {
  const native = 'typescript' in process.features && process.features.typescript !== false;
  // Deprecated, and what ts-node and the like are built on all the same.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (native || '.ts' in createRequire(file).extensions) return;
  const places = [...new Set([dirname(file), process.cwd()])];
  if ([...places, __dirname].some((folder) => isEnabledBy(compilerIn(folder), dirname(file)))) return;
  throw new Error(
    `TypeScript needs ts-node and typescript, and there are none for ${places.join(' or ')}: ` +
      'npm install --save-dev ts-node typescript, or write the file as .js or .mjs',
  );
}

function compilerIn(folder: string): Compiler | undefined {
  const load = createRequire(join(folder, 'shell'));
  return ifFound(() => load('ts-node') as Compiler);
}

/** @returns whether the compiler found `typescript` */
function isEnabledBy(compiler: Compiler | undefined, cwd: string): boolean {
  return (
    undefined !==
    ifFound(() =>
      compiler?.register({
        cwd,
        transpileOnly: true,
        compilerOptions: { module: 'commonjs', verbatimModuleSyntax: false },
        // Also in a package of modules: what the shell loads it requires.
        moduleTypes: { '**/*.ts': 'cjs' },
        ignoreDiagnostics,
      }),
    )
  );
}

/** What a module gives, unless it, or what it needs, is not installed. */
function ifFound<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
