import ts from 'typescript';
import { parse } from './source-tree';

/**
 * Promises that a test expects to reject, and that nobody hears while the test awaits something else: if they reject by
 * then, Node.js takes them for forgotten and the test fails, now and then. `const refused = expect(call).rejects…` at
 * once, and `await refused` later, hears them.
 */
export function unheardRejections(path: string, text: string): string[] {
  const file = parse(path, text);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const promise = rejectedIn(node);
    const made = promise === undefined ? undefined : declarationOf(promise);
    if (promise !== undefined && made !== undefined && waitsBetween(made, promise)) {
      const { line } = file.getLineAndCharacterOfPosition(made.getStart());
      found.push(`${path}:${String(line + 1)} ${promise.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...new Set(found)];
}

/** The variable in `expect(variable).rejects`. */
function rejectedIn(node: ts.Node): ts.Identifier | undefined {
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'rejects') return undefined;
  const { expression: call } = node;
  if (!ts.isCallExpression(call) || call.expression.getText() !== 'expect') return undefined;
  const [promise] = call.arguments;
  return promise !== undefined && ts.isIdentifier(promise) ? promise : undefined;
}

/** Where the variable gets a promise, if that is in the same function. */
function declarationOf(variable: ts.Identifier): ts.VariableDeclaration | undefined {
  const scope = functionAround(variable);
  let found: ts.VariableDeclaration | undefined;
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      namesIn(node.name).includes(variable.text) &&
      node.pos < variable.pos
    )
      if (functionAround(node) === scope && !isAwaited(node.initializer)) found = node;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(scope, visit);
  return found;
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

function isAwaited(initializer: ts.Expression | undefined): boolean {
  return initializer === undefined || ts.isAwaitExpression(initializer);
}

/** Whether the function awaits something between two places. */
function waitsBetween(from: ts.Node, to: ts.Node): boolean {
  const scope = functionAround(to);
  let waits = false;
  const visit = (node: ts.Node): void => {
    const isWait =
      ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
    const isBetween = node.pos >= from.end && node.getStart() < to.pos && !contains(node, to);
    if (isWait && isBetween && functionAround(node) === scope && !hears(node, to.getText())) waits = true;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(scope, visit);
  return waits;
}

function contains(node: ts.Node, other: ts.Node): boolean {
  return node.pos <= other.pos && other.end <= node.end;
}

/** Whether it is this promise that is awaited. */
function hears(node: ts.Node, name: string): boolean {
  let found = false;
  const visit = (part: ts.Node): void => {
    if (ts.isIdentifier(part) && part.text === name) found = true;
    ts.forEachChild(part, visit);
  };
  visit(node);
  return found;
}

function functionAround(node: ts.Node): ts.Node {
  let around = node.parent;
  while (!ts.isFunctionLike(around) && !ts.isSourceFile(around)) around = around.parent;
  return around;
}
