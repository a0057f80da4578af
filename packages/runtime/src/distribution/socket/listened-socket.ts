import type { Socket as Stream } from 'node:net';
import type { WebSocket } from 'ws';
import type { NodeName } from '../../terms/node-name';
import type { Security } from './security';
import type { ListenOptions } from './transport';
import { WsSocket } from './ws-socket';

/** A connection that another node has dialled. */
export class ListenedSocket extends WsSocket {
  onProven: () => void = () => undefined;

  constructor(
    ws: WebSocket,
    private readonly dialler: Stream,
    limits: Pick<ListenOptions, 'maxUnprovenBytes' | 'maxFrameBytes'>,
    private readonly security: Security,
  ) {
    super(ws, dialler, { ...limits, masked: true });
  }

  problemWith(node: NodeName): string | undefined {
    return this.security.problemWith(this.dialler, node);
  }

  override prove(): void {
    super.prove();
    this.onProven();
  }
}
