import type { ExitReason } from '../terms/exit-reason';
import type { LocalProcess } from '../process/local-process';
import type { NodeLog } from '../node/logger';

/** Logs that a server ended for a reason that is none of order, with what it was doing. OTP: its error report. */
export function reportTermination(
  log: NodeLog,
  process: LocalProcess,
  server: object,
  about: { readonly reason: ExitReason; readonly lastMessage?: unknown },
): void {
  const name = process.name ?? process.label;
  const who = name === null ? process.pid : `'${name}' ${process.pid}`;
  log.error(`GenServer ${server.constructor.name} ${who} terminating`, {
    ...about,
    state: stateOf(server),
  });
}

/** A server's state: its own fields, without the process it runs in. */
function stateOf(server: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(server).filter(([name]) => name !== 'self'));
}
