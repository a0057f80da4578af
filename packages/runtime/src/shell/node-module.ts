import type { SetCookieOptions } from '../node/cookie-options';
import type { NodeListKind } from '../node/distribution';
import type { Body } from '../node/node';
import { BadArgumentError } from '../terms/errors';
import { noNode, type NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import type { ShellProcess } from './shell-process';

/** What `Node` is at the prompt: Elixir's module of that name. */
export function nodeModule(shell: ShellProcess) {
  const { node } = shell;
  return {
    self: (): NodeName => node.name,
    alive: (): boolean => node.name !== noNode,
    list: (kind?: NodeListKind): NodeName[] => node.list(kind),
    connect: (name: NodeName): Promise<boolean> => node.connect(name),
    disconnect: (name: NodeName): Promise<boolean> => node.disconnect(name),
    ping: (name: NodeName): Promise<'pong' | 'pang'> => node.ping(name),
    getCookie: (name?: NodeName): string | undefined => node.getCookie(name),
    setCookie: (cookie: string, options?: SetCookieOptions): void => node.setCookie(cookie, options),
    spawn: (...target: SpawnTarget): Pid | Promise<Pid> => spawnOn(shell, target),
    stop: (): Promise<void> => node.stop(),
  };
}

/** A function for this node, or a node and a function it exposes. */
type SpawnTarget =
  [body: Body<unknown>] | [node: NodeName, module: unknown, fn?: string, args?: readonly unknown[]];

function spawnOn(shell: ShellProcess, target: SpawnTarget): Pid | Promise<Pid> {
  const [node, module, fn = '', args = []] = target;
  if (typeof node === 'function') return shell.self.spawn(node);
  if (typeof module === 'string') return shell.node.spawnOn(node, module, fn, args);
  if (node === shell.node.name) return shell.self.spawn(module as Body<unknown>);
  throw new BadArgumentError({
    call: `Node.spawn('${node}')`,
    expected: 'the names of a module and a function that are exposed there (code does not travel)',
    got: module,
  });
}
