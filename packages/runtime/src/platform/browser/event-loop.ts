/** The clock that never goes back. */
export const { performance } = globalThis;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];

// As browsers have it: to listen to `onmessage` starts the port.
(channel.port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()?.();

/** Runs a callback once the event loop has had a turn. Timers would wait for 4 ms, and longer in a page that is hidden. */
export function afterTurn(callback: () => void): void {
  waiting.push(callback);
  channel.port2.postMessage(null);
}

/** Runs a callback when nothing is left to do that settled promises have set off. */
export const afterPromises = afterTurn;
