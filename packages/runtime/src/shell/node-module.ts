import type { SetCookieOptions } from '../node/cookie-options';
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
    connect: (name: NodeName): Promise<boolean> => node.connect(name),
    disconnect: (name: NodeName): Promise<boolean> => node.disconnect(name),
    ping: (name: NodeName): Promise<'pong' | 'pang'> => node.ping(name),
    getCookie: (name?: NodeName): string | undefined => node.getCookie(name),
    setCookie: (cookie: string, options?: SetCookieOptions): void => node.setCookie(cookie, options),
    spawn: (...target: Target): Pid | Promise<Pid> =>
      isBody(target) ? shell.self.spawn(...target) : shell.self.spawnOn(...on(target)),
    spawnLink: (...target: Target): Pid | Promise<Pid> =>
      isBody(target) ? shell.self.spawnLink(...target) : shell.self.spawnLinkOn(...on(target)),
    spawnMonitor: (...target: Target): unknown =>
      isBody(target) ? shell.self.spawnMonitor(...target) : shell.self.spawnMonitorOn(...on(target)),
    stop: (): Promise<void> => node.stop(),
  };
}

type HereTarget = [body: Body<unknown>];
/** A node, and a function or the names of one that it exposes. */
type ThereTarget = [node: NodeName, module: string, fn: string, args?: readonly unknown[]];
type Target = HereTarget | ThereTarget;

function isBody(target: Target): target is HereTarget {
  return typeof target[0] === 'function';
}

/** At the prompt nothing is typed: a function may stand in place of the names. */
function on(target: ThereTarget): ThereTarget {
  return target;
}
