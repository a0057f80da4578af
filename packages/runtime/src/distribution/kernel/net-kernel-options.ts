import type { LocalNode } from '../../node/local-node';
import type { Cookie } from '../handshake/cookie';
import type { SendBufferOptions } from '../connection/send-buffer';
import type { Transport } from '../socket/transport';
import type { PulseOptions } from '../pulse/pulse-options';
import type { Limits } from '../wire/limits';
import type { DistMode } from '../reconnection/auto-connect';
import type { RedialOptions } from '../reconnection/redial-options';
import type { Directory, Resolve } from './whereabouts';

/** A peer must give a sign of life this often, unless told otherwise. OTP: `net_ticktime`, 60 s. */
export const defaultNetTickMs = 60_000;

/** What a node needs to be connected to others. */
export interface NetKernelOptions {
  readonly node: LocalNode;
  /** The one in use, and those that are good too. */
  readonly cookies: readonly Cookie[];
  /** Whether the node is left out of `list()`, of `nodeup` and `nodedown`, and of the mesh. */
  readonly hidden: boolean;
  readonly transport: Transport;
  /** The address to listen on. Default: the loopback address of the node's name if it is one, else every address. */
  readonly host?: string | undefined;
  /** The port to listen on. Default 0: a free one. */
  readonly port?: number | undefined;
  /** Milliseconds after which a silent peer is dead (75 to 125 % of it). Default 60,000; `Infinity` never. */
  readonly netTickMs?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** When nodes are connected to without being told so. Default `'auto'`. */
  readonly dist?: DistMode | undefined;
  /** The waits between dials of a node that was lost; `false` does not dial it by itself. Default 500 to 30,000 ms. */
  readonly redial?: RedialOptions | false | undefined;
  /** The nodes that may be connected to this one. Default: all. */
  readonly allow?: readonly string[] | undefined;
  /** How much may wait for one peer. */
  readonly sendBuffer?: SendBufferOptions | undefined;
  /** The pulse of the node; false: none. */
  readonly pulse?: PulseOptions | false | undefined;
  /** Where this node registers, and others are looked up. */
  readonly directory?: Directory | undefined;
  /** Tells where a node listens; replaces the directory. */
  readonly resolve?: Resolve | undefined;
}
