import { BadFrameError } from './bad-frame';

/** Refuses a signal. */
export function refuse(what: string): never {
  throw new BadFrameError(`a signal with a wrong ${what}`);
}
