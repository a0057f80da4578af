import type { SetCookieOptions } from '../node/options/cookie-options';
import type { NodeListKind } from '../node/distribution';
import type { Body } from '../node/node';
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
    connect: (name: NodeName): Promise<boolean | 'ignored'> =>
      node.name === noNode ? Promise.resolve('ignored') : node.connect(name),
    disconnect: (name: NodeName): Promise<boolean> => node.disconnect(name),
    ping: (name: NodeName): Promise<'pong' | 'pang'> => node.ping(name),
    getCookie: (name?: NodeName): string | undefined => node.getCookie(name),
    setCookie: (cookie: string, options?: SetCookieOptions): void => node.setCookie(cookie, options),
    spawn: (...target: Target): Pid | Promise<Pid> => {
      const body = bodyHere(node.name, target);
      return body === undefined ? shell.self.spawnOn(...there(target)) : shell.self.spawn(body);
    },
    spawnLink: (...target: Target): Pid | Promise<Pid> => {
      const body = bodyHere(node.name, target);
      return body === undefined ? shell.self.spawnLinkOn(...there(target)) : shell.self.spawnLink(body);
    },
    spawnMonitor: (...target: Target): unknown => {
      const body = bodyHere(node.name, target);
      return body === undefined ? shell.self.spawnMonitorOn(...there(target)) : shell.self.spawnMonitor(body);
    },
    stop: (): Promise<void> => node.stop(),
  };
}

/** A function for this node; or a node, and a function or the names of one that it exposes. */
type Target = [body: Body<unknown>] | [node: NodeName, body: Body<unknown>] | ThereTarget;
type ThereTarget = [node: NodeName, module: string, fn: string, args?: readonly unknown[]];

/** The function to execute on this node, if it is that. */
function bodyHere(self: NodeName, [first, second, ...more]: Target): Body<unknown> | undefined {
  if (typeof first === 'function') return first;
  return first === self && typeof second === 'function' && more.length === 0 ? second : undefined;
}

/** At the prompt nothing is typed: a function may stand in place of the names. */
function there(target: Target): ThereTarget {
  return target as ThereTarget;
}
