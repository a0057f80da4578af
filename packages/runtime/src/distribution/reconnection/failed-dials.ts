import type { NodeLog } from '../../node/log/node-log';
import type { NodeName } from '../../terms/node-name';
import type { HandshakeOutcome } from '../connection/handshake-exchange';

/** Of so many nodes it is counted how often they were dialled in vain. */
const maxCounted = 1_024;

interface Count {
  readonly problem: string;
  readonly times: number;
}

/**
 * Logs that nodes were dialled in vain. That the two do not fit together, time alone will not mend: the first time is
 * a warning, and then each time when it has been so twice as often; the dials between are counted.
 */
export class FailedDials {
  private readonly counts = new Map<NodeName, Count>();

  constructor(private readonly log: NodeLog) {}

  failed(peer: NodeName, outcome: HandshakeOutcome): void {
    if (outcome.kind === 'failed') this.warn(peer, outcome.message);
    else if (outcome.kind === 'closed' && outcome.problem !== undefined) {
      this.log.report('debug', { type: 'connection', event: 'failed', peer, problem: outcome.problem });
    }
  }

  /** The node is connected: what was before does not count. */
  forget(peer: NodeName): void {
    this.counts.delete(peer);
  }

  private warn(peer: NodeName, problem: string): void {
    const times = this.count(peer, problem);
    const again = times === 1 ? {} : { times };
    const level = Number.isInteger(Math.log2(times)) ? 'warning' : 'debug';
    this.log.report(level, { type: 'connection', event: 'failed', peer, problem, ...again });
  }

  /** How often this was the problem, one time after another. */
  private count(peer: NodeName, problem: string): number {
    const before = this.counts.get(peer);
    const times = before?.problem === problem ? before.times + 1 : 1;
    this.counts.delete(peer);
    this.counts.set(peer, { problem, times });
    const [oldest] = this.counts.keys();
    if (oldest !== undefined && this.counts.size > maxCounted) this.counts.delete(oldest);
    return times;
  }
}
