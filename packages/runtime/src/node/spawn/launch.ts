import type { ServerName } from '../../terms/address';
import type { MailboxOptions } from '../../terms/mailbox-options';
import type { Pid } from '../../terms/pid';
import type { ArgsOf, Serves } from '../../terms/protocol';

/** How a class is started as a process: the seam between a node and the behaviours above it. */
export const launch = Symbol('launch');

/** The key of a process class's message type, for the compiler only. */
export declare const messages: unique symbol;

/** Options of starting a server. */
export interface ServerOptions<Args> {
  /** What `init` gets. */
  readonly args?: Args;
  /** The name to register on this node, or with a name service (`via`). */
  readonly name?: ServerName;
  /** What tools and reports call it, from its start on; see `self.label`. */
  readonly label?: string;
  /** Milliseconds `init` may take; then the server is killed and the start fails. Default `Infinity`. */
  readonly timeoutMs?: number;
  /** How many messages may wait for it, and what happens to one more. Default: any number. */
  readonly mailbox?: MailboxOptions;
}

/** The options of starting server `S`: they can be left out if it takes no arguments. */
export type StartArguments<S> =
  undefined extends ArgsOf<S>
    ? [options?: ServerOptions<ArgsOf<S>>]
    : [options: ServerOptions<ArgsOf<S>> & { readonly args: ArgsOf<S> }];

// The phantom types of any server: they are read by inference only.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyServer = Serves<any, any, any>;

/** A class of servers. */
export interface ServerClass<S> {
  new (): S & AnyServer;
  /** Takes a `Launcher`; typed so that this file does not depend on what a node is made of. */
  [launch](launcher: never, options: ServerOptions<unknown>): Promise<Pid>;
}

/** A class of processes with messages `M`. */
export interface ProcessClass<M> {
  new (): { readonly [messages]?: (message: M) => void };
  [launch](launcher: never, options: object): Pid<M>;
}
