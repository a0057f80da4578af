import ts from 'typescript';
import { parse, type SourceTree } from './source-tree';

export const maxFileLines = 300;
export const maxFunctionLines = 40;

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const emptyWords = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'managers'];

/** Barrels: an `index.ts` that is not a door of its package. */
export function barrelViolations(tree: SourceTree): string[] {
  return [...tree.keys()].filter((path) => /^packages\/[^/]+\/src\/.+\/index\.ts$/.test(path));
}

/** Files and folders not in kebab-case, or named by a word that says nothing. */
export function nameViolations(tree: SourceTree): string[] {
  return [...tree.keys()].filter((path) => !namesUnderSources(path).every(isGoodName));
}

function namesUnderSources(path: string): string[] {
  return path
    .replace(/\.(d\.)?[cm]?tsx?$/, '')
    .split('/')
    .slice(3);
}

function isGoodName(name: string): boolean {
  return kebabCase.test(name) && !name.split('-').some((word) => emptyWords.includes(word));
}

export function fileSizeViolations(tree: SourceTree): string[] {
  return [...tree]
    .map(([path, text]) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > maxFileLines)
    .map(({ path, lines }) => `${path} has ${String(lines)} lines`);
}

export function functionSizeViolations(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const file = parse(path, text);
    const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const first = lineAt(node.getStart(file));
      const lines = lineAt(node.end) - first + 1;
      if (hasBody(node) && lines > maxFunctionLines)
        found.push(`${path}:${String(first)} has ${String(lines)} lines`);
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

function hasBody(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}
