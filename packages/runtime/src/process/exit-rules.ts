import type { ExitReason } from '../terms/exit-reason';
import type { Exit } from '../terms/message';
import type { Pid } from '../terms/pid';

/** An exit signal as it reaches a process. */
export interface ArrivedExit {
  readonly from: Pid;
  readonly reason: ExitReason;
  /** Whether it came along a link, because `from` ended, or was sent on purpose. */
  readonly viaLink: boolean;
}

/** What an exit signal does to its receiver. */
export type ExitEffect =
  | { readonly effect: 'ignore' }
  | { readonly effect: 'message'; readonly message: Exit }
  | { readonly effect: 'end'; readonly reason: ExitReason };

/**
 * OTP's rules for an exit signal:
 * - `'kill'` sent on purpose ends the receiver whatever it traps, with `'killed'`;
 * - a process that traps exits gets every other signal as a message;
 * - `'normal'` is ignored, unless a process sent it to itself;
 * - anything else ends the receiver with that reason. (`'kill'` along a link is such a reason.)
 */
export function exitEffect(
  exit: ArrivedExit,
  receiver: { readonly pid: Pid; readonly trapsExits: boolean },
): ExitEffect {
  if (exit.reason === 'kill' && !exit.viaLink) return { effect: 'end', reason: 'killed' };
  if (receiver.trapsExits) {
    return { effect: 'message', message: { type: 'EXIT', from: exit.from, reason: exit.reason } };
  }
  if (exit.reason === 'normal' && (exit.viaLink || exit.from !== receiver.pid)) return { effect: 'ignore' };
  return { effect: 'end', reason: exit.reason };
}
