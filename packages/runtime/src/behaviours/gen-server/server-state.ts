import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { SystemEvent } from '../../terms/system-event';

/** Tells the state of a server whose fields are not its state. */
export const readState = Symbol('readState');
/** Replaces the state of such a server. */
export const writeState = Symbol('writeState');

/** A server as one who looks at its state sees it. */
export interface StateHolder {
  [readState]?(): unknown;
  [writeState]?(state: unknown): void;
}

/** What tools and crash reports show of a server, for the server to redact. OTP: `gen_server:format_status()`. */
export interface ServerStatus {
  readonly state: unknown;
  /** What it handled last; in crash reports. */
  readonly lastMessage?: unknown;
  /** The last events, if `sys.log` keeps them. */
  readonly log?: readonly SystemEvent[];
  /** Why it ends; in crash reports. */
  readonly reason?: ExitReason;
}

/** A server's state: its own fields, without the process it runs in, unless it says otherwise. */
export function stateOf(server: StateHolder): unknown {
  if (server[readState] !== undefined) return server[readState]();
  return fieldsOf(server);
}

/** A server's own fields, without the process it runs in. */
export function fieldsOf(server: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(server).filter(([name]) => name !== 'self'));
}

/**
 * Replaces a server's state: its fields are then those of `state`, and no others.
 * @throws BadArgumentError if that cannot be its state
 */
export function replaceStateOf(server: StateHolder, state: unknown): void {
  if (server[writeState] !== undefined) {
    server[writeState](state);
    return;
  }
  if (server[readState] !== undefined || typeof state !== 'object' || state === null) {
    const expected =
      server[readState] === undefined ? 'an object: the fields' : 'a state that can be replaced';
    throw new BadArgumentError({ call: 'replaceState', expected, got: state });
  }
  for (const name of Object.keys(server)) {
    if (name !== 'self' && !(name in state)) Reflect.deleteProperty(server, name);
  }
  Object.assign(server, { ...state, self: (server as { self?: unknown }).self });
}

/** What may be shown of a server: what it makes of its status. If it fails at that nothing of its state is shown. */
export function shownStatus(
  server: { formatStatus(status: ServerStatus): ServerStatus },
  status: ServerStatus,
): ServerStatus {
  try {
    const shown: unknown = server.formatStatus(status);
    if (typeof shown === 'object' && shown !== null) return shown as ServerStatus;
  } catch {
    // It shows nothing, as one that returns no status.
  }
  const { lastMessage: _, log: __, ...rest } = status;
  return { ...rest, state: 'formatStatus raised an error' };
}
