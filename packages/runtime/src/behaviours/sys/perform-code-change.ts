import type { From } from '../../terms/from';
import type { Pid } from '../../terms/pid';
import { isPromise } from '../../terms/promise';
import type { Callbacks, UserInstance } from '../gen-server/callbacks';
import { observationOf, ObservedServer, unobserved } from './observed-server';
import type { Served } from '../gen-server/served';
import { embodiedBy } from '../gen-server/server-instance';
import { fieldsOf } from '../gen-server/server-state';
import { serverLine } from '../gen-server/termination-report';

/** A class of servers, whatever their behaviour. */
export type UserClass = new () => UserInstance;

/** What a server is to become. */
export interface CodeChange {
  readonly Class: UserClass;
  /** What the new class is told of the old one; unless given, the `version` of that. */
  readonly oldVersion: unknown;
  readonly extra: unknown;
  /** Whether who asked waits no more: it must not happen later. */
  readonly isGivenUp: boolean;
}

/** How it went. It never travels: classes do not, so that who asks is on the same node. */
export type CodeChanged =
  | { readonly kind: 'changed'; readonly pid: Pid; readonly undo: () => void }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'notSuspended' };

/**
 * Makes a suspended server an instance of another class, and answers when it is one. If that fails nothing has changed:
 * the instance that ran is still there.
 */
export function performCodeChange(served: Served, change: CodeChange, from: From): void | Promise<void> {
  const old = unobserved(served.server);
  if (change.isGivenUp) return;
  const failed = (error: unknown): void => {
    from.reply({ kind: 'failed', error } satisfies CodeChanged);
  };
  try {
    const embodied = embodiedBy(old);
    const { instance, before } = embodied;
    const successor = successorOf(instance, change.Class);
    const { oldVersion = versionOf(instance), extra } = change;
    const changing: unknown = successor.codeChange?.(oldVersion, extra, before);
    const become = (result: unknown): void => {
      if (change.isGivenUp) return;
      const server = embodied.succeededBy(successor, result);
      put(served, server);
      const undo = (): void => {
        if (unobserved(served.server) === server) put(served, old);
      };
      from.reply({ kind: 'changed', pid: served.process.pid, undo } satisfies CodeChanged);
    };
    if (isPromise(changing)) return Promise.resolve(changing).then(become).catch(failed);
    become(changing);
  } catch (error) {
    failed(error);
  }
}

/**
 * A new instance with the fields of the old one. What the new class defines as code (a method, an accessor, a field that
 * holds a function) stays the new class's: the old one would go on acting on the old instance.
 */
function successorOf(old: UserInstance, Class: UserClass): UserInstance {
  const successor = new Class();
  const fields = successor as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fieldsOf(old))) {
    if (!(name in (Class.prototype as object)) && typeof fields[name] !== 'function') fields[name] = value;
  }
  successor.self = old.self;
  return successor;
}

/** Puts an instance in the place of another, observed as that was. */
function put(served: Served, server: Callbacks): void {
  const observation = observationOf(served.server);
  if (observation === undefined) served.server = server;
  else {
    observation.who = serverLine(served.process, server);
    served.server = new ObservedServer(server, observation);
  }
  server.self.log.renew();
}

/** `static readonly version` of a server's class. OTP: `-vsn(…)`. */
function versionOf(server: UserInstance): unknown {
  return (server.constructor as { readonly version?: unknown }).version;
}
