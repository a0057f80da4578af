import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Memory of less is left to the garbage collector. */
const worthReleasing = 16 * 1024;

const nowhere = closedPort();

/**
 * Gives memory back at once. The garbage collector would do so in its time; but it is the number of
 * bytes outside of its heap that makes it run, and a connection that takes a gigabyte per second would have it go
 * through all objects of the program twenty times per second.
 *
 * What is handed to a port leaves this thread, and is dropped with a message that nobody can receive.
 * @param bytes all of a piece of memory that nobody else uses; anything else stays as it is
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < worthReleasing || byteLength !== buffer.byteLength) return;
  nowhere.postMessage(null, [buffer as ArrayBuffer]);
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.close();
  return port1;
}
