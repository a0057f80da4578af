import type { ExitReason } from '../../terms/exit-reason';
import type { SystemEvent } from '../../terms/system-event';
import type { Observation } from '../sys/observation';
import { eventsOf } from './event-list';
import type { Statem } from './statem-step';
import type { QueuedEvent } from './statem-types';

/** What tools and crash reports show of a state machine, for the machine to redact. OTP: `gen_statem:format_status()`. */
export interface StatemStatus {
  readonly state: unknown;
  /** Its fields. */
  readonly data: unknown;
  /** The event at hand, then those that wait inside the machine; of calls the pid of the caller. */
  readonly queue: readonly unknown[];
  /** What waits for another state, the oldest first. */
  readonly postponed: readonly unknown[];
  /** The events of the timeouts that run. */
  readonly timeouts: readonly unknown[];
  /** Why it ends; in crash reports. */
  readonly reason?: ExitReason;
}

/** What there is to be shown of a machine. */
export function statusOf(statem: Statem, current: QueuedEvent | null, data: unknown): StatemStatus {
  const waiting = eventsOf(statem.events);
  return {
    state: statem.state,
    data,
    queue: (current === null ? waiting : [current, ...waiting]).map(shownEvent),
    postponed: eventsOf(statem.postponed).reverse().map(shownEvent),
    timeouts: statem.timeouts.map(({ kind, name, content }) =>
      name === null ? { type: kind, content } : { type: kind, name, content },
    ),
  };
}

/** Tells of an event that is handled: as in OTP once, however often it is postponed. */
export function tell(observation: Observation, event: QueuedEvent): void {
  if (!observation.returning.delete(event)) observation.saw(seenEvent(event));
}

/** The event as `sys` sees it. */
function seenEvent(event: QueuedEvent): SystemEvent {
  switch (event.type) {
    case 'call':
      return { type: 'call', request: event.request, from: event.from.pid };
    case 'cast':
      return { type: 'cast', request: event.request };
    case 'info':
      return { type: 'message', message: event.message };
    default:
      return { type: 'event', event };
  }
}

/** A caller is shown by its pid: all it carries is the runtime's own. */
export function shownEvent(event: QueuedEvent): unknown {
  return event.type === 'call' ? { ...event, from: event.from.pid } : event;
}
