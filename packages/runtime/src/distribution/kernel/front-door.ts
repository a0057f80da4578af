import type { LocalNode } from '../../node/local-node';
import { hostOf } from '../../terms/node-name';
import type { HandshakeOutcome } from '../connection/handshake-exchange';
import type { Listener, Transport } from '../socket/transport';
import { bindAddress } from '../../terms/host-address';
import { longestFrameBytes, type Limits } from '../wire/limits';
import { unprovenBytes, type DialledListener, type Handshakes, type Stranger } from './handshakes';
import { RefusalLog } from './refusal-log';

/** What is behind a front door. */
export interface FrontDoorOptions {
  readonly local: LocalNode;
  readonly limits: Limits;
  readonly transport: Transport;
  /** The address to listen on. Default: the loopback address of the node's name if it is one, else every address. */
  readonly host?: string | undefined;
  /** The port to listen on. Default 0: a free one. */
  readonly port?: number | undefined;
  readonly handshakes: Handshakes;
  /** A node has proved itself and asks to be let in. */
  readonly asked: DialledListener['asked'];
}

/** Where other nodes come in: listens, has them prove themselves, and logs whom it refused. */
export class FrontDoor implements DialledListener {
  readonly asked: DialledListener['asked'];
  private listener: Listener | null = null;
  private readonly refusals: RefusalLog;

  constructor(private readonly options: FrontDoorOptions) {
    this.asked = options.asked;
    this.refusals = new RefusalLog(options.local.log, options.local.clock);
  }

  /** The port it listens on; 0 if it does not. */
  get port(): number {
    return this.listener === null ? 0 : this.listener.port;
  }

  get openSockets(): number {
    return this.listener === null ? 0 : 1;
  }

  /** @throws Error if it cannot listen there, `code` `EADDRINUSE` if another program does */
  async open(): Promise<void> {
    const { local, limits, transport, handshakes, host, port = 0 } = this.options;
    const granted = {
      host: host ?? bindAddress(hostOf(local.name)),
      port,
      timeoutMs: limits.handshakeTimeoutMs,
      maxUnproven: limits.maxUnauthenticated,
      maxUnprovenPerAddress: limits.maxUnauthenticatedPerAddress,
      maxUnprovenBytes: unprovenBytes(limits),
      maxFrameBytes: longestFrameBytes,
      refused: (address: string, problem: string): void => {
        this.refusals.refused(address, problem);
      },
    };
    this.listener = await transport.listen(granted, (socket) => {
      handshakes.accept(socket, this);
    });
  }

  /** Lets nobody in any more; who is in stays. */
  async close(): Promise<void> {
    await this.listener?.close();
    this.listener = null;
    this.refusals.flush();
  }

  leftUnproven({ remoteAddress, remoteHost }: Stranger, outcome: HandshakeOutcome): void {
    if (outcome.kind !== 'failed') return;
    const { message, claimed } = outcome;
    const claim = claimed === undefined ? undefined : { node: claimed, host: remoteHost };
    this.refusals.refused(remoteAddress, message, claim);
  }
}
