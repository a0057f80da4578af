import { askPulse } from './ask-pulse';
import type { PulseLine } from './pulse-line';
import { openPulse } from './pulse-thread';

/** A pulse is a thread that listens on TCP. */
export const tcpPulse: PulseLine = { open: openPulse, ask: askPulse };
