import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import ts from 'typescript';

/** Source texts by their path from the root of the repository, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>;

/** Reads every TypeScript file under the `src` of every package. */
export function readSourceTree(root: string): SourceTree {
  const tree = new Map<string, string>();
  for (const entry of readdirSync(join(root, 'packages'), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const src = join(root, 'packages', entry.name, 'src');
    for (const file of readdirSync(src, { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || !/\.[cm]?tsx?$/.test(file.name)) continue;
      const path = join(file.parentPath, file.name);
      tree.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
    }
  }
  return tree;
}

/** The package a file belongs to: `runtime` for `packages/runtime/src/…`. */
export function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** Every module a file names: imports and re-exports, of values and of types, static and dynamic. */
export function importsOf(path: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isCallExpression(node) && isLoader(node.expression)) return node.arguments[0];
  return undefined;
}

function isLoader(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

export function isRelative(specifier: string): boolean {
  return specifier === '.' || specifier === '..' || /^\.\.?\//.test(specifier);
}

/** The file a relative import means, or the bare path where the tree has no such file. */
export function resolveRelative(tree: SourceTree, from: string, specifier: string): string {
  const path = posix.join(posix.dirname(from), specifier);
  const candidates = [path, `${path}.ts`, path.replace(/\.js$/, '.ts'), `${path}/index.ts`];
  return candidates.find((candidate) => tree.has(candidate)) ?? path;
}

/** The pairs of files where the first imports the second by a relative path. */
export function relativeImports(tree: SourceTree): { from: string; to: string }[] {
  return [...tree].flatMap(([from, text]) =>
    importsOf(from, text)
      .filter(isRelative)
      .map((specifier) => ({ from, to: resolveRelative(tree, from, specifier) })),
  );
}
