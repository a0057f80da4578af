import type { Self } from '../../node/node';
import { errorToData } from '../../terms/exit-reason';
import type { SystemEvent } from '../../terms/system-event';
import { EventLog } from './event-log';

/** What a server has handled since `sys.statistics(on, server, true)`. Times are milliseconds since 1970. */
export interface Statistics {
  readonly startTime: number;
  readonly currentTime: number;
  /** Messages it handled: calls, casts and others. */
  readonly messagesIn: number;
  /** Replies its callbacks returned. */
  readonly messagesOut: number;
}

/**
 * A function that sees every event of a server, executed in the server. OTP: `sys:dbg_fun()`.
 * @param state what it returned last; at first what it was installed with
 * @param who the server, as log lines name it
 * @returns its next state, or `'done'`: then it is taken away, as it is when it throws
 */
export type DebugFunction<State = never> = (state: State, event: SystemEvent, who: string) => State | 'done';

/** Tells a server that sees its own events whom to tell of them; `null` is nobody any more. */
export const observe = Symbol('observe');

interface Installed {
  readonly fn: DebugFunction;
  state: unknown;
}

/** Events that are neither messages nor replies. */
const inside: ReadonlySet<string> = new Set<SystemEvent['type']>(['continue', 'consumed', 'postponed']);

/** What is observed of a server, and what came of it: counted, traced, kept, shown to functions. */
export class Observation {
  /** Whether each event is logged. */
  traces = false;
  log: EventLog | null = null;
  /** Events of a state machine that it is told of no more: they come again, because they were postponed. */
  readonly returning = new WeakSet();
  private readonly functions = new Map<unknown, Installed>();
  private since: number | null = null;
  private messagesIn = 0;
  private messagesOut = 0;

  constructor(
    private readonly self: Self,
    /** The server, as log lines name it. */
    public who: string,
  ) {}

  /** Whether anything is observed at all. */
  get isOn(): boolean {
    return this.traces || this.log !== null || this.since !== null || this.functions.size > 0;
  }

  /** Begins to count, from nothing, or stops. */
  count(flag: boolean): void {
    this.since = flag ? this.self.node.clock.wallTime() : null;
    this.messagesIn = this.messagesOut = 0;
  }

  /** What was counted; `undefined` if nothing is. */
  get statistics(): Statistics | undefined {
    const { since: startTime, messagesIn, messagesOut } = this;
    if (startTime === null) return undefined;
    return { startTime, currentTime: this.self.node.clock.wallTime(), messagesIn, messagesOut };
  }

  /** Keeps the last events from now on, or keeps another number of them; 0 keeps none. */
  keep(size: number): void {
    if (size === 0) this.log = null;
    else if (this.log === null) this.log = new EventLog(size);
    else this.log.resize(size);
  }

  /** Shows events to a function; one of the same id stays. */
  install(id: unknown, fn: DebugFunction, state: unknown): void {
    if (!this.functions.has(id)) this.functions.set(id, { fn, state });
  }

  remove(id: unknown): void {
    this.functions.delete(id);
  }

  get installed(): unknown[] {
    return [...this.functions.keys()];
  }

  /** Writes what was kept into the log of the node. */
  print(): void {
    for (const event of this.log?.events ?? []) this.write(event);
  }

  saw(event: SystemEvent): void {
    if (event.type === 'reply') this.messagesOut += 1;
    else if (!inside.has(event.type)) this.messagesIn += 1;
    this.log?.add(event);
    if (this.traces) this.write(event);
    for (const [id, installed] of this.functions) this.show(id, installed, event);
  }

  private write(event: SystemEvent): void {
    this.self.log.report('info', { type: 'trace', server: this.who, event });
  }

  private show(id: unknown, installed: Installed, event: SystemEvent): void {
    try {
      installed.state = installed.fn(installed.state as never, event, this.who);
      if (installed.state === 'done') this.functions.delete(id);
    } catch (error) {
      this.functions.delete(id);
      const problem = `${this.who}: a debug function raised an error and is gone`;
      this.self.log.report('warning', { type: 'nodeError', problem, error: errorToData(error) });
    }
  }
}
