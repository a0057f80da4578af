import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';

/** How much may wait for one other node. */
export interface SendBufferOptions {
  /**
   * Bytes from which on the connection to the node counts as busy, until half of them have left: who sends with
   * `suspend` waits, who sends with `nosuspend` is told. Default 1 MiB, 64 KiB or more. OTP: `+zdbbl`.
   */
  readonly highBytes?: number;
  /** Bytes at which the connection is given up: senders have not waited. Default 512 MiB. */
  readonly maxBytes?: number;
}

/** The marks of the bytes that wait. */
export interface WaterMarks {
  readonly highBytes: number;
  readonly lowBytes: number;
}

/** How much may wait, with nothing left to default. */
export interface SendBuffer extends WaterMarks {
  readonly maxBytes: number;
}

/** A socket tells of what has left only if it was more than this. */
const leastHighBytes = 64 * 1024;
const bytes = z.custom<number>(
  (value) => typeof value === 'number' && value >= leastHighBytes,
  `bytes (${String(leastHighBytes)} or more, or Infinity)`,
);
const sendBufferSchema = z
  .strictObject(
    { highBytes: bytes.optional(), maxBytes: bytes.optional() },
    { error: '{ highBytes, maxBytes }' },
  )
  .optional();

/**
 * Checks the option of a node at the door.
 * @throws BadArgumentError if it is wrong
 */
export function checkSendBuffer(call: string, sendBuffer: unknown): void {
  checkOptions(call, z.object({ sendBuffer: sendBufferSchema }), { sendBuffer });
  const { highBytes, maxBytes } = sendBufferOf(sendBuffer as SendBufferOptions | undefined);
  if (maxBytes >= highBytes) return;
  throw new BadArgumentError({
    call,
    expected: `sendBuffer.maxBytes not to be less than highBytes, ${String(highBytes)}`,
    got: maxBytes,
  });
}

/** How much may wait. */
export function sendBufferOf(options: SendBufferOptions = {}): SendBuffer {
  const { highBytes = 1024 * 1024, maxBytes = 512 * 1024 * 1024 } = options;
  return { highBytes, lowBytes: highBytes / 2, maxBytes };
}

/**
 * Whether a connection counts as busy. Between the marks it stays what it was, so that senders do not stop and go with
 * every frame.
 */
export function isBusyWith(waitingBytes: number, wasBusy: boolean, marks: WaterMarks): boolean {
  return waitingBytes >= (wasBusy ? Math.max(marks.lowBytes, 1) : marks.highBytes);
}
