import { hostName } from '#platform/program';
import { z } from '#zod';
import { applicationConfigSchema, type ApplicationConfig } from './terms/application-config';
import type { Clock, Random } from './terms/clock';
import { isNodeName, type NodeName } from './terms/node-name';
import { isolationSchema, type MessageIsolation } from './terms/isolation';
import { periodSchema, flagSchema, functionSchema, nodeNameSchema, objectWith } from './terms/option-schemas';
import { checkOptions } from './terms/options';
import { BadArgumentError } from './terms/errors';
import { prose } from './terms/show';
import type { TlsSource } from './node/options/tls-options';
import { rpcAccessSchema, type RpcAccess } from './node/options/rpc-access';
import { allowSchema } from './node/options/allowed-nodes';
import { checkWatchdog, type WatchdogOptions } from './node/watchdog';
import { checkCookies } from './distribution/handshake/cookie';
import { distSchema, type DistMode } from './distribution/reconnection/auto-connect';
import { redialSchema, type RedialOptions } from './distribution/reconnection/redial-options';
import { checkPulse, type PulseOptions } from './distribution/pulse/pulse-options';
import type { Resolve } from './distribution/kernel/whereabouts';
import { checkSendBuffer, type SendBufferOptions } from './distribution/connection/send-buffer';
import type { Transport } from './distribution/socket/transport';
import type { Limits } from './distribution/wire/limits';
import { levelsSchema, loggerSchema } from './node/log/log-schemas';
import type { LogLevels } from './node/log/log-levels';
import type { Logger } from './node/log/loggers/logger';

export type { MessageIsolation, PulseOptions, RedialOptions, SendBufferOptions, WatchdogOptions };

/** How a node is started; every part has a default. */
export interface NodeOptions {
  /** `name@host`; without it the node is on its own and takes no part in distribution. */
  readonly name?: NodeName;
  /**
   * The secret of the cluster; of several the first is used, and the others are good too. Default: `TRESTLE_COOKIE`,
   * else the file `~/.trestle.cookie`, made if there is none.
   */
  readonly cookie?: string | readonly string[];
  /** Whether the node is left out of `list()` and of the mesh: for shells and clients. Default false. */
  readonly hidden?: boolean;
  /** The port to listen on. Default 0: a free one, which the port mapper tells others. */
  readonly port?: number;
  /** The address to listen on. Default: loopback if the name's host is that, else every address. */
  readonly host?: string;
  /** The port of the port mapper. Default: `TRESTLE_MAPPER_PORT`, else 4370. */
  readonly mapperPort?: number;
  /** Tells where a node listens, in place of the port mapper: for containers. */
  readonly resolve?: Resolve;
  /** How nodes exchange bytes. Default: WebSockets. All nodes of a cluster need the same. */
  readonly transport?: Transport;
  /**
   * Encrypts connections (`wss`) and verifies certificates, instead of a `transport`; all nodes of a cluster need it then.
   * `node.reloadTls` takes new certificates.
   */
  readonly tls?: TlsSource;
  /** Milliseconds: a peer that is silent is lost after 100 to 125 % of it. Default 60,000. */
  readonly netTickMs?: number;
  /**
   * When this node connects to another though nobody has called `connect`: whenever something is sent to it (`'auto'`),
   * only until the connection was lost for the first time (`'once'`), or not at all (`'never'`). Default `'auto'`. OTP:
   * `dist_auto_connect`.
   */
  readonly dist?: DistMode;
  /**
   * The waits between the dials of a node that was lost, or that another told of: of chance and twice as long each time.
   * It is dialled until it is there, is to be left alone (`disconnect`), has taken its leave (`drain`) or was not reached
   * for `giveUpMs`; `false` dials it when something is sent to it. Default: 500 ms, up to 30,000 ms, for a day; with
   * `dist: 'once'` for nodes that were never lost only.
   */
  readonly redial?: RedialOptions | false;
  /**
   * Whether other nodes can tell that this one lives while its event loop is blocked: a thread of its own answers them, on
   * a port of its own. False: a node that blocks for a `netTickMs` is lost. Default: on a free port.
   */
  readonly pulse?: PulseOptions | false;
  /** What a peer can push against: sizes, depth, time. Each has a default. */
  readonly limits?: Partial<Limits>;
  /**
   * The nodes that may connect to this one, and be connected to: names, or patterns such as `'ops@*'`; `node.allow` adds
   * others. Default: every node with the cookie. OTP: `net_kernel:allow/1`.
   */
  readonly allow?: readonly string[];
  /** How much may wait for one other node, and when the connection to it counts as busy. Each has a default. */
  readonly sendBuffer?: SendBufferOptions;
  /**
   * Which of the functions this node exposes others may call, by module, function and node. Default: all of them, by
   * every node of the cluster.
   */
  readonly rpc?: RpcAccess;
  /**
   * Whether it is logged, and told as the event `'blocked'` of the node, which process has blocked the event loop for so
   * many milliseconds: a handler that computes, not one that waits. Default: `{ blockedMs: 200 }`.
   */
  readonly watchdog?: WatchdogOptions | false;
  /**
   * How messages, requests, replies and exit reasons pass between processes of this node: `'share'` passes them as they
   * are; `'freeze'` freezes them, so that a change of what was sent is an error at that place; `'clone'` copies them by
   * the rules of the wire, so that what works here works between nodes. Default `'share'`.
   */
  readonly messageIsolation?: MessageIsolation;
  /**
   * Whether functions that other nodes send as source are executed here: by `spawnOn`, `rpc.call` and an agent. Each of
   * them may do whatever this program may do. Default false.
   */
  readonly acceptFunctions?: boolean;
  /** Where the log goes. Default: text on standard error. */
  readonly logger?: Logger;
  /** Which records are written, by node and by module; `node.log.setLevel` changes it. Default: from `'info'` on. */
  readonly levels?: LogLevels;
  /** What its config says of applications: values for their env, by their names. OTP: `-config`. */
  readonly applicationConfig?: ApplicationConfig;
  /** The time the node lives by. Default: real time. */
  readonly clock?: Clock;
  /** The chance the node lives by. Default: the platform's. */
  readonly random?: Random;
}

