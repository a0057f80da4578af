import type { Pid } from './pid';

/** What `sys` sees of a server: something it handles, or something it replies. OTP: `sys:system_event()`. */
export type SystemEvent =
  | { readonly type: 'call'; readonly request: unknown; readonly from: Pid }
  | { readonly type: 'cast'; readonly request: unknown }
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'continue'; readonly term: unknown }
  | { readonly type: 'reply'; readonly reply: unknown; readonly to: Pid }
  /** Of a state machine: a timeout, or what it inserted. */
  | { readonly type: 'event'; readonly event: unknown }
  /** Of a state machine: it has handled an event, or keeps it for another state. */
  | {
      readonly type: 'consumed' | 'postponed';
      readonly event: unknown;
      readonly state: unknown;
      readonly nextState: unknown;
    };
