import type { Clock } from '../../terms/clock';
import type { Socket } from './transport';

/** How long the other side may take to agree that a connection is closed. */
const closeTimeoutMs = 1_000;

/** Closes sockets in good order, and knows which have not closed yet. */
export class SocketCloser {
  private readonly closing = new Set<Socket>();
  private onAllClosed: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  /** The sockets that have not closed yet. For inspection. */
  get openSockets(): number {
    return this.closing.size;
  }

  /** Closes a socket once everything sent has left; what still arrives is dropped. */
  close(socket: Socket): void {
    this.closing.add(socket);
    const timer = this.clock.setTimer(() => {
      socket.terminate();
    }, closeTimeoutMs);
    socket.onMessage = () => undefined;
    socket.onClose = () => {
      timer.cancel();
      this.closing.delete(socket);
      if (this.closing.size === 0) this.onAllClosed?.();
    };
    socket.close();
  }

  /** Resolves when nothing is left of the sockets. */
  allClosed(): Promise<void> {
    if (this.closing.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onAllClosed = resolve));
  }
}
