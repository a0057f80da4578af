import { show } from './show';
import type { Pid } from './pid';

/** The key of the type of server behind an address, for the compiler only. */
export declare const server: unique symbol;

/**
 * Keeps names of processes that are no names of a node: a registry by its keys, or the names of a whole cluster. An
 * address made by `via` leads through one. OTP: the module of `{via, Module, Name}`.
 */
export interface NameService<Key = unknown> {
  /** What error texts call it. */
  readonly name: string;
  /**
   * Gives a process of this node a name. OTP: `register_name/2`.
   * @param value what is kept with the name, where the service keeps such
   * @returns who has the name now: `pid`, or the process that had it before
   */
  registerName(key: Key, pid: Pid, value?: unknown): Pid | Promise<Pid>;
  /** Frees a name; without effect if nobody has it. OTP: `unregister_name/1`. */
  unregisterName(key: Key): void | Promise<void>;
  /** Who has a name, as far as is known here. OTP: `whereis_name/1`. */
  whereisName(key: Key): Pid | undefined;
}

/** A name that a name service keeps, typed by the server that has it; made by `via`. OTP: `{via, Module, Name}`. */
export class Via<S> {
  declare readonly [server]?: S;

  constructor(
    /** The service, or what it is called on the node where the name is used. */
    readonly service: string | NameService,
    readonly key: unknown,
    readonly value: unknown,
  ) {}

  /** The name as error texts and tools print it. */
  toString(): string {
    const { service, key } = this;
    return `via ${typeof service === 'string' ? service : service.name} ${show(key)}`;
  }
}
