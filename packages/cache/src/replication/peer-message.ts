import type { NodeName, Pid } from '@trestle/runtime';
import type { StoredKey } from '../store/stored-key';

/** What servers of a cache tell each other about themselves when they meet. */
export interface Greeting {
  /** What must be the same on both sides, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How many entries it holds. */
  readonly entries: number;
  /** Until which stamp all is removed; 0 if nothing was lately. */
  readonly cleared: number;
  /** When it was started, by the wall clock of its node. */
  readonly bornAt: number;
  /** Who the members are, as it knows: who comes waits until it has met them. */
  readonly members: readonly NodeName[];
  /** Whether it answers one: then it says who of the two copies from the other. */
  readonly youPull?: boolean;
}

/**
 * What servers of a cache tell each other, as positional arrays: a label, who says it, the number of the exchange if the
 * other is to answer, and what it says. Records are flat lists, see `pushRecord`.
 */
export type PeerMessage =
  | readonly ['cache:hello', Pid, Greeting]
  /** The other's options differ, and it is the one to go. */
  | readonly ['cache:refused', Pid, string]
  | CopyMessage
  | SyncMessage;

/** What they tell each other of what is written and read. */
export type CopyMessage =
  | readonly ['cache:leaving', Pid]
  /** Much has come, and is being read: who waits for an answer to it should go on waiting. */
  | readonly ['cache:reading', Pid]
  /** All that was written until this stamp is removed. */
  | readonly ['cache:cleared', Pid, number]
  /** Records to keep. The number is 0 if nobody waits. */
  | readonly ['cache:copies', Pid, number, readonly unknown[]]
  /**
   * They are kept; but of some a newer version is known: the place of each in the list, and the stamp of that; 0 if there
   * is no room for it.
   */
  | readonly ['cache:copied', Pid, number, readonly number[]]
  | readonly ['cache:ask', Pid, number, readonly StoredKey[]]
  /**
   * As `cache:ask`; from the answer on only the other changes them, by what they are now. And whom it has met: who knows of
   * others says so.
   */
  | readonly ['cache:claim', Pid, number, readonly StoredKey[], readonly NodeName[]]
  /** Before the answer to a claim, if there is anything to say: which of the keys this one has claimed first, and whom the other has not met. */
  | readonly ['cache:claimed', Pid, readonly StoredKey[], readonly NodeName[]]
  /** What is known of them, in one part or more; whether this is the last. */
  | readonly ['cache:told', Pid, number, readonly unknown[], boolean];

/** What they tell each other when they compare what both own. */
export type SyncMessage =
  /** Asks the other to compare: what it has counted before may be out of date. */
  | readonly ['cache:compare', Pid]
  /** Until which stamp all is removed. */
  | readonly ['cache:digest', Pid, number, number]
  /** The digests of what both own; `null` while they are counted anew. How many entries there are. Until when all is removed. */
  | readonly ['cache:digested', Pid, number, Uint32Array | null, number, number]
  /**
   * Asks for what is newer in some slots than these versions: key, stamp and origin of each. Before which stamp its own
   * cannot be trusted, 0 if all can; and whether it has room for keys it does not have.
   */
  | readonly ['cache:pull', Pid, number, readonly number[], readonly unknown[], number, boolean]
  /** Records; the keys that the other is to send; those that it should not have; whether there is more in these slots. */
  | readonly [
      'cache:pulled',
      Pid,
      number,
      readonly unknown[],
      readonly StoredKey[],
      readonly StoredKey[],
      boolean,
    ]
  /** Records to keep if there is room: found when what both have was compared. */
  | readonly ['cache:give', Pid, readonly unknown[]];

/** Tells whether a message has come from the server of a cache. */
export function isPeerMessage(message: unknown): message is PeerMessage {
  return (
    Array.isArray(message) &&
    typeof message[0] === 'string' &&
    message[0].startsWith('cache:') &&
    typeof message[1] === 'string'
  );
}
