import { nodeOfDestination, type Address } from '../../terms/address';
import { checkDuration, isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import type { ExitReason } from '../../terms/exit-reason';
import type { Ref } from '../../terms/ref';
import type { LocalProcess } from '../../process/local-process';
import { BaseVerbs } from './base-verbs';
import { sendNow } from '../signals/delayed-send';
import { passMessage } from '../signals/isolating-router';
import type { LocalNode } from '../local-node';
import type { Body, Node, Self } from '../node';

/**
 * Sends a message every so many milliseconds, for as long as the process lives that has the address now; not at all if
 * there is none. To another node it is sent for as long as `on` lives. OTP: `timer:send_interval/3`.
 * @param everyMs milliseconds, more than 0
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError. What cannot travel is not sent, and that is logged each time
 */
function sendInterval(on: Node | Self, to: Address, message: unknown, everyMs: number): Ref {
  const call = 'timer.sendInterval';
  const { local, owner } = actingFor(call, on);
  const isHere = nodeOfDestination(local.router.destinationOf(call, to)) === local.name;
  const receiver = local.router.find(to);
  checkInterval(call, everyMs);
  if (isHere && receiver === undefined) return local.refs.next();
  const passed = passMessage(local.isolation, message, 'message');
  return local.timers.repeat(
    everyMs,
    (goOn) => {
      sendNow(local, to, passed);
      goOn();
    },
    isHere ? (receiver ?? null) : owner,
  );
}

/**
 * Starts a process after a delay, which executes a function, though `on` has ended by then. OTP:
 * `timer:apply_after/2`.
 * @param delayMs milliseconds, 0 or more; `Infinity` is never
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError
 */
function applyAfter(on: Node | Self, fn: Body<unknown>, delayMs: number): Ref {
  const call = 'timer.applyAfter';
  const { local } = actingFor(call, on);
  checkFunction(call, fn);
  return later(call, local, delayMs, () => local.node.spawn(fn));
}

/**
 * Starts a process every so many milliseconds, which executes a function, whether the one before is done or not. It ends
 * with `on`, if that is a process. OTP: `timer:apply_interval/2`.
 * @param everyMs milliseconds, more than 0
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError
 */
function applyInterval(on: Node | Self, fn: Body<unknown>, everyMs: number): Ref {
  return applyEvery('timer.applyInterval', on, fn, everyMs, (_, goOn) => {
    goOn();
  });
}

/**
 * As `applyInterval`, one process after another: one that takes longer than `everyMs` is followed by the next at once.
 * OTP: `timer:apply_repeatedly/2`.
 * @param everyMs milliseconds, more than 0
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError
 */
function applyRepeatedly(on: Node | Self, fn: Body<unknown>, everyMs: number): Ref {
  return applyEvery('timer.applyRepeatedly', on, fn, everyMs, (process, goOn) => {
    process?.onEnd(goOn);
  });
}

/** @param started gets each process, and what lets the next one be started */
function applyEvery(
  call: string,
  on: Node | Self,
  fn: Body<unknown>,
  everyMs: number,
  started: (process: LocalProcess | undefined, goOn: () => void) => void,
): Ref {
  const { local, owner } = actingFor(call, on);
  checkFunction(call, fn);
  checkInterval(call, everyMs);
  return local.timers.repeat(
    everyMs,
    (goOn) => {
      started(local.table.get(local.node.spawn(fn)), goOn);
    },
    owner,
  );
}

/**
 * Sends an exit signal after a delay, though `on` has ended by then. OTP: `timer:exit_after/3`.
 * @param delayMs milliseconds, 0 or more; `Infinity` is never
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError
 */
function exitAfter(on: Node | Self, to: Address, reason: ExitReason, delayMs: number): Ref {
  return exitLater('timer.exitAfter', on, to, reason, delayMs);
}

/**
 * Kills a process after a delay, as `exitAfter` with `'kill'`. OTP: `timer:kill_after/2`.
 * @param delayMs milliseconds, 0 or more; `Infinity` is never
 * @returns what `cancelTimer` takes
 * @throws BadArgumentError
 */
function killAfter(on: Node | Self, to: Address, delayMs: number): Ref {
  return exitLater('timer.killAfter', on, to, 'kill', delayMs);
}

/**
 * Waits. Never returns if `on` is a process and has ended by then. OTP: `timer:sleep/1`.
 * @param delayMs milliseconds, 0 or more; `Infinity` is for ever
 * @throws BadArgumentError
 */
function sleep(on: Node | Self, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const { local, owner } = actingFor('timer.sleep', on);
    later('timer.sleep', local, delayMs, resolve, owner);
  });
}

function exitLater(call: string, on: Node | Self, to: Address, reason: ExitReason, delayMs: number): Ref {
  const { local } = actingFor(call, on);
  local.router.destinationOf(call, to);
  return later(call, local, delayMs, () => {
    const destination = local.router.destinationOf(call, to);
    // It is not the process itself that exits: as from any other, `'normal'` from a timer ends nobody.
    const from = destination === on.pid ? local.gen.pid : on.pid;
    local.router.route({ kind: 'exit', from, to: destination, reason });
  });
}

function later(
  call: string,
  local: LocalNode,
  delayMs: number,
  callback: () => void,
  owner: LocalProcess | null = null,
): Ref {
  checkDuration(call, 'delayMs', delayMs);
  return local.timers.start(delayMs, callback, owner);
}

/** An interval of 0 would leave time for nothing else. */
function checkInterval(call: string, everyMs: unknown): void {
  if (isDuration(everyMs) && everyMs > 0) return;
  throw new BadArgumentError({ call, expected: 'everyMs in milliseconds (more than 0)', got: everyMs });
}

function actingFor(
  call: string,
  on: Node | Self,
): { readonly local: LocalNode; readonly owner: LocalProcess | null } {
  const { local, starter } = BaseVerbs.launcherOf(call, on, false);
  return { local, owner: starter };
}

/**
 * What can be done after some time, and again and again, besides sending a message once (`sendAfter`): on behalf of a
 * process or a node (`on`). `cancelTimer` stops each of them but `sleep`. What is done once is done though `on` has
 * ended by then; what is done again and again ends with a process, as each function says. A wrong argument is refused
 * at once, with BadArgumentError. OTP: `timer`.
 */
export const timer = Object.freeze({
  sendInterval,
  applyAfter,
  applyInterval,
  applyRepeatedly,
  exitAfter,
  killAfter,
  sleep,
});
