import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vm from 'node:vm';
import { enableTypeScript } from './type-script';

type Exports = Record<string, unknown>;

/**
 * Loads a file of the user: JavaScript of either kind, or TypeScript where the program can run it.
 * @param file its path, from the working directory
 */
export async function loadModule(file: string): Promise<Exports> {
  const path = resolve(file);
  const load = createRequire(join(process.cwd(), 'shell'));
  if (extname(path) === '.ts') enableTypeScript(path);
  try {
    return exportsOf(load(path));
  } catch (error) {
    const isModule = (error as { code?: unknown } | null)?.code === 'ERR_REQUIRE_ESM';
    if (!isModule) throw error;
    return exportsOf(await importModule(path));
  }
}

/** What a module exports by name; a function that is the whole module is its default. */
function exportsOf(loaded: unknown): Exports {
  return typeof loaded === 'function' ? { default: loaded } : { ...(loaded as Exports) };
}

/** The compiler makes `require` of every `import()`: this one it does not see. */
function importModule(path: string): Promise<unknown> {
  const { USE_MAIN_CONTEXT_DEFAULT_LOADER: importModuleDynamically } = vm.constants;
  const script = new vm.Script('(url) => import(url)', { importModuleDynamically });
  return (script.runInThisContext() as (url: string) => Promise<unknown>)(pathToFileURL(path).href);
}
