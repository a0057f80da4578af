/** A timer of a clock. */
export interface ClockTimer {
  /** Stops the timer; without effect once it has fired. */
  cancel(): void;
}

/** The time a node lives by: real, or virtual under test. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes back. */
  now(): number;
  /** Milliseconds since 1970, for log lines. */
  wallTime(): number;
  /** Runs `callback` once, `delayMs` from now (0 to 2^31 - 1). */
  setTimer(callback: () => void, delayMs: number): ClockTimer;
  /** Runs `callback` once the event loop has had a turn: what came from sockets and timers meanwhile goes first. */
  nextTurn(callback: () => void): void;
}

/** The chance a node lives by: the platform's, or seeded under test. */
export interface Random {
  /** A number in [0, 1). For jitter. */
  float(): number;
  /** Unpredictable bytes. For nonces, cookies and creations. */
  bytes(length: number): Uint8Array;
}