const port = portFrom(0);
/** Where nodes find each other: 0, any free port, would be another one for each of them. */
const knownPort = portFrom(1);
const limit = z.custom<number>((value) => isWhole(value) && value > 0, 'a whole number above 0').optional();

const schema: z.ZodType<NodeOptions> = z.strictObject({
  name: nodeNameSchema.optional(),
  // Checked apart: an error must not show it.
  cookie: z.unknown().optional(),
  hidden: flagSchema.optional(),
  port: port.optional(),
  host: z.string('an address').optional(),
  mapperPort: knownPort.optional(),
  resolve: functionSchema<Resolve>().optional(),
  transport: objectWith<Transport>('listen', 'a transport: an object with listen and dial').optional(),
  // Checked apart: an error must not show a key.
  tls: z.unknown().optional(),
  netTickMs: periodSchema.optional(),
  dist: distSchema.optional(),
  redial: redialSchema.optional(),
  allow: allowSchema.optional(),
  limits: z
    .strictObject({
      maxFrameBytes: limit,
      maxHandshakeBytes: limit,
      maxDepth: limit,
      maxValues: limit,
      maxUnauthenticated: limit,
      maxUnauthenticatedPerAddress: limit,
      handshakeTimeoutMs: limit,
    })
    .optional() as z.ZodType<Partial<Limits> | undefined>,
  rpc: rpcAccessSchema.optional(),
  watchdog: z.unknown().optional(),
  sendBuffer: z.unknown().optional(),
  pulse: z.unknown().optional(),
  messageIsolation: isolationSchema.optional(),
  acceptFunctions: flagSchema.optional(),
  logger: loggerSchema.optional(),
  applicationConfig: applicationConfigSchema.optional(),
  clock: objectWith<Clock>(
    'nextTurn',
    'a clock: an object with now, wallTime, setTimer and nextTurn',
  ).optional(),
  levels: levelsSchema.optional(),
  random: objectWith<Random>('bytes', 'a source of chance: an object with float and bytes').optional(),
}) as z.ZodType<NodeOptions>;

/** What only a node with a name can have. */
const onlyNamed = [
  'cookie',
  'hidden',
  'port',
  'host',
  'mapperPort',
  'resolve',
  'transport',
  'tls',
  'netTickMs',
  'dist',
  'redial',
  'allow',
  'pulse',
  'limits',
  'sendBuffer',
  'rpc',
] as const;

/**
 * Checks the options of a node at the door.
 * @throws BadArgumentError if one is wrong, or makes no sense without a name
 */
export function checkNodeOptions(options: NodeOptions, call = 'startNode'): void {
  checkHost(options);
  checkOptions(call, schema, options);
  if (options.cookie !== undefined) checkCookies(options.cookie, call);
  checkContradictions(call, options);
  checkWatchdog(call, options.watchdog);
  checkSendBuffer(call, options.sendBuffer);
  checkPulse(call, options.pulse);
  if (options.name !== undefined) return;
  for (const option of onlyNamed) {
    if (options[option] === undefined) continue;
    throw new BadArgumentError({
      call,
      expected: `a name, because ${option} is given`,
      got: undefined,
    });
  }
}

/** Refuses options of which one makes the other void. */
function checkContradictions(call: string, options: NodeOptions): void {
  const { tls, transport, dist, redial, mapperPort, resolve } = options;
  const refuse = (expected: string): never => {
    throw new BadArgumentError({ call, expected, got: prose('both') });
  };
  if (tls !== undefined && transport !== undefined) refuse('either tls or a transport');
  if (mapperPort !== undefined && resolve !== undefined)
    refuse('either a mapperPort or resolve, which takes the place of the port mapper');
  if (dist === 'never' && typeof redial === 'object') refuse("either dist: 'never' or redial with waits");
}

/** Says what is missing where somebody gives a name alone, or an IPv6 address as OTP writes it. */
function checkHost(options: NodeOptions): void {
  const name = (options as NodeOptions | null | undefined)?.name;
  if (typeof name !== 'string' || (isNodeName as (value: unknown) => boolean)(name)) return;
  const [short = '', host] = name.split('@');
  const suggested = host === undefined ? ['127.0.0.1', hostName()] : host.includes(':') ? [`[${host}]`] : [];
  const names = suggested.map((each) => `${short}@${each}`).filter(isNodeName);
  if (names.length === 0) return;
  const expected = `a node name with a host others can resolve, such as ${names.join(' or ')}`;
  throw new BadArgumentError({ call: 'startNode', expected, got: name });
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function portFrom(first: number): z.ZodType<number> {
  const isPort = (value: unknown): boolean => isWhole(value) && value >= first && value <= 65_535;
  return z.custom<number>(isPort, `a port from ${String(first)} to 65535`);
}
