/**
 * What a batch is answered with: its values in the order of the requests, if all went well and is known at once; or a
 * part of them. Writes have `null` for a value.
 */
export type BatchAnswer = readonly unknown[] | BatchPart;

/** Some of the answers to a batch: nobody waits for what another request needs time for. */
export interface BatchPart {
  /** Which of the requests these values are of. */
  readonly places: readonly number[];
  readonly values: readonly unknown[];
  /** Which have failed, and the error of each as data; `null` if the answer cannot travel with others. */
  readonly failures: readonly (number | object | null)[];
  /** What to ask for the others by; 0 if that was all. */
  readonly rest: number;
}
