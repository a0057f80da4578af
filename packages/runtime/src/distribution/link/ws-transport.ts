import { dial } from './dial';
import { listen } from './listen';
import type { Transport } from './transport';

/** Nodes talk by WebSocket. */
export const wsTransport: Transport = { listen, dial };
