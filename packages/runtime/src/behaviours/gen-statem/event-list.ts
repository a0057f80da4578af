import type { QueuedEvent } from './statem-types';

/**
 * Events in a row, as a chain that is never changed: one more in front costs the same however long it is, and an older
 * row stays what it was.
 */
export type EventList = EventLink | null;

/** An event, and those behind it. */
export interface EventLink {
  readonly event: QueuedEvent;
  readonly rest: EventList;
}

/** The row with one more event in front. */
export function inFront(event: QueuedEvent, rest: EventList): EventLink {
  return { event, rest };
}

/** The events of `newestFirst`, the oldest in front, before those of `rest`. */
export function turned(newestFirst: EventList, rest: EventList): EventList {
  let row = rest;
  for (let link = newestFirst; link !== null; link = link.rest) row = inFront(link.event, row);
  return row;
}

/** The events in order, for those who look at them. */
export function eventsOf(list: EventList): QueuedEvent[] {
  const events: QueuedEvent[] = [];
  for (let link = list; link !== null; link = link.rest) events.push(link.event);
  return events;
}
