import { importsOf, packageOf, relativeImports, type SourceTree } from './source-tree';

/** From the bottom up: each may import those before it. */
const packages = ['runtime', 'cluster', 'cache'];
const layers: Readonly<Record<string, readonly string[]>> = {
  runtime: [
    'platform',
    'terms',
    'process',
    'node',
    'behaviours',
    'distribution',
    'rpc',
    'shell',
    'testing',
    'xstate',
  ],
  cluster: ['routing', 'membership', 'discovery'],
  cache: ['terms', 'versions', 'store', 'replication', 'loads', 'client', 'events', 'near', 'keyv', 'server'],
};
/** Layers with a door of their own: who does not come in by it does not load them. */
const sideDoors = ['testing', 'xstate'];

const runtimeSources = 'packages/runtime/src/';
/** The shell and the tools for tests start nodes of their own; nothing else below the top may. */
const startsNodes = ['shell', 'testing'];
const startNode = `${runtimeSources}start-node.ts`;

/** Imports of a sibling package that is not below, or that do not go through one of its two doors. */
export function packageDirectionViolations(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((specifier) => specifier.startsWith('@trestle/'))
      .filter((specifier) => !mayImportPackage(packageOf(path), specifier))
      .map((specifier) => `${path} imports ${specifier}`),
  );
}

function mayImportPackage(from: string, specifier: string): boolean {
  const [, to = '', ...door] = specifier.split('/');
  const isDoor = door.length === 0 || (door.length === 1 && door[0] === 'internal');
  return isDoor && packages.includes(to) && packages.indexOf(to) < packages.indexOf(from);
}

/** Imports that go up from a layer of their package, or files in no known layer. */
export function layerViolations(tree: SourceTree): string[] {
  const strangers = [...tree.keys()].filter((path) => rankOf(path) === -1);
  return [
    ...strangers.map((path) => `${path} is in no known layer`),
    ...relativeImports(tree)
      .filter(({ from, to }) => packageOf(from) === packageOf(to) && !mayImportLayer(from, to))
      .map(({ from, to }) => `${from} imports ${to}`),
  ];
}

/** Imports of a layer with a door of its own from elsewhere. */
export function sideDoorViolations(tree: SourceTree): string[] {
  return relativeImports(tree)
    .filter(({ to }) => inRuntime(to) && sideDoors.includes(layerOf(to) ?? ''))
    .filter(
      ({ from, to }) => layerOf(from) !== layerOf(to) && from !== `${runtimeSources}${layerOf(to) ?? ''}.ts`,
    )
    .map(({ from, to }) => `${from} imports ${to}`);
}

function mayImportLayer(from: string, to: string): boolean {
  return rankOf(to) <= rankOf(from) || (startsNodes.includes(layerOf(from) ?? '') && to === startNode);
}

function inRuntime(path: string): boolean {
  return path.startsWith(runtimeSources);
}

function layerOf(path: string): string | undefined {
  const [, , , layer, ...rest] = path.split('/');
  return rest.length > 0 ? layer : undefined;
}

/** Files directly in `src` are the top; -1 is a folder that is no layer. */
function rankOf(path: string): number {
  const known = layers[packageOf(path)] ?? [];
  const layer = layerOf(path);
  return layer === undefined ? known.length : known.indexOf(layer);
}

/** Relative imports that end in another package, or outside all of them. */
export function escapeViolations(tree: SourceTree): string[] {
  return relativeImports(tree)
    .filter(({ from, to }) => !to.startsWith(`packages/${packageOf(from)}/`))
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Each circle of files that import one another, written as the path around it. */
export function cycleViolations(tree: SourceTree): string[] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of relativeImports(tree)) edges.set(from, [...(edges.get(from) ?? []), to]);

  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start !== -1 || finished.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of tree.keys()) visit(path, []);
  return cycles;
}

/** Packages a source imports that the package's own manifest does not name. */
export function undeclaredViolations(
  tree: SourceTree,
  declared: (packageName: string) => readonly string[],
): string[] {
  return [...tree].flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((specifier) => !/^(\.|#platform\/|#zod$|node:)/.test(specifier))
      .map(nameOfPackage)
      .filter((name) => !declared(packageOf(path)).includes(name))
      .map(
        (name) => `${path} imports ${name}, which packages/${packageOf(path)}/package.json does not declare`,
      ),
  );
}

function nameOfPackage(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
