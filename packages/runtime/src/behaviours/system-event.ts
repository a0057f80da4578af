import type { Pid } from '../terms/pid';

/** What `sys` sees of a server: something it handles, or something it replies. OTP: `sys:system_event()`. */
export type SystemEvent =
  | { readonly type: 'call'; readonly request: unknown; readonly from: Pid }
  | { readonly type: 'cast'; readonly request: unknown }
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'continue'; readonly term: unknown }
  | { readonly type: 'reply'; readonly reply: unknown; readonly to: Pid };

const texts: Readonly<Record<SystemEvent['type'], string>> = {
  call: 'got a call',
  cast: 'got a cast',
  message: 'got a message',
  continue: 'goes on',
  reply: 'replied',
};

/** An event for the log: a line, and its fields. */
export function describeEvent(
  who: string,
  { type, ...report }: SystemEvent,
): readonly [text: string, report: Readonly<Record<string, unknown>>] {
  return [`${who} ${texts[type]}`, report];
}
