import { assembleNode } from './assemble-node';
import { BrowserTransport } from './distribution/browser/browser-transport';
import type { WebSocketClass } from './distribution/browser/web-socket';
import { checkCookies, Cookie } from './distribution/handshake/cookie';
import { NetKernel } from './distribution/kernel/net-kernel';
import type { Node } from './node/node';
import { checkBrowserOptions, type BrowserNodeOptions } from './browser-options';

/**
 * Starts a node in a web page. It is hidden, as shells are, and nobody can dial it: it dials the nodes of `connect`, and
 * dials them again when they are lost. When the page goes, the others see it go.
 * @returns the node, once each of these dials has succeeded or failed; `node.list('connected')` tells which
 * @throws BadArgumentError if an option is wrong
 */
export async function startBrowserNode(options: BrowserNodeOptions): Promise<Node> {
  checkBrowserOptions(options);
  // What keeps the options must not keep the cookie as a text.
  const { WebSocket = platformsWebSocket(), connect, cookie, ...rest } = options;
  const node = await assembleNode(rest, (local) => {
    const transport = new BrowserTransport(new Map(Object.entries(connect)), local.clock, WebSocket);
    const cookies = checkCookies(cookie).map((secret) => new Cookie(secret));
    return NetKernel.start({
      ...rest,
      node: local,
      cookies,
      hidden: true,
      transport,
      resolve: transport.locate,
    });
  });
  await Promise.all(Object.keys(connect).map((name) => node.connect(name)));
  return node;
}

function platformsWebSocket(): WebSocketClass {
  return (globalThis as unknown as { readonly WebSocket: WebSocketClass }).WebSocket;
}
