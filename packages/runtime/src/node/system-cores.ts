import { availableParallelism } from 'node:os';

/** How many things this machine does at once. OTP: `erlang:system_info(schedulers_online)`. */
export function systemCores(): number {
  return availableParallelism();
}
