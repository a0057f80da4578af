import { z } from '#zod';
import { isNodeName, type NodeName } from './terms/node-name';
import { checkOptions } from './terms/options';
import { checkCookies } from './distribution/handshake/cookie';
import type { WebSocketClass } from './distribution/browser/web-socket';
import { checkNodeOptions, type NodeOptions } from './node-options';

/** What a page decides as any node does. */
const shared = [
  'dist',
  'netTickMs',
  'redial',
  'allow',
  'limits',
  'rpc',
  'sendBuffer',
  'watchdog',
  'messageIsolation',
  'acceptFunctions',
  'logger',
  'levels',
  'applicationConfig',
  'clock',
  'random',
] as const;

/** How a node in a web page is started. The other options are those of `startNode`. */
export interface BrowserNodeOptions extends Pick<NodeOptions, (typeof shared)[number]> {
  /** `name@host`; no two pages may have the same at once. */
  readonly name: NodeName;
  /** The secret of the cluster; of several the first is used, and the others are good too. */
  readonly cookie: string | readonly string[];
  /** Where nodes are, by their names: `{ 'n1@127.0.0.1': 'ws://127.0.0.1:4000' }`. */
  readonly connect: Readonly<Record<NodeName, string>>;
  /** What connections are made with. Default: the `WebSocket` of the platform. */
  readonly WebSocket?: WebSocketClass;
}

const schema = z.strictObject({
  name: z.custom<NodeName>(isNodeName, "a node name of the form 'name@host'"),
  // Checked apart: an error must not show it.
  cookie: z.unknown().optional(),
  connect: z
    .record(
      z.string(),
      z.custom<string>(isWebSocketUrl, "a URL that begins with 'ws:' or 'wss:'"),
      'an object of URLs by the names of nodes',
    )
    .refine(
      (urls) => Object.keys(urls).every(isNodeName),
      "an object of URLs by names of the form 'name@host'",
    ),
  WebSocket: z.custom<WebSocketClass>((value) => typeof value === 'function', 'a class').optional(),
  // Checked as those of any node.
  ...Object.fromEntries(shared.map((option) => [option, z.unknown().optional()])),
});

/**
 * Checks the options of a node in a web page at the door.
 * @throws BadArgumentError if one is wrong
 */
export function checkBrowserOptions(options: BrowserNodeOptions): void {
  checkOptions('startBrowserNode', schema, options);
  // Without one, any other node would look for a file.
  checkCookies(options.cookie, 'startBrowserNode');
  const { connect: _connect, WebSocket: _class, ...ofAnyNode } = options;
  checkNodeOptions(ofAnyNode, 'startBrowserNode');
}

function isWebSocketUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  return ['ws:', 'wss:'].includes(new URL(value).protocol);
}
