import type { Body } from '../node/node';
import type { ReceiveOptions } from '../node/verbs/received';
import type { MonitorOptions } from '../node/monitors/monitor-options';
import type { DrainOptions } from '../node/options/drain-options';
import type { ProcessItem } from '../node/process-info';
import type { SpawnOptions } from '../node/spawn/spawn-options';
import { patienceOf, wantedOf } from '../node/options/receive-options';
import type { Alias, AliasKind } from '../terms/alias';
import type { Address, LocalName, ServerRef } from '../terms/address';
import { isTaggedDownOf } from '../terms/message';
import type { NodeName } from '../terms/node-name';
import { isPid, nodeOfPid, type Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { CallOptions } from '../node/verbs/verbs';
import type { ShellProcess } from './shell-process';

type Name = string | LocalName<unknown>;
/** At the prompt nothing is typed: a function, and its arguments, may stand in place of the names. */
type Remote = [node: NodeName, module: string, fn: string, args?: readonly unknown[], options?: SpawnOptions];
/** Any server, any request: at the prompt nothing is typed. */
type Server = ServerRef<unknown>;

/** What a process can do, at the prompt. Verbs without a result say `'ok'` there, as in Elixir. */
export function processWords(shell: ShellProcess) {
  return {
    self: (): Pid => shell.self.pid,
    send: (to: Address, message: unknown) => ok(() => shell.self.send(to, message)),
    call: (server: Server, request: unknown, options?: CallOptions): Promise<unknown> =>
      shell.unlessGivenUp(shell.self.call<unknown, never>(server, request as never, options)),
    cast: (server: Server, request: unknown) => ok(() => shell.self.cast(server, request as never)),
    spawn: (body: Body<unknown>) => shell.self.spawn(body),
    spawnLink: (body: Body<unknown>) => shell.self.spawnLink(body),
    spawnMonitor: (body: Body<unknown>) => shell.self.spawnMonitor(body),
    ...remoteWords(shell),
    link: (pid: Pid) => ok(() => shell.self.link(pid)),
    unlink: (pid: Pid) => ok(() => shell.self.unlink(pid)),
    monitor: (target: Address, options?: MonitorOptions) => shell.self.monitor(target, options),
    alias: (kind?: AliasKind) => shell.self.alias(kind),
    unalias: (alias: Alias) => shell.self.unalias(alias),
    trapExit: (flag: boolean) => shell.self.trapExit(flag),
    exitSignal: (to: Address, reason: unknown) => ok(() => shell.self.exitSignal(to, reason)),
    sendAfter: (to: Address, message: unknown, delayMs: number) => shell.self.sendAfter(to, message, delayMs),
    startTimer: (to: Address, message: unknown, delayMs: number) =>
      shell.self.startTimer(to, message, delayMs),
    cancelTimer: (timer: Ref) => shell.self.cancelTimer(timer),
    readTimer: (timer: Ref) => shell.self.readTimer(timer),
    monitorNodes: (flag: boolean) => ok(() => shell.self.monitorNodes(flag)),
    register: (name: Name, pid?: Pid) => ok(() => shell.self.register(name, pid)),
    unregister: (name: Name) => ok(() => shell.self.unregister(name)),
    whereis: (name: Name) => shell.self.whereis(name),
    registered: () => shell.self.registered(),
    processes: () => shell.node.processes(),
    isAlive: (pid: Pid) => shell.node.isAlive(pid),
    /** Of any process, whichever node it is on. */
    processInfo: (pid: Pid, items?: readonly ProcessItem[]) => infoOf(shell, pid, items),
  };
}

/** What it can do on other nodes; a command that is given up waits for them no longer. */
function remoteWords(shell: ShellProcess) {
  return {
    spawnOn: (...target: Remote) => shell.unlessGivenUp(shell.self.spawnOn(...target)),
    spawnLinkOn: (...target: Remote) => shell.unlessGivenUp(shell.self.spawnLinkOn(...target)),
    spawnMonitorOn: (...target: Remote) => shell.unlessGivenUp(shell.self.spawnMonitorOn(...target)),
    /** Takes the node out of its cluster; it goes on alone. */
    drain: (options?: DrainOptions): Promise<boolean> => shell.unlessGivenUp(shell.node.drain(options)),
  };
}

/** What the shell does with its mailbox. */
export function mailboxWords(shell: ShellProcess, print: (value: unknown) => void) {
  return {
    /** Prints what is in the mailbox and empties it. */
    flush: async (): Promise<'ok'> => {
      const messages = await shell.whenArrived((mailbox) => mailbox.flush());
      for (const message of messages) print(message);
      return 'ok';
    },
    /** As `self.receive` in a process. */
    receive: (type?: string | readonly string[], options?: ReceiveOptions<never>) => {
      const wanted = wantedOf(type, options);
      const afterMs = patienceOf(options);
      return shell.whenArrived((mailbox) => mailbox.take(wanted, afterMs));
    },
    /** As `self.demonitor`; what has arrived is the shell's to drop. */
    demonitor: async (ref: Ref, options: { readonly flush?: boolean } = {}): Promise<'ok'> => {
      shell.self.demonitor(ref, options);
      if (options.flush !== true) return 'ok';
      return shell.whenArrived((mailbox) =>
        ok(() => mailbox.drop((message) => isTaggedDownOf(ref, message))),
      );
    },
  };
}

function infoOf(shell: ShellProcess, pid: Pid, items?: readonly ProcessItem[]): unknown {
  const { node } = shell;
  if (isPid(pid) && nodeOfPid(pid) !== node.name) {
    const asked = items === undefined ? [pid] : [pid, items];
    return shell.unlessGivenUp(node.rpc.call(nodeOfPid(pid), 'Node', 'processInfo', asked));
  }
  return items === undefined ? node.processInfo(pid) : node.processInfo(pid, items);
}

function ok(act: () => unknown): 'ok' {
  act();
  return 'ok';
}
