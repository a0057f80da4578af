/** What a node needs to say of its pulse. */
export interface PulseOpening {
  /** The address to listen on; without it, every one the machine has. */
  readonly host: string | undefined;
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
  readonly self: PulseOwner;
  /** How often the event loop beats if it is not blocked. */
  readonly beatMs: number;
  /** What those prove to know who may ask. */
  readonly secrets: readonly string[];
  /** It has ended without being closed. It is closed then. */
  readonly onEnd: (problem: string) => void;
}

/** Whose pulse it is: a node, in one life. */
export interface PulseOwner {
  readonly name: string;
  readonly creation: number;
}

/** The pulse of a node that is open: it answers, beside the event loop, for how long that has not turned. */
export interface Pulse {
  /** Where it listens. */
  readonly port: number;
  /** The event loop has turned. */
  beat(): void;
  /** From now on those may ask who prove to know one of these. */
  accept(secrets: readonly string[]): void;
  /** Nothing is left of it when it is done. */
  close(): Promise<void>;
}

/** A question to the pulse of another node. */
export interface PulseQuestion {
  readonly host: string;
  readonly port: number;
  readonly owner: PulseOwner;
  /** One of them the pulse accepts. */
  readonly secrets: readonly string[];
  /** Gives up, when it fires. */
  readonly signal: AbortSignal;
}

/** What a pulse answers. */
export interface PulseAnswer {
  /** For how many milliseconds, at least, the event loop has been blocked: how late its beat is. */
  readonly blockedMs: number;
  /** How often it has beaten so far. */
  readonly beats: number;
}

/** Asks the pulse of a peer; `undefined` if nobody answers in time. */
export type AskPulse = (timeoutMs: number) => Promise<PulseAnswer | undefined>;

/** How nodes find out whether a node lives whose event loop is blocked. A transport may have one. */
export interface PulseLine {
  /** @throws Error if it cannot be started, or cannot listen there */
  open(opening: PulseOpening): Promise<Pulse>;
  /** How the event loop of a node does; `undefined` if no pulse of it answers. Never rejects. */
  ask(question: PulseQuestion): Promise<PulseAnswer | undefined>;
}
