import { dial } from './dial';
import { listen } from './listen';
import { tcpPulse } from '../pulse/tcp-pulse';
import type { Transport } from './transport';

/** Nodes talk by WebSocket. */
export const wsTransport: Transport = { listen, dial, pulse: tcpPulse };
