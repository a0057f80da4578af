/** How often in a `netTickMs` a connection looks for signs of life. OTP: a quarter of `net_ticktime`. */
export const ticksPerPeriod = 4;

/** How many looks in a row found nothing. */
export interface NetTickState {
  readonly silent: number;
}

/** What happened on a connection since the last look. */
export interface NetTickEvent {
  readonly received: boolean;
  readonly sent: boolean;
}

export type NetTickEffect = 'sendTick' | 'peerIsDead';

/** The state of a connection that is just up. */
export const firstNetTickState: NetTickState = { silent: 0 };

/**
 * One look, a quarter of the period after the one before. A peer that was silent for four of them is dead: between
 * 100 and 125 % of the period after its last sign of life. A side that sent nothing, or heard nothing, sends a tick, and
 * every tick is answered; so two nodes with different periods keep each other alive.
 */
export function netTickStep(
  state: NetTickState,
  event: NetTickEvent,
): { readonly state: NetTickState; readonly effect: NetTickEffect | undefined } {
  const silent = event.received ? 0 : state.silent + 1;
  if (silent >= ticksPerPeriod) return { state: { silent }, effect: 'peerIsDead' };
  return { state: { silent }, effect: event.received && event.sent ? undefined : 'sendTick' };
}
