import { BadArgumentError } from './errors';
import { checkNodeName, isNodeName, type NodeName } from './node-name';
import { isPidShaped, nodeIn, type Pid } from './pid';
import { isRefShaped } from './ref';
import { Via, type NameService, type server } from './via';

/** A process that is registered under a name on a given node. OTP: `{Name, Node}`. */
export interface RegisteredName {
  readonly name: string;
  readonly node: NodeName;
}

/** Where a message can be sent: a pid, a name on this node or a given one, or a name that a name service keeps. */
export type Address = Pid | string | RegisteredName | LocalName<unknown> | Via<unknown>;

/** What a server can be started as: a name of this node, or one that a name service keeps. */
export type ServerName = string | LocalName<unknown> | Via<unknown>;

/** The pid of a running server `S`. */
export type ServerPid<S> = Pid & { readonly [server]?: S };

/** A server's name on a given node, typed by the server. */
export interface RemoteName<S> extends RegisteredName {
  readonly [server]?: S;
}

/** A name that a server `S` registers on its node; `on(node)` addresses the one of another node. */
export class LocalName<S> {
  declare readonly [server]?: S;

  constructor(readonly name: string) {}

  /**
   * The server of this name on the given node. OTP: `{Name, Node}`.
   * @throws BadArgumentError if it is no name of a node
   */
  on(node: NodeName): RemoteName<S> {
    return { name: this.name, node: checkNodeName('localName.on', node) };
  }
}

/** What a server can be called by. OTP: `server_ref()`. */
export type ServerRef<S> = ServerPid<S> | LocalName<S> | RemoteName<S> | Via<S>;

/**
 * Makes a typed local name.
 * @param name any non-empty string that is no pid
 * @throws BadArgumentError if it is not
 */
export function localName<S>(name: string): LocalName<S> {
  return new LocalName<S>(checkName('localName', name));
}

/**
 * Makes an address of a name that a name service keeps. OTP: `{via, Module, Name}`.
 * @param service a registry, or another name service; or the name of a registry, of the node where the address is used
 * @param key the name there
 * @param value what is kept with the name when a server is started under it
 * @throws BadArgumentError if `service` is none of these
 */
export function via<S, Key = unknown>(
  service: NameService<Key> | string | LocalName<unknown>,
  key: Key,
  value?: unknown,
): Via<S> {
  const isService = typeof (service as Partial<NameService> | null | undefined)?.whereisName === 'function';
  return new Via<S>(isService ? (service as NameService) : plainName('via', service), key, value);
}

/** Checks a name to register at the door: a non-empty string that cannot be mistaken for a pid or a reference. */
export function checkName(call: string, name: unknown): string {
  if (isRefShaped(name)) {
    throw new BadArgumentError({ call, expected: 'a pid or a name', got: name });
  }
  if (typeof name !== 'string' || name.length === 0 || name.startsWith('<')) {
    throw new BadArgumentError({
      call,
      expected: "a name: a non-empty string that does not start with '<'",
      got: name,
    });
  }
  return name;
}

/** Checks a name to register, or a local name, at the door. @returns the string it is registered as */
export function plainName(call: string, name: unknown): string {
  return checkName(call, name instanceof LocalName ? name.name : name);
}

/** Checks the name of a server to start at the door. */
export function checkServerName(call: string, name: ServerName | undefined): void {
  if (name !== undefined && !(name instanceof Via)) plainName(call, name);
}

/** An address in its plain form: a pid, or a name with its node. */
export type Destination = Pid | RegisteredName;

/** The node a destination is on. */
export function nodeOfDestination(to: Destination): NodeName {
  return typeof to === 'string' ? nodeIn(to) : to.node;
}

/**
 * Turns an address into its plain form.
 * @param thisNode where bare names live
 * @param knownNode a node whose name need not be looked at
 * @throws BadArgumentError if it is no address
 */
export function destinationOf(
  call: string,
  address: unknown,
  thisNode: NodeName,
  knownNode: NodeName = thisNode,
): Destination {
  if (isPidShaped(address)) return address;
  if (typeof address === 'string') return { name: checkName(call, address), node: thisNode };
  if (address instanceof LocalName) return { name: (address as LocalName<unknown>).name, node: thisNode };
  const { name, node } = (address ?? {}) as Partial<RegisteredName>;
  if (typeof name === 'string' && name.length > 0 && (node === knownNode || isNodeName(node)))
    return { name, node };
  throw new BadArgumentError({ call, expected: 'a pid, a name or { name, node }', got: address });
}

/** An address as error texts print it. */
export function describeAddress(address: unknown, thisNode: NodeName): string {
  if (typeof address !== 'object' || address === null) {
    return isPidShaped(address) ? address : `${String(address)}@${thisNode}`;
  }
  if (address instanceof Via) return address.toString();
  const { name, node } = address as Partial<RegisteredName>;
  return `${String(name)}@${node ?? thisNode}`;
}
