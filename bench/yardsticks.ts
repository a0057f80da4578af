/** What others reach in the same figure, on a machine of two cores. */
export interface Yardstick {
  /** Erlang/OTP 25 with Elixir 1.14, the better of one and two schedulers; measured on 2026-11-20. */
  readonly otp?: number;
  /** The best JavaScript library, measured on the same day. */
  readonly peer?: { readonly name: string; readonly value: number };
}

/** By the name of the figure. */
export const yardsticks: Readonly<Record<string, Yardstick>> = {
  'local call, one caller': { otp: 923_945, peer: { name: 'xstate', value: 5_370_000 } },
  'local call, 1,000 callers': { otp: 1_704_569, peer: { name: 'xstate', value: 5_210_000 } },
  'casts to one server, a burst of 1 M': { otp: 9_292_225, peer: { name: 'effect', value: 8_410_000 } },
  'Registry.lookup': { otp: 13_784_084 },
  'ping-pong by receive, round trips': { otp: 2_059_784 },
  'spawn 100,000 that end at once': { otp: 1_908_573, peer: { name: 'nact', value: 527_000 } },
  'spawn + monitor + exit + DOWN, cycles': { otp: 1_000_829 },
  'spawnLink + exit + trapped EXIT, cycles': { otp: 957_424 },
  'ring of 1,000 processes, passes': { otp: 4_184_863 },
  'skynet, a million leaves': { otp: 2_532 },
  'sendAfter + cancelTimer': { otp: 4_941_779 },
  '100,000 timers over one second, lateness, median': { otp: 0.6 },
  '100,000 timers over one second, lateness, 99th percentile': { otp: 1.19 },
  '100,000 timers over one second, lateness, largest': { otp: 4.4 },
  'selective receive behind 10,000 unmatched messages': { otp: 29.7 },
  'supervisor restarts in bursts of 1,000': { otp: 101_330 },
  'supervisor restarts in bursts of 10,000': { otp: 13_314 },
  'supervisor restarts in bursts of 50,000': { otp: 7_643 },
  'an idle GenServer, 1,000,000 of them': { otp: 2_650, peer: { name: 'nact', value: 1_160 } },
  'start 1,000,000 GenServers, one after another': { otp: 299_641 },
  'remote call, one caller': { otp: 15_634, peer: { name: 'socket.io', value: 21_100 } },
  'remote call, 100 callers': { otp: 70_662, peer: { name: 'comedy', value: 256_000 } },
  'remote call, 1,000 callers': { otp: 69_309, peer: { name: 'comedy', value: 262_000 } },
  'remote casts of 64 bytes': { otp: 361_761 },
  'kill -9 of a node to nodedown': { otp: 3.4 },
};

/** What a figure of a peer that was measured in this run stands beside. */
const asks: Readonly<Record<string, string>> = {
  'ask, one caller': 'local call, one caller',
  'ask, 1,000 callers': 'local call, 1,000 callers',
};

/** The yardsticks, with the best of the peers that were measured in this run in place of those of the past. */
export function withMeasuredPeers(
  figures: readonly { readonly figure: string; readonly value: number }[],
): Readonly<Record<string, Yardstick>> {
  const result: Record<string, Yardstick> = { ...yardsticks };
  const measured = new Map<string, { readonly name: string; readonly value: number }>();
  for (const { figure, value } of figures) {
    const [name = '', ask = ''] = figure.split(': ');
    const beside = asks[ask];
    if (beside !== undefined && value > (measured.get(beside)?.value ?? 0))
      measured.set(beside, { name, value });
  }
  for (const [figure, peer] of measured) result[figure] = { ...result[figure], peer };
  return result;
}
