import type { ExitReason } from '../../terms/exit-reason';
import type { LocalProcess } from '../../process/local-process';

/** Fires when a process ends, or at once if it has. */
export function abortOf(process: LocalProcess): AbortController {
  const abort = new AbortController();
  const fire = (reason: ExitReason): void => {
    abort.abort(reason);
  };
  if (process.hasEnded) fire(process.exitReason);
  else process.onEnd(fire);
  return abort;
}
