import { dirname, join, posix, relative } from 'node:path';
import { readdirSync } from 'node:fs';
import { buildSync, transformSync } from 'esbuild';

/** A compiled module, and where each piece of it comes from. */
interface Module {
  readonly text: string;
  readonly map: object;
}

/** Modules in one file. */
export interface Bundle {
  readonly code: string;
  readonly map: string;
}

/** How the modules are run: once each, when another or a door asks for it. What could not be run may be asked for again. */
const loader = `const loaded = new Map();
const __load = (path) => {
  if (loaded.has(path)) return loaded.get(path).exports;
  const module = { exports: {} };
  loaded.set(path, module);
  try {
    modules[path](module.exports, module);
  } catch (error) {
    loaded.delete(path);
    throw error;
  }
  return module.exports;
};
module.exports = __load;
`;

/**
 * Puts compiled CommonJS modules of a folder, and those of the folder that they load, into one file that exports how to
 * load them. Each stays a function of its own with its text as it was: a bundler that puts all into one scope would
 * rename classes, whose names are what logs and errors show.
 * @param resolve what a module of the folder loads by a name that is not a relative path; nothing if it is another's
 * @param into the folder the file will be in: the paths of its map are from there
 */
export function bundleModules(
  folder: string,
  entries: readonly string[],
  resolve: (name: string) => string | undefined,
  into: string,
): Bundle {
  const all = readModules(folder, into);
  const head = "'use strict';\nconst modules = {\n";
  let code = head;
  const sections: object[] = [];
  const written = new Set<string>();
  const write = (path: string): void => {
    const module = all.get(path);
    if (module === undefined) throw new Error(`there is no module ${path}`);
    if (written.has(path)) return;
    written.add(path);
    const { text, loads } = link(path, module.text, resolve);
    code += `${JSON.stringify(path)}(exports, module) {\n`;
    sections.push({ offset: { line: code.split('\n').length - 1, column: 0 }, map: module.map });
    code += `${text}\n},\n`;
    loads.forEach(write);
  };
  entries.forEach(write);
  return withOneMap(`${code}};\n${loader}`, { version: 3, sections });
}

/**
 * Leaves out the comments, and makes one map of those of the modules: Node.js reads no other. Lines stay lines: where an
 * error is not caught, Node.js prints the whole of the one from which it was thrown.
 */
function withOneMap(code: string, map: object): Bundle {
  const inline = Buffer.from(JSON.stringify(map)).toString('base64');
  const comment = `//# sourceMappingURL=data:application/json;base64,${inline}\n`;
  return transformSync(code + comment, {
    ...{ sourcemap: 'external', legalComments: 'inline', logLevel: 'error' },
  });
}

/** Has a module load those of the folder from the bundle. */
function link(
  from: string,
  text: string,
  resolve: (name: string) => string | undefined,
): { readonly text: string; readonly loads: readonly string[] } {
  const loads: string[] = [];
  const linked = text.replace(/\brequire\("([^"]+)"\)/g, (whole, name: string) => {
    const path = name.startsWith('.') ? `${posix.join(posix.dirname(from), name)}.js` : resolve(name);
    if (path === undefined) return whole;
    loads.push(path);
    return `__load(${JSON.stringify(path)})`;
  });
  return { text: linked, loads };
}

/** All modules of a folder by their paths. */
function readModules(folder: string, into: string): Map<string, Module> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.js'),
  );
  const { outputFiles } = buildSync({
    entryPoints: paths.map((path) => join(folder, path)),
    ...{ outdir: folder, outbase: folder, write: false, allowOverwrite: true, logLevel: 'error' },
    ...{ bundle: false, sourcemap: 'external', legalComments: 'inline' },
  });
  const texts = new Map(
    outputFiles.map(({ path, text }) => [relative(folder, path).replaceAll('\\', '/'), text]),
  );
  return new Map(
    paths.map((path) => {
      const key = path.replaceAll('\\', '/');
      const map = JSON.parse(texts.get(`${key}.map`) ?? '{}') as { readonly sources: readonly string[] };
      const sources = map.sources.map((source) => relative(into, join(dirname(join(folder, path)), source)));
      return [key, { text: texts.get(key) ?? '', map: { ...map, sources } }];
    }),
  );
}
