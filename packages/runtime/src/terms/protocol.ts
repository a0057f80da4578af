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

// What an untyped server (`any`) takes: everything.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Anything = any;
type IsAny<S> = 0 extends 1 & S ? true : false;
type Field<P, Name extends string> = P extends Readonly<Record<Name, infer T>> ? T : never;

/** The calls a server accepts. */
export type CallsOf<S> = IsAny<S> extends true ? Anything : Field<ProtocolOf<S>, 'calls'>;
/** The casts a server accepts. */
export type CastsOf<S> = IsAny<S> extends true ? Anything : Field<ProtocolOf<S>, 'casts'>;
/** The argument of a server's `init`. */
export type ArgsOf<S> = IsAny<S> extends true ? Anything : Field<ProtocolOf<S>, 'args'>;
