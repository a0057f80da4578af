import { cores } from '#platform/program';

/** How many things this machine does at once. OTP: `erlang:system_info(schedulers_online)`. */
export function systemCores(): number {
  return cores();
}
