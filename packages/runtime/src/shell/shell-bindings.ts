import { systemModules } from '../rpc/system-modules';
import { nodeModule } from './node-module';
import { mailboxWords, processWords } from './process-words';
import { publicWords } from './public-words';
import type { ShellProcess } from './shell-process';
import { shellRpc } from './shell-rpc';

/** Names at the prompt and what they stand for. */
export type Bindings = Record<string, unknown>;

/** What the bindings need of the shell they are typed into. */
export interface ShellFront {
  /** Prints a value on a line of its own. */
  print(value: unknown): void;
  /** Closes the shell. */
  leave(): void;
}

/** Everything that has a name at the prompt before a preload file adds to it. */
export function shellBindings(shell: ShellProcess, front: ShellFront): Bindings {
  const { node } = shell;
  return {
    ...publicWords,
    ...processWords(shell),
    ...mailboxWords(shell, (value) => {
      front.print(value);
    }),
    Node: nodeModule(shell),
    System: systemModules(node).System,
    node,
    rpc: shellRpc(shell),
    exit: (...reason: [reason?: unknown]) =>
      reason.length === 0 ? front.leave() : shell.self.exit(reason[0]),
  };
}

/** What there is to type, for people: the names of the bindings by where they come from. */
export function describeWords(bindings: Bindings, preloaded: Bindings): string {
  const fromPackage = Object.keys(bindings).filter((name) => name in publicWords);
  const own = Object.keys(bindings).filter((name) => !(name in publicWords));
  const groups: [string, string[]][] = [
    ['the shell', own.toSorted()],
    ['Node', Object.keys(bindings['Node'] as object).map((name) => `Node.${name}`)],
    ['the package', fromPackage.toSorted()],
    ['the preload file', Object.keys(preloaded).toSorted()],
  ];
  return groups
    .filter(([, names]) => names.length > 0)
    .map(([from, names]) => `${from}: ${names.join(' ')}`)
    .join('\n\n');
}

/**
 * Puts bindings into the global scope, where the prompt and DevTools find them.
 * @returns puts back what was there before
 */
export function bindGlobally(global: object, bindings: Bindings): () => void {
  const before = Object.getOwnPropertyDescriptors<Bindings>(global as Bindings);
  for (const [name, value] of Object.entries(bindings)) {
    // Not a constant: whoever types may use the name for something else.
    Object.defineProperty(global, name, { value, configurable: true, enumerable: true, writable: true });
  }
  return () => {
    for (const name of Object.keys(bindings)) {
      const property = before[name];
      if (property === undefined) Reflect.deleteProperty(global, name);
      else Object.defineProperty(global, name, property);
    }
  };
}
