declare const replyType: unique symbol;
/** The key of a server's protocol, for the compiler only. */
export declare const protocol: unique symbol;

/**
 * A request together with the type of its reply: what a caller gets, and what a handler must answer, follow from it.
 * The reply exists for the compiler only; a request on its way is the plain `Request`.
 */
export type Call<Request extends { readonly type: string }, Reply> = Request & {
  readonly [replyType]?: (reply: Reply) => Reply;
};

/** The reply type of a request. */
export type ReplyOf<Request> = Request extends { readonly [replyType]?: (reply: never) => infer Reply }
  ? Reply
  : unknown;

/** The reply type of the request in the union `Calls` that has the same `type` as `Request`. */
export type ReplyTo<Calls, Request> = unknown extends Calls
  ? // An untyped server accepts every request; what it replies is for the caller to say.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    any
  : Request extends { readonly type: infer Type }
    ? Calls extends { readonly type: Type }
      ? ReplyOf<Calls>
      : never
    : unknown;

/** What a server class declares about itself, for the compiler only: its calls, casts and start arguments. */
export interface Serves<Calls, Casts, Args> {
  readonly [protocol]?: { readonly calls: Calls; readonly casts: Casts; readonly args: Args };
}

type ProtocolOf<S> = S extends { readonly [protocol]?: infer P } ? NonNullable<P> : never;

/** The calls a server accepts. */
// An untyped server (`any`) accepts everything.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type CallsOf<S> = 0 extends 1 & S
  ? any
  : ProtocolOf<S> extends { readonly calls: infer C }
    ? C
    : never;
/** The casts a server accepts. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type CastsOf<S> = 0 extends 1 & S
  ? any
  : ProtocolOf<S> extends { readonly casts: infer C }
    ? C
    : never;
/** The argument of a server's `init`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ArgsOf<S> = 0 extends 1 & S ? any : ProtocolOf<S> extends { readonly args: infer A } ? A : never;
