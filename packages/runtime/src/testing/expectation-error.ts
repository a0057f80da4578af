import { TrestleError } from '../terms/errors';

/** What a test expected did not happen: the text says what was expected, and what was found. */
export class ExpectationError extends TrestleError {
  readonly code = 'ERR_EXPECTATION';
}
