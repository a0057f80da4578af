// A node in a web page: what compiles, and what must not.
import type { Node } from '@trestle/runtime';
import { startBrowserNode, type BrowserNodeOptions, type WebSocketClass } from '@trestle/runtime/browser';

const options: BrowserNodeOptions = {
  name: 'page@web',
  cookie: ['new', 'old'],
  connect: { 'n1@127.0.0.1': 'ws://127.0.0.1:4000' },
};

export async function pages(WebSocket: WebSocketClass): Promise<Node> {
  await startBrowserNode({
    ...options,
    WebSocket,
    dist: 'once',
    netTickMs: 5_000,
    levels: { default: 'info' },
  });
  await startBrowserNode({ ...options, cookie: 'secret', rpc: { allow: [] }, acceptFunctions: true });

  // @ts-expect-error nobody finds a page without a name
  await startBrowserNode({ cookie: 'secret', connect: {} });
  // @ts-expect-error a page has no file to read its cookie from
  await startBrowserNode({ name: 'page@web', connect: {} });
  // @ts-expect-error a page cannot look nodes up: it must be told where they are
  await startBrowserNode({ name: 'page@web', cookie: 'secret' });
  // @ts-expect-error nodes are found by URLs, not by host and port
  await startBrowserNode({ ...options, connect: { 'n1@127.0.0.1': { host: '127.0.0.1', port: 4000 } } });
  // @ts-expect-error a page listens on no port
  await startBrowserNode({ ...options, port: 4000 });
  // @ts-expect-error a page is always hidden
  await startBrowserNode({ ...options, hidden: false });
  // @ts-expect-error certificates are the browser's affair
  await startBrowserNode({ ...options, tls: { cert: 'x', key: 'y' } });
  // @ts-expect-error a page has no port mapper
  await startBrowserNode({ ...options, mapperPort: 4370 });
  // @ts-expect-error a page has no thread that answers for it
  await startBrowserNode({ ...options, pulse: {} });
  // @ts-expect-error what makes no WebSocket
  await startBrowserNode({ ...options, WebSocket: Object });
  return startBrowserNode(options);
}
