import type { Outflow, SuspendedSend } from '../../node/distribution';
import type { Backlog, BusyWatch } from './busy-dist-port-watch';
import { isBusyWith, type WaterMarks } from './send-buffer';

/** What an outflow needs of its connection. */
export interface OutflowOptions {
  readonly marks: WaterMarks;
  /** How many bytes wait to leave. */
  readonly waitingBytes: () => number;
  /** Calls back once the event loop has had a turn. */
  readonly nextTurn: (callback: () => void) => void;
  readonly watch: BusyWatch;
}

/**
 * Says whether a connection is busy, and keeps those who wait until it is not. They go on one after another, in the
 * order in which they came, each only if what those before it have sent leaves room: a thousand of them that go on at
 * once would fill the memory that they have waited to save.
 */
export class ConnectionOutflow implements Outflow {
  private wasBusy = false;
  private isOver = false;
  private isArmed = false;
  /** Whether the watch knows that it is busy, or will be told. */
  private watched: 'no' | 'soon' | 'yes' = 'no';
  private suspended: SuspendedSend[] = [];

  constructor(private readonly options: OutflowOptions) {}

  get isBusy(): boolean {
    const { marks, waitingBytes } = this.options;
    this.wasBusy = isBusyWith(waitingBytes(), this.wasBusy, marks);
    return this.wasBusy;
  }

  get mustWait(): boolean {
    return !this.isOver && (this.suspended.length > 0 || this.isBusy);
  }

  suspend(send: SuspendedSend): void {
    this.suspended.push(send);
    this.look();
  }

  /** Much waits: says so in a later turn, unless it has left by then. Who sends is in the middle of something. */
  readonly filled = (): void => {
    if (this.watched !== 'no' || this.isOver) return;
    this.watched = 'soon';
    this.options.nextTurn(this.tellBusy);
  };

  /** Something has left: looks, in a later turn, whether somebody can go on. */
  readonly look = (): void => {
    if (this.isArmed || (this.suspended.length === 0 && this.watched !== 'yes')) return;
    this.isArmed = true;
    this.options.nextTurn(this.goOn);
  };

  /** The connection is gone, and with it what was to be sent by it. */
  end(): void {
    if (this.watched === 'yes') this.options.nextTurn(this.tellFree);
    this.isOver = true;
    const { suspended } = this;
    this.suspended = [];
    for (const send of suspended) send.drop();
  }

  private readonly goOn = (): void => {
    this.isArmed = false;
    let sent = 0;
    // What is sent may be the end of the connection, and of all that wait.
    while (sent < this.suspended.length && !this.isBusy) this.suspended[sent++]?.go();
    this.suspended.splice(0, sent);
    if (!this.isOver && this.watched === 'yes' && !this.isBusy) this.tellFree();
  };

  private readonly tellBusy = (): void => {
    this.watched = this.isBusy && !this.isOver ? 'yes' : 'no';
    if (this.watched === 'yes') this.options.watch.busy(this.backlog);
  };

  private readonly backlog = (): Backlog => ({
    bytes: this.options.waitingBytes(),
    waiting: this.suspended.map(({ sender }) => sender),
  });

  private readonly tellFree = (): void => {
    this.watched = 'no';
    this.options.watch.free();
  };
}
