import type { LocalProcess } from '../../process/local-process';
import { GenServerLoop } from './gen-server-loop';
import type { Served } from './served';
import { Suspension } from '../sys/suspension';

/** The server that a process executes, and whether it is suspended; `undefined` if the process executes none. */
export function servedBy({ activity }: LocalProcess): { served: Served; isSuspended: boolean } | undefined {
  if (activity instanceof GenServerLoop) return { served: activity, isSuspended: false };
  if (activity instanceof Suspension) return { served: activity.loop, isSuspended: true };
  return undefined;
}
