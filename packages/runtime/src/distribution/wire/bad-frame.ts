import { TrestleError } from '../../terms/errors';

/** A frame that no Trestle node sends: the connection it came from must be closed. */
export class BadFrameError extends TrestleError {
  readonly code = 'ERR_BAD_FRAME';

  constructor(problem: string, options?: ErrorOptions) {
    super(`bad frame: ${problem}`, options);
  }
}
