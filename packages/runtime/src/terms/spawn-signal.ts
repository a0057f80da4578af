import type { RegisteredName } from './address';
import type { MailboxOptions } from './mailbox-options';
import type { Pid } from './pid';
import type { Ref } from './ref';

/** What a process on another node executes: an exposed function by its name, or a function as source. OTP: `M, F`. */
export type RemoteCode =
  | { readonly module: string; readonly fn: string }
  | { readonly source: string }
  /** A function of the node itself, which does not travel. */
  | { readonly here: (...args: never[]) => unknown };

/** Asks a node to start a process. OTP: `SPAWN_REQUEST`. */
export interface SpawnRequestSignal {
  readonly kind: 'spawnRequest';
  /** Names the request, and the monitor if there is to be one. */
  readonly ref: Ref;
  readonly from: Pid;
  /** The node that is asked, in the form of a receiver. */
  readonly to: RegisteredName;
  readonly code: RemoteCode;
  readonly args: readonly unknown[];
  readonly link: boolean;
  readonly monitor: boolean;
  readonly options: SpawnTraits;
}

/** The answer to a request to start a process. OTP: `SPAWN_REPLY`. */
export interface SpawnReplySignal {
  readonly kind: 'spawnReply';
  readonly ref: Ref;
  /** Who asked. */
  readonly to: Pid;
  /** The new process, linked to who asked and monitored by it as it was asked for; `null` if there is none. */
  readonly pid: Pid | null;
  readonly link: boolean;
  readonly monitor: boolean;
  /** Why there is none. */
  readonly problem: unknown;
}

/** What a new process is like. */
export interface SpawnTraits {
  readonly label?: string;
  readonly mailbox?: MailboxOptions;
}

/** The name that stands for a node itself where a signal needs a receiver: nobody can be registered as it. */
export const nodeItself = '<node>';

/** Why a request has no answer: there is no connection. No peer can say so of itself. */
export class Unanswered {
  /** @param mayHaveLeft false if there was no connection before, either */
  constructor(readonly mayHaveLeft: boolean) {}
}

/** What takes the place of an answer when the connection to the node that was asked is lost, or there is none. */
export function unansweredSpawn({ ref, from }: SpawnRequestSignal, mayHaveLeft: boolean): SpawnReplySignal {
  const problem = new Unanswered(mayHaveLeft);
  return { kind: 'spawnReply', ref, to: from, pid: null, link: false, monitor: false, problem };
}
