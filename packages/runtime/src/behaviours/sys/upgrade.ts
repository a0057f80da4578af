import { BadArgumentError, NoProcessError, ServerExitError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import type { Pid } from '../../terms/pid';
import type { LocalProcess } from '../../process/local-process';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { ServerClass } from '../../node/spawn/launch';
import type { LocalNode } from '../../node/local-node';
import type { Node } from '../../node/node';
import type { Verbs } from '../../node/verbs/verbs';
import {
  changeCodeSchema,
  checkServerClass,
  requestChange,
  type ChangeCodeOptions,
  type Changed,
} from './change-code';
import { unobserved } from './observed-server';
import { embodiedBy } from '../gen-server/server-instance';
import { servedBy } from '../gen-server/served-process';
import { askServer } from './ask-server';

/**
 * Loads a new version of a class into a node. Every server of the old class becomes one of the new class: all are
 * suspended, all change (see `changeCode`), all go on. Servers of the old class that start from now on (a supervisor
 * restarts one, say) are of the new class. If one of them fails to change, or takes too long, all are as they were, and
 * so is what is started. Upgrades of a node happen one after another. OTP: the release handler's `{update, Module, {advanced, Extra}}`.
 * @param on the node, or a process of it, which must be no server of the class itself
 * @param options.timeoutMs milliseconds for each step of each server, default 5,000
 * @returns the servers that have changed
 * @throws CodeChangeError that names the first server which failed to change; CallTimeoutError if one took too long
 * @throws BadArgumentError if an argument is wrong, or a server of the class itself asks: nothing has changed
 */
export async function upgrade(
  on: Verbs,
  OldClass: ServerClass<unknown>,
  NewClass: ServerClass<unknown>,
  options: ChangeCodeOptions = {},
): Promise<Pid[]> {
  const { local, starter } = BaseVerbs.launcherOf('upgrade', on, false);
  for (const Class of [OldClass, NewClass]) checkServerClass('upgrade', Class);
  checkOptions('upgrade', changeCodeSchema, options);
  return local.attachments
    .get(UpgradeQueue)
    .perform(() => upgradeAll(local, OldClass, NewClass, options, starter));
}

/** The upgrades of a node: one at a time, because each takes back what it has loaded if it fails. */
class UpgradeQueue {
  private last: Promise<unknown> = Promise.resolve();

  perform(upgrade: () => Promise<Pid[]>): Promise<Pid[]> {
    const result = this.last.then(upgrade);
    this.last = result.catch(() => undefined);
    return result;
  }
}

async function upgradeAll(
  local: LocalNode,
  OldClass: ServerClass<unknown>,
  NewClass: ServerClass<unknown>,
  options: ChangeCodeOptions,
  starter: LocalProcess | null,
): Promise<Pid[]> {
  const servers = serversOf(local, OldClass);
  if (servers.some(({ pid }) => pid === starter?.pid))
    throw new BadArgumentError({
      call: 'upgrade',
      expected: 'to be called by another process',
      got: starter?.pid,
    });
  const unload = local.code.load(OldClass, NewClass);
  try {
    return await new Upgrade(local.node, NewClass, options).perform(servers);
  } catch (error) {
    unload();
    throw error;
  }
}

interface Server {
  readonly pid: Pid;
  /** Whether somebody else has suspended it, and will resume it. */
  readonly isSuspended: boolean;
}

function serversOf(local: LocalNode, Class: unknown): Server[] {
  return [...local.table.all()].flatMap((process) => {
    const found = servedBy(process);
    if (found === undefined || embodiedBy(unobserved(found.served.server)).instance.constructor !== Class)
      return [];
    return [{ pid: process.pid, isSuspended: found.isSuspended }];
  });
}

/** The steps of an upgrade, each for all servers before the next one; those that have ended need none. */
class Upgrade {
  private readonly changed: Changed[] = [];

  constructor(
    private readonly node: Node,
    private readonly NewClass: ServerClass<unknown>,
    private readonly options: ChangeCodeOptions,
  ) {}

  async perform(servers: readonly Server[]): Promise<Pid[]> {
    const running = servers.filter(({ isSuspended }) => !isSuspended);
    try {
      await forEach(running, ({ pid }) => this.ask(pid, '$suspend'));
      await forEach(servers, ({ pid }) => this.change(pid));
      await forEach(running, ({ pid }) => this.ask(pid, '$resume'));
      return this.changed.map(({ pid }) => pid);
    } catch (error) {
      for (const { undo } of this.changed) undo();
      // One of them may be busy for long: it goes on when it has seen both requests.
      for (const { pid } of running) void this.ask(pid, '$resume').catch(() => undefined);
      throw error;
    }
  }

  private async ask(pid: Pid, type: '$suspend' | '$resume'): Promise<void> {
    const { timeoutMs } = this.options;
    await askServer(this.node, pid, { type }, timeoutMs === undefined ? {} : { timeoutMs });
  }

  private async change(pid: Pid): Promise<void> {
    this.changed.push(await requestChange('upgrade', this.node, pid, this.NewClass, this.options));
  }
}

/** @throws what the first of them failed with that has not merely ended, when all are done */
async function forEach(servers: readonly Server[], step: (server: Server) => Promise<void>): Promise<void> {
  for (const result of await Promise.allSettled(servers.map(step))) {
    if (result.status === 'rejected' && !hasEnded(result.reason)) throw result.reason;
  }
}

function hasEnded(error: unknown): boolean {
  return error instanceof NoProcessError || error instanceof ServerExitError;
}
