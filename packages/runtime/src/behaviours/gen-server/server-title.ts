/** Tells what a server is where the class of its callbacks does not. */
export const title = Symbol('title');

/** What a server is, as tools and log lines call it. */
export interface Title {
  readonly behaviour: string;
  /** The class that a user of the behaviour wrote. */
  readonly module: string;
}

/** What a server is: one that does not say otherwise is a GenServer. */
export function titleOf(server: object & { readonly [title]?: () => Title }): Title {
  return server[title]?.() ?? { behaviour: 'GenServer', module: server.constructor.name };
}
