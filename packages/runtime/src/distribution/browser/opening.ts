import type { Clock, ClockTimer } from '../../terms/clock';
import type { DialOptions } from '../socket/transport';
import type { WebSocket } from './web-socket';

export interface OpeningOptions extends DialOptions {
  readonly url: string;
  readonly clock: Clock;
}

/**
 * Waits until a WebSocket is open. Why one does not open, the platform tells nobody: a page must not learn what else
 * there is in a network.
 * @throws Error if it closes before, takes too long or is given up; it is closed then
 */
export async function opened(
  ws: WebSocket,
  { url, clock, signal, timeoutMs }: OpeningOptions,
): Promise<void> {
  let timer: ClockTimer | undefined;
  let aborted = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (problem: string): void => {
        reject(new Error(problem));
        ws.close();
      };
      aborted = () => giveUp('it was given up');
      ws.addEventListener('open', () => resolve());
      ws.addEventListener('close', () => reject(new Error(`there is no node at ${url}`)));
      // The close that follows tells as much.
      ws.addEventListener('error', () => undefined);
      signal.addEventListener('abort', aborted);
      if (timeoutMs !== Infinity)
        timer = clock.setTimer(() => giveUp(`no answer within ${String(timeoutMs)} ms`), timeoutMs);
      if (signal.aborted) aborted();
    });
  } finally {
    timer?.cancel();
    signal.removeEventListener('abort', aborted);
  }
}
