import type { Ref } from './ref';

declare const aliasMessage: unique symbol;

/**
 * An address that its process can take back: what is sent to it once it is inactive is dropped. `M` is what may be sent
 * to it. OTP: a process alias.
 */
// `any` by default, as of a pid.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Alias<M = any> = Ref & { readonly [aliasMessage]: (message: M) => void };

/** What makes an alias inactive, besides `unalias` and the end of its process: nothing else, or the first message. */
export type AliasKind = 'explicitUnalias' | 'reply';

/**
 * What makes the alias of a monitor inactive, besides `unalias` and the end of its process: nothing else; its `DOWN` or
 * `demonitor`; or these or the first message, which then takes the monitor away as well.
 */
export type MonitorAliasKind = 'explicitUnalias' | 'demonitor' | 'replyDemonitor';
