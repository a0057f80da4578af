import type { LocalNode } from '../../node/local-node';
import { UnsendableError } from '../../terms/errors';
import { errorToData } from '../../terms/exit-reason';
import type { FromIdentity } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import { replyHere } from '../connection/relayed-from';
import type { Peer } from './peer';

/** Answers calls that wait on other nodes and did not come from there directly. */
export class ReplyRelay {
  constructor(
    private readonly local: LocalNode,
    private readonly peerInUse: (node: NodeName) => Peer | undefined,
  ) {}

  reply(to: FromIdentity, value: unknown): void {
    if (to.node === this.local.name) replyHere(this.local, to, value);
    else this.relay(to, value);
  }

  /** Sends the answer; one that cannot travel is logged, and the caller is told. */
  private relay(to: FromIdentity, value: unknown): void {
    try {
      this.peerInUse(to.node)?.use().relayReply(to, value);
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      const data = errorToData(error);
      this.local.log.report('error', { type: 'reply', to: to.node, error: data });
      void this.fail(to, data);
    }
  }

  /** Only a connection knows which life of the caller's node it leads to. */
  private async fail(to: FromIdentity, error: unknown): Promise<void> {
    const peer = this.peerInUse(to.node);
    if ((await peer?.connect()) !== true) return;
    peer?.connection?.relayFailure(to, { kind: 'badReply', error });
  }
}
