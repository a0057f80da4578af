export * from './everywhere';

// A node, and what it is started with
export { startBrowserNode } from './start-browser-node';
export type { BrowserNodeOptions } from './browser-options';
export type { WebSocket, WebSocketClass } from './distribution/browser/web-socket';
