/** What happens to a WebSocket, as far as it is looked at. */
interface WebSocketEvents {
  readonly open: unknown;
  readonly error: unknown;
  readonly message: { readonly data: string | ArrayBuffer };
  readonly close: { readonly code: number; readonly reason: string };
}

/** The platform's WebSocket, as far as it is used. */
export interface WebSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array | string): void;
  close(code?: number): void;
  addEventListener<Name extends keyof WebSocketEvents>(
    name: Name,
    listener: (event: WebSocketEvents[Name]) => void,
  ): void;
}

/** Makes a WebSocket, which connects to a URL. */
export type WebSocketClass = new (url: string, protocol: string) => WebSocket;

/** The state of a WebSocket over which data can be sent. */
export const isOpen = 1;
