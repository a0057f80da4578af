import type { Pid } from './pid';

/** What `sys` sees of a server: something it handles, or something it replies. OTP: `sys:system_event()`. */
export type SystemEvent =
  | { readonly type: 'call'; readonly request: unknown; readonly from: Pid }
  | { readonly type: 'cast'; readonly request: unknown }
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'continue'; readonly term: unknown }
  | { readonly type: 'reply'; readonly reply: unknown; readonly to: Pid };
